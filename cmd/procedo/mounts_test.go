package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/login"
)

func TestPartsAreOfferedUnlessTheyAreSwitchedOffOrCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		flags         mountFlags
		authenticates bool
		want          []string
	}{
		"by default":           {mountFlags{Console: true, Docs: true}, false, []string{"/ui/", "/docs/"}},
		"without the console":  {mountFlags{Docs: true}, false, []string{"/docs/"}},
		"without both":         {mountFlags{}, false, []string{}},
		"callers have tokens":  {mountFlags{Console: true, Docs: true}, true, []string{"/docs/"}},
		"only the console":     {mountFlags{Console: true}, false, []string{"/ui/"}},
		"tokens, no reference": {mountFlags{Console: true}, true, []string{}},
		"people sign in":       {mountFlags{Console: true, Docs: true}, true, []string{"/auth/", "/ui/", "/docs/"}},
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
			require.NoError(t, c.flags.addTo(&config))
			got := []string{}
			for prefix, mount := range config.Mounts {
				got = append(got, prefix)
				require.NotEmpty(t, mount.Methods("/"), prefix)
			}
			require.ElementsMatch(t, c.want, got)
		})
	}
}
