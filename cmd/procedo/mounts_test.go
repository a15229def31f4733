package main

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/adapters/mcp"
)

func TestPartsAreOfferedUnlessTheyAreSwitchedOffOrCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		flags         mountFlags
		authenticates bool
		want          []string
	}{
		"by default":           {mountFlags{Console: true, Docs: true, MCP: mcp.Propose}, false, []string{"/ui/", "/docs/", "/mcp"}},
		"without the console":  {mountFlags{Docs: true, MCP: mcp.Off}, false, []string{"/docs/"}},
		"without both":         {mountFlags{MCP: mcp.Off}, false, []string{}},
		"callers have tokens":  {mountFlags{Console: true, Docs: true, MCP: mcp.Off}, true, []string{"/docs/"}},
		"only the console":     {mountFlags{Console: true, MCP: mcp.Off}, false, []string{"/ui/"}},
		"tokens, no reference": {mountFlags{Console: true, MCP: mcp.Off}, true, []string{}},
		"assistants act":       {mountFlags{MCP: mcp.Act}, true, []string{"/mcp"}},
		"people sign in":       {mountFlags{Console: true, Docs: true, MCP: mcp.Off}, true, []string{"/auth/", "/ui/", "/docs/"}},
	} {
		t.Run(name, func(t *testing.T) {
			var config httpadapter.Config
			if c.authenticates {
				config.Authenticator = &identity.Authenticator{}
			}
			if name == "people sign in" {
				config.Sessions = &login.Login{}
				config.Mounts = map[string]httpadapter.Mount{login.MountPath: {Methods: func(string) []string { return []string{"GET"} }}}
			}
			require.NoError(t, c.flags.addTo(&config, "", http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
			got := []string{}
			for prefix, mount := range config.Mounts {
				got = append(got, prefix)
				require.NotEmpty(t, mount.Methods("/"), prefix)
			}
			require.ElementsMatch(t, c.want, got)
		})
	}
}
