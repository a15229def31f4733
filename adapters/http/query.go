package http

import (
	"maps"
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

func invalidText(s string) bool { return !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 }
