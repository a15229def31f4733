package http

import (
	"math"
	"mime"
	"strconv"
	"strings"
)

// acceptHeader is a parsed Accept header (RFC 9110, section 12.5.1).
type acceptHeader []mediaRange

// mediaRange is an element of an Accept header, such as text/*;q=0.5. Parameters other than q are ignored.
type mediaRange struct {
	media   string  // type/subtype, type/* or */*, in lower case
	quality float64 // from 0 (not acceptable) to 1
}

// parseAccept parses the values of the Accept headers of a request. Malformed elements are ignored. A request without
// an Accept header, or with an empty one, accepts everything.
func parseAccept(values []string) acceptHeader {
	header := strings.Join(values, ",")
	if strings.TrimSpace(header) == "" {
		return acceptHeader{{"*/*", 1}}
	}
	var accept acceptHeader
	for _, element := range splitElements(header) {
		media, params, err := mime.ParseMediaType(element)
		mainType, subtype, ok := strings.Cut(media, "/")
		if err != nil || !ok || mainType == "*" && subtype != "*" {
			continue
		}
		accept = append(accept, mediaRange{media, parseQuality(params)})
	}
	return accept
}

// splitElements splits a header at the commas that are not in a quoted string.
func splitElements(header string) []string {
	quoted, escaped := false, false
	return strings.FieldsFunc(header, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
}

// parseQuality returns the value of the parameter q (RFC 9110, section 12.4.2). It returns 1 if the parameter is absent
// or invalid, so that a type that the client lists is accepted.
func parseQuality(params map[string]string) float64 {
	q, err := strconv.ParseFloat(params["q"], 64)
	if err != nil || math.IsNaN(q) || q < 0 || q > 1 {
		return 1
	}
	return q
}

// accepts reports whether a media type is acceptable.
func (a acceptHeader) accepts(media string) bool { return a.quality(media) > 0 }

// preferred returns the acceptable one of two media types. If both are, it is the first one, unless the header prefers
// the second one, or lists only that one by its full name with the same quality.
func (a acceptHeader) preferred(first, second string) string {
	q, other := a.quality(first), a.quality(second)
	if other > q || other == q && a.acceptsByName(second) && !a.acceptsByName(first) {
		return second
	}
	return first
}

// quality returns how much the caller likes a media type, from 0 (not acceptable) to 1. The most specific matching
// range decides. If that range is repeated, its highest quality counts.
func (a acceptHeader) quality(media string) float64 {
	mainType, _, _ := strings.Cut(media, "/")
	for _, pattern := range []string{media, mainType + "/*", "*/*"} {
		matched, quality := false, 0.0
		for _, r := range a {
			if r.media == pattern {
				matched, quality = true, max(quality, r.quality)
			}
		}
		if matched {
			return quality
		}
	}
	return 0
}

// acceptsByName reports whether the header accepts the media type and lists it by its full name. A wildcard is not
// enough.
func (a acceptHeader) acceptsByName(media string) bool {
	for _, r := range a {
		if r.media == media && r.quality > 0 {
			return true
		}
	}
	return false
}
