package http

import (
	"errors"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/http/jsonschema"
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
	method, name, _ := strings.Cut(pattern, " ")
	path := t.compiler.Contract.Get("paths", name)
	c, err := newChecks(pattern, path, path.Get(strings.ToLower(method)), &t.compiler)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return
	}
	s := t.server
	t.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := c.check(w, r); err != nil {
			s.writeError(w, r, err)
			return
		}
		handler(w, r)
	})
}

// ServeHTTP calls the handler of the request. If there is none, it responds with a problem.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := t.mux.Handler(r); pattern != "" {
		t.mux.ServeHTTP(w, r)
		return
	}
	if allowed := t.allowed(r); len(allowed) > 0 {
		list := strings.Join(allowed, ", ")
		w.Header().Set("Allow", list)
		params := fault.Params{"allowed": list}
		t.writeError(w, r, protocolError{http.StatusMethodNotAllowed, "request.method_not_allowed", params})
		return
	}
	t.writeError(w, r, protocolError{http.StatusNotFound, "request.not_found", nil})
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
