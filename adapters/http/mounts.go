package http

import (
	"cmp"
	"net/http"
	"path"
	"strings"
)

// Mount is a part of the server that the contract does not describe, such as the API reference. Its requests pass the
// same checks, limits, log and metrics as those of the API.
type Mount struct {
	// Handler gets the requests with the path below the mount, which begins with a slash.
	Handler http.Handler
	// Methods returns the methods that a path below the mount supports, or none if nothing is there. The server itself
	// refuses all other requests.
	Methods func(path string) []string
}

// mounted is the mount that a request belongs to.
type mounted struct {
	Mount
	prefix, path string
}

// mountOf returns the mount of a path. The prefix of a mount begins and ends with a slash; without the slash at the
// end, the path itself is empty.
func (s *server) mountOf(requested string) (m mounted, found bool) {
	for prefix, mount := range s.mounts {
		if below, ok := strings.CutPrefix(requested+"/", prefix); ok {
			return mounted{mount, prefix, strings.TrimSuffix("/"+below, "/")}, true
		}
	}
	return mounted{}, false
}

// serveMount sends a request to a mount, or redirects a path without the slash at its end.
func (t *router) serveMount(w http.ResponseWriter, r *http.Request, m mounted) {
	if refused := refuseMethod(w, r, m.Methods(cmp.Or(m.path, "/"))); refused != nil {
		t.writeError(w, r, refused)
		return
	}
	callOf(r.Context()).operation = r.Method + " " + m.prefix
	if m.path == "" {
		w.Header().Set("Location", path.Base(m.prefix)+"/") // relative, because a proxy may add a prefix
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	below := *r.URL
	below.Path, below.RawPath = m.path, ""
	r = r.WithContext(r.Context())
	r.URL = &below
	m.Handler.ServeHTTP(w, r)
}
