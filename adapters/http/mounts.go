package http

import (
	"cmp"
	"errors"
	"net/http"
	"path"
	"strings"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/core/access"
)

// Mount is a part of the server that the contract does not describe, such as the API reference. Its requests pass the
// same checks, limits, log and metrics as those of the API.
type Mount struct {
	// Serve gets the requests with the path below the mount, which begins with a slash. If it returns an error, it has
	// written nothing but headers. The server then answers with a page if the error has the method Page, and otherwise
	// with a problem document.
	Serve func(http.ResponseWriter, *http.Request) error
	// Methods returns the methods that a path below the mount supports, or none if nothing is there. The server itself
	// refuses all other requests.
	Methods func(path string) []string
	// Agents says that only assistants use the mount. Where callers are authenticated, each request needs a token (the
	// session of a browser does not count), and the trail names an agent beside the caller.
	Agents bool
}

// mountedAgent is the agent of a caller of a mount for assistants whose token names none.
const mountedAgent = "mcp"

// mounted is the mount that a request belongs to.
type mounted struct {
	Mount
	prefix, path string
}

// mountOf returns the mount of a path. A prefix that ends with a slash is that of a mount with paths below it; without
// the slash at the end, the path itself is empty. Any other prefix is the only path of its mount.
func (s *server) mountOf(requested string) (m mounted, found bool) {
	for prefix, mount := range s.mounts {
		if !strings.HasSuffix(prefix, "/") {
			if requested == prefix {
				return mounted{mount, prefix, "/"}, true
			}
			continue
		}
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
	if m.Agents {
		if refused := t.admitAgent(r); refused != nil {
			t.writeError(w, r, refused)
			return
		}
	}
	if m.path == "" {
		w.Header().Set("Location", path.Base(m.prefix)+"/") // relative, because a proxy may add a prefix
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	below := *r.URL
	below.Path, below.RawPath = m.path, ""
	r = r.WithContext(r.Context())
	r.URL = &below
	if err := m.Serve(w, r); err != nil {
		t.refuseMounted(w, r, err)
	}
}

// admitAgent returns an error if a request to a mount for assistants has no valid token although callers are
// authenticated. Otherwise it makes sure that the caller acts through an agent.
func (t *router) admitAgent(r *http.Request) error {
	if err := t.requireToken(r, access.Identify); err != nil {
		return err
	}
	if c := callOf(r.Context()); t.authenticator != nil && !c.principal.IsAgent() {
		p := c.principal
		p.Agent = &access.Agent{Subject: mountedAgent}
		c.actAs(p, t.service)
	}
	return nil
}

// Serving returns the Serve of a mount whose handler answers every request itself.
func Serving(h http.Handler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// paged is an error that people are shown as a page: its status, the beginning of the ids of its texts, and an address
// for another attempt.
type paged interface {
	error
	Page() (status int, text, again string)
}

// refuseMounted answers a request that a mount has refused.
func (t *router) refuseMounted(w http.ResponseWriter, r *http.Request, err error) {
	var p paged
	if !errors.As(err, &p) {
		t.writeError(w, r, err)
		return
	}
	c := callOf(r.Context())
	status, text, again := p.Page()
	answer, err := c.page(c.locale.Text(text+".title", nil), c.refusalPage(text+".text", again))
	if err != nil {
		t.writeError(w, r, err)
		return
	}
	answer.Status = status
	delete(answer.Header, "ETag")
	answer = answer.withHeader("Cache-Control", cacheNever).withHeader("Content-Language", c.locale.Language())
	_ = answer.write(w) // on an error the client has gone
}

// refusalPage returns the content of the page about a refused request: the text with this id, and a link to another
// attempt.
func (c *call) refusalPage(text, again string) g.Node {
	return g.Group{html.P(c.words(text)), html.P(html.A(html.Href(again), c.words("page.login.again")))}
}
