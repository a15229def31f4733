package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
)

// matrix holds, for each role, the permissions that it must have. Whatever is not listed must be denied.
var matrix = map[access.Role][]access.Permission{
	access.Author:   {access.Identify, access.Read, access.WriteDefinitions, access.TakeBundle},
	access.Operator: {access.Identify, access.Read, access.Work, access.Fail, access.Reveal},
	access.Reviewer: {access.Identify, access.Read, access.Reveal, access.ReadTrail, access.TakeBundle},
	access.Auditor:  {access.Identify, access.Read, access.ReadTrail, access.TakeBundle},
	access.Admin: {
		access.Identify, access.Read, access.WriteDefinitions, access.Fail, access.ReadTrail, access.TakeBundle,
		access.Erase,
	},
}

func TestEachRoleMayDoWhatTheTableSays(t *testing.T) {
	for role, may := range matrix {
		for _, p := range access.Permissions() {
			who, err := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.RolesOf(role)}.Admit(p)
			name := role.String() + " " + p.String()
			if !slices.Contains(may, p) {
				require.True(t, fault.Is(err, fault.Forbidden), name)
				require.Equal(t, access.Denied, fault.From(err).Code, name)
				continue
			}
			require.NoError(t, err, name)
			if p != access.Identify {
				require.Equal(t, "role:"+role.String(), who.As, name)
				require.True(t, p.Admits(who.As), name)
			}
		}
	}
}

func TestRolesAddUpAndNeverTakeAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := access.Roles(rapid.IntRange(0, int(access.AllRoles)).Draw(t, "roles"))
		p := rapid.SampledFrom(access.Permissions()).Draw(t, "permission")
		want := p == access.Identify
		for role, may := range matrix {
			want = want || set.Has(role) && slices.Contains(may, p)
		}
		_, err := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: set}.Admit(p)
		require.Equal(t, want, err == nil)
	})
}

func TestNobodyMayDoNothingAndTheSystemAll(t *testing.T) {
	for _, p := range access.Permissions() {
		_, err := access.Principal{Roles: access.AllRoles}.Admit(p)
		require.True(t, fault.Is(err, fault.Forbidden), p)
		_, err = access.System("clock", "").Admit(p)
		require.NoError(t, err, p)
		who, err := access.Unproven("ann").Admit(p)
		require.NoError(t, err, p)
		require.Empty(t, who.As, "an unproven actor is not admitted by a role")
	}
}

func TestNamesOfRolesAreReadBack(t *testing.T) {
	require.Equal(t, []string{"author", "operator", "reviewer", "auditor", "admin"}, access.AllRoles.Names())
	for _, name := range access.AllRoles.Names() {
		r, ok := access.ParseRole(name)
		require.True(t, ok)
		require.Equal(t, name, access.RolesOf(r).String())
	}
	_, ok := access.ParseRole("Operator")
	require.False(t, ok)
}

func TestAKeyBelongsToActorAndAgent(t *testing.T) {
	person := access.Principal{ID: "corp:ann", Via: access.ViaOIDC}
	require.Equal(t, "corp:ann", person.Key())
	keys := map[string]bool{person.Key(): true}
	for _, a := range []access.Agent{{Subject: "bot"}, {Issuer: "b", Subject: "ot"}, {Issuer: "bo", Subject: "t"}} {
		p := person
		p.Agent = &a
		require.True(t, p.IsAgent())
		require.False(t, keys[p.Key()], "another agent has another key")
		keys[p.Key()] = true
	}
	renamed := person
	renamed.Agent = &access.Agent{Subject: "bot", Name: "Bot", Chain: []string{"other"}}
	require.True(t, keys[renamed.Key()], "the name and the chain do not matter")
}
