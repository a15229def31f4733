package http

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

func sortedNames[V any](q map[string]V) []string {
	if len(q) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(q))
}

// parseQuery returns the parameters of a query string, without those that cannot be decoded. It reports whether all can
// be decoded to valid UTF-8 without NUL characters.
func parseQuery(raw string) (q url.Values, valid bool) {
	if raw == "" {
		return nil, true
	}
	q, err := url.ParseQuery(raw)
	for name, values := range q {
		if invalidText(name) || slices.ContainsFunc(values, invalidText) {
			return q, false
		}
	}
	return q, err == nil
}

// listHeaders are the headers of the contract whose values are lists, which a client or a proxy may split over several
// lines (RFC 9110, section 5.3). Any other header of the contract is given once.
var listHeaders = []string{"If-Match", "If-None-Match", preferHeader}

// joinLists joins the lines of each list header into one, which has the same meaning.
func joinLists(h http.Header) {
	for _, name := range listHeaders {
		if values := h[name]; len(values) > 1 {
			h[name] = []string{strings.Join(values, ", ")}
		}
	}
}

func invalidText(s string) bool { return !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 }
