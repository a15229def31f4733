package http

import (
	"context"
	"net/http"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// The mounts that the first answer names. Browsers are sent to the console, or else to the API reference.
const (
	consolePath = "/ui/"
	docsPath    = "/docs/"
	mcpPath     = "/mcp"
)

// home is the response body, Home in the contract.
type home struct {
	Name    string            `json:"name"`
	Version string            `json:"version"`
	Links   map[string]string `json:"links"`
}

// homeLink is an address with the id of its text.
type homeLink struct{ text, address string }

// homeLinks are the links of the page of a server without a console and an API reference.
var homeLinks = []homeLink{
	{"page.home.contract", "openapi.yaml"}, {"page.home.procedures", "procedures"}, {"page.home.runs", "runs"},
	{"page.home.problems", "problems/"}, {"page.home.schemas", "schemas/"},
}

// homePage returns the content of the page of a server without a console and an API reference.
func (c *call) homePage(version string) g.Node {
	text := c.locale.Text("page.home.version", fault.Params{"version": version})
	return g.Group{
		html.P(c.words("page.home.intro")),
		html.Ul(g.Map(homeLinks, func(l homeLink) g.Node {
			return html.Li(html.A(html.Href(l.address), c.words(l.text)))
		})),
		g.If(version != "", html.P(g.Text(text))),
	}
}

// GetHome handles GET /.
func (s *server) GetHome(ctx context.Context, _ api.GetHomeRequestObject) (api.GetHomeResponseObject, error) {
	c := callOf(ctx)
	_, hasConsole := s.mounts[consolePath]
	_, hasDocs := s.mounts[docsPath]
	header := map[string]string{
		"Cache-Control": cacheRevalidate, "Vary": "Accept, Accept-Language", "Content-Language": c.locale.Language(),
	}
	switch {
	case c.wantsPage() && (hasConsole || hasDocs):
		header["Location"] = docsPath[1:] // relative, because a proxy may add a prefix
		if hasConsole {
			header["Location"] = consolePath[1:]
		}
		delete(header, "Content-Language")
		return response{Status: http.StatusSeeOther, Header: header}, nil
	case c.wantsPage():
		content := func() g.Node { return c.homePage(s.version) }
		return c.pageOrJSON(nil, c.locale.Text("page.home.title", nil), content, nil)
	}
	links := map[string]string{
		"contract": "/openapi.yaml", "procedures": "/procedures", "runs": "/runs", "audit_events": "/audit-events",
		"problems": problemsPath, "schemas": "/schemas/", "health": "/readyz", "metrics": "/metrics",
	}
	if hasConsole {
		links["console"] = consolePath
	}
	if hasDocs {
		links["docs"] = docsPath
	}
	if _, hasTools := s.mounts[mcpPath]; hasTools {
		links["mcp"] = mcpPath
	}
	return jsonResponse(http.StatusOK, home{"Procedo", s.version, links}, header)
}
