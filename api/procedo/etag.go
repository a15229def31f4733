package procedo

import (
	"net/http"
	"strings"
)

// ETag returns the entity tag of an answer as If-Match takes it; it is empty if there is none. The service makes strong
// tags only: the W/ of a weak tag comes from a proxy that compresses answers, and If-Match never matches a weak tag.
func ETag(res *http.Response) string {
	return strings.TrimPrefix(res.Header.Get("ETag"), "W/")
}
