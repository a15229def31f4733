package app_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

func TestWithoutThePermissionNothingIsReadOrWritten(t *testing.T) {
	commands := map[string]struct {
		command run.Command
		needs   access.Permission
	}{
		"draft":  {run.Draft{}, access.Work},
		"commit": {run.Commit{}, access.Work},
		"skip":   {run.Skip{}, access.Work},
		"amend":  {run.Amend{}, access.Work},
		"fail":   {run.Fail{}, access.Fail},
		"erase":  {run.Erase{}, access.Erase},
		"reveal": {run.Reveal{}, access.Reveal},
	}
	for name, c := range commands {
		for _, role := range access.AllRoles.Names() {
			r, _ := access.ParseRole(role)
			by := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.RolesOf(r)}
			_, err := app.New(app.Ports{Runs: failingRuns{}}).As(by).Execute(t.Context(), app.Request{}, "r", c.command)
			require.Error(t, err)
			_, admitted := by.Admit(c.needs)
			require.Equal(t, admitted != nil, fault.Is(err, fault.Forbidden), "%s as %s", name, role)
		}
	}
}

func TestUseCasesKeepTheirPrincipal(t *testing.T) {
	by := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.RolesOf(access.Auditor)}
	s := app.New(app.Ports{}).As(by)
	by.ID, by.Roles = "corp:bob", 0
	me, err := s.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "corp:ann", me.ID)
}

func TestTheZeroPrincipalMayDoNothing(t *testing.T) {
	s := app.New(app.Ports{}).As(access.Principal{Roles: access.AllRoles})
	_, err := s.Me(t.Context())
	require.True(t, fault.Is(err, fault.Forbidden))
	require.True(t, fault.Is(s.WriteBundle(t.Context(), io.Discard, "r"), fault.Forbidden))
}
