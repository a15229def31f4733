package http

import (
	"net/http"

	"github.com/procedo/procedo/core/fault"
)

const (
	maxTargetBytes = 8 << 10  // length of a request target, which is the path with the query
	maxHeaderBytes = 32 << 10 // length of all names and values in the header of a request
)

// checkEdge returns an error if a request must not reach the operations: it is too long, names another server, or is
// a write from a page of another site.
func (s *server) checkEdge(r *http.Request) error {
	switch {
	case len(r.RequestURI) > maxTargetBytes || len(r.URL.Path)+len(r.URL.RawQuery) > maxTargetBytes:
		return protocolError{http.StatusRequestURITooLong, "request.target_too_long", fault.Params{"max": maxTargetBytes}}
	case headerBytes(r.Header) > maxHeaderBytes:
		params := fault.Params{"max": maxHeaderBytes}
		return protocolError{http.StatusRequestHeaderFieldsTooLarge, "request.headers_too_large", params}
	case !s.hosts.own(r.Host) && !isProbe(r):
		return protocolError{http.StatusMisdirectedRequest, "request.foreign_host", nil}
	case s.crossOrigin.Check(r) != nil:
		return protocolError{http.StatusForbidden, "request.cross_site", nil}
	}
	return nil
}

// isProbe reports whether the request is a health check. Whoever checks the health of a server knows it by its address.
func isProbe(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.URL.Path == "/livez" || r.URL.Path == "/readyz")
}

// headerBytes returns the length of all names and values in a header.
func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}
