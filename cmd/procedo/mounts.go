package main

import (
	"cmp"

	"github.com/procedo/procedo/adapters/apidocs"
	"github.com/procedo/procedo/adapters/console"
	httpadapter "github.com/procedo/procedo/adapters/http"
)

// mountFlags say which parts the server has besides the API.
type mountFlags struct {
	Console bool `default:"true" negatable:"" help:"Offer the console at /ui/; on by default, unless callers are authenticated and there is no --oidc-client-id."`
	Docs    bool `default:"true" negatable:"" help:"Offer the API reference at /docs/; on by default."`
}

// addTo adds the parts to the settings of the server, and the version of the program.
func (f mountFlags) addTo(c *httpadapter.Config) error {
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
	return nil
}
