package main

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/apidocs"
	"github.com/procedo/procedo/adapters/console"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/procedo"
)

// mountFlags say which parts the server has besides the API.
type mountFlags struct {
	Console bool `default:"true" negatable:"" help:"Offer the console at /ui/; on by default, unless callers are authenticated and there is no --oidc-client-id."`
	Docs    bool `default:"true" negatable:"" help:"Offer the API reference at /docs/; on by default."`

	MCP mcp.Mode `name:"mcp" default:"propose" enum:"off,propose,act" help:"What assistants may do through /mcp: ${enum}."`
}

// served is a handler that is known only after what calls it was made.
type served struct{ http.Handler }

// addTo adds the parts to the settings of the server, and the version of the program. publicURL is the address of the
// console if that is not the one under which a client reaches the server. The tools of assistants call api.
func (f mountFlags) addTo(c *httpadapter.Config, publicURL string, api http.Handler, log *slog.Logger) error {
	c.Version = cmp.Or(version, "development")
	if c.Mounts == nil {
		c.Mounts = map[string]httpadapter.Mount{}
	}
	if f.Console && (c.Authenticator == nil || c.Sessions != nil) { // the console has no tokens of its own
		pages, err := console.New()
		if err != nil {
			return err
		}
		c.Mounts["/ui/"] = httpadapter.Mount{Serve: httpadapter.Serving(pages), Methods: pages.Methods}
	}
	if f.Docs {
		reference, err := apidocs.New()
		if err != nil {
			return err
		}
		c.Mounts["/docs/"] = httpadapter.Mount{Serve: httpadapter.Serving(reference), Methods: reference.Methods}
	}
	if f.MCP == mcp.Off {
		return nil
	}
	tools, err := mcp.New(mcp.Config{
		API: procedo.InProcess, Doer: procedo.Handler(api), Options: withoutRepeats, Mode: f.MCP, Version: c.Version,
		Log:     log,
		Console: consoleOf(c, publicURL),
	})
	if err != nil {
		return err
	}
	c.Mounts["/mcp"] = httpadapter.Mount{
		Serve: httpadapter.Serving(tools), Agents: true,
		Methods: func(string) []string { return []string{http.MethodPost} },
	}
	return nil
}

// withoutRepeats are the settings of a client of a service in the same process.
var withoutRepeats = []procedo.Option{procedo.WithRetries(0, 0), procedo.WithTimeout(0)}

// consoleOf returns what finds the address of the console for the client of a request. It is empty if the server has no
// console.
func consoleOf(c *httpadapter.Config, publicURL string) func(context.Context) string {
	_, has := c.Mounts["/ui/"]
	return func(ctx context.Context) string {
		if !has {
			return ""
		}
		return strings.TrimSuffix(cmp.Or(publicURL, httpadapter.OriginOf(ctx)), "/") + "/ui/"
	}
}
