package http

import (
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/core/fault"
)

// router is a ServeMux that checks every request against the contract. The generated code registers its handlers with
// patterns such as "GET /runs/{run_id}", which identify the operations.
type router struct {
	*server
	mux http.ServeMux
}

// routes registers the generated handlers of a router. It is used only while the server starts.
type routes struct {
	*router
	compiler jsonschema.Compiler
	err      error // of operations whose requests cannot be checked
}

// HandleFunc registers a generated handler. Requests that do not conform to the contract do not reach it.
func (t *routes) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	operation := strings.TrimSuffix(pattern, "{$}") // of a path that ends with a slash
	method, name, _ := strings.Cut(operation, " ")
	path := t.compiler.Contract.Get("paths", name)
	c, err := newChecks(operation, path, path.Get(strings.ToLower(method)), &t.compiler)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return
	}
	s := t.server
	t.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		err := s.requireToken(r, c.permission)
		if err == nil {
			err = c.check(w, r)
		}
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		handler(w, r)
	})
}

// ServeHTTP calls the handler of the request. If there is none, it responds with a problem.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m, found := t.mountOf(r.URL.Path); found {
		t.serveMount(w, r, m)
		return
	}
	if !isClean(r.URL.Path) { // the mux would redirect it, with an answer that the contract does not declare
		t.writeError(w, r, protocolError{http.StatusNotFound, "request.not_found", nil})
		return
	}
	if _, pattern := t.mux.Handler(r); pattern != "" {
		t.mux.ServeHTTP(w, r)
		return
	}
	t.writeError(w, r, refuseMethod(w, r, t.allowed(r)))
}

// isClean reports whether a path has no empty segment, but for one at its end, and no "." or "..".
func isClean(p string) bool {
	return p == "/" || strings.TrimSuffix(p, "/") == path.Clean(p)
}

// refuseMethod returns the error for a request whose method is not among those allowed at its path, and nil if it is.
// If none is allowed, there is nothing at this path.
func refuseMethod(w http.ResponseWriter, r *http.Request, allowed []string) error {
	if slices.Contains(allowed, r.Method) {
		return nil
	}
	if len(allowed) == 0 {
		return protocolError{http.StatusNotFound, "request.not_found", nil}
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	return protocolError{http.StatusMethodNotAllowed, "request.method_not_allowed", fault.Params{"allowed": list}}
}

// allowed returns the methods that the path of the request supports. The mux accepts HEAD for every path that has GET.
func (t *router) allowed(r *http.Request) []string {
	var methods []string
	probe := r.Clone(r.Context())
	for _, m := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		probe.Method = m
		if _, pattern := t.mux.Handler(probe); pattern != "" {
			methods = append(methods, m)
		}
	}
	return methods
}
