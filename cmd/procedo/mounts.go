package main

import (
	"cmp"

	"github.com/procedo/procedo/adapters/apidocs"
	httpadapter "github.com/procedo/procedo/adapters/http"
)

// mountFlags say which parts the server has besides the API.
type mountFlags struct {
	Docs bool `default:"true" negatable:"" help:"Offer the API reference at /docs/; on by default."`
}

// addTo adds the parts to the settings of the server, and the version of the program.
func (f mountFlags) addTo(c *httpadapter.Config) error {
	c.Version = cmp.Or(version, "development")
	if !f.Docs {
		return nil
	}
	reference, err := apidocs.New()
	if err != nil {
		return err
	}
	c.Mounts = map[string]httpadapter.Mount{"/docs/": {Handler: reference, Methods: reference.Methods}}
	return nil
}
