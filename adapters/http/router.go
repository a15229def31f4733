package http

import (
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/procedo/procedo/core/fault"
)

// router is the standard mux, with the contract's check in front of every operation: the generated code registers
// its handlers here, and the pattern it gives names the operation.
type router struct {
	*server
	doc *openapi3.T
	mux http.ServeMux
}

// HandleFunc registers a generated handler behind the checks that its operation declares.
func (t *router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	item := t.doc.Paths.Value(path)
	c := checks{
		route: routers.Route{Spec: t.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		name:  pattern,
	}
	c.prepare()
	t.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := c.check(w, r); err != nil {
			t.fail(w, r, err)
			return
		}
		handler(w, r)
	})
}

// ServeHTTP answers, in our own words, where the mux has no route.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := t.mux.Handler(r); pattern != "" {
		t.mux.ServeHTTP(w, r)
		return
	}
	if allowed := t.allowed(r); len(allowed) > 0 {
		list := strings.Join(allowed, ", ")
		w.Header().Set("Allow", list)
		t.fail(w, r, protocolError{http.StatusMethodNotAllowed, "request.method_not_allowed", fault.Params{"allowed": list}})
		return
	}
	t.fail(w, r, protocolError{http.StatusNotFound, "request.not_found", nil})
}

// allowed lists the methods that the address has; the mux answers HEAD wherever it answers GET.
func (t *router) allowed(r *http.Request) []string {
	var methods []string
	probe := r.Clone(r.Context())
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe.Method = m
		if _, pattern := t.mux.Handler(probe); pattern != "" {
			methods = append(methods, m)
		}
	}
	return slices.Clip(methods)
}
