package audit_test

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// principals draws authenticated principals.
func principals(t *rapid.T) access.Principal {
	text := rapid.SampledFrom([]string{"", "a", `"by":{"`, "é\\", "Claire Martin", "role:operator"})
	p := access.Principal{
		ID: "corp:" + text.Draw(t, "sub"), Name: text.Draw(t, "name"), Issuer: text.Draw(t, "iss"), As: text.Draw(t, "as"),
		Via: rapid.SampledFrom([]access.Via{access.ViaOIDC, access.ViaToken, access.ViaSystem}).Draw(t, "via"),
	}
	if rapid.Bool().Draw(t, "agent") {
		p.Agent = &access.Agent{Issuer: text.Draw(t, "iss"), Subject: "bot" + text.Draw(t, "sub"), Name: text.Draw(t, "name")}
		for range rapid.IntRange(0, 3).Draw(t, "chain") {
			p.Agent.Chain = append(p.Agent.Chain, text.Draw(t, "sub"))
		}
	}
	return p
}

func TestWhoActedIsReadBackFromTheEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := principals(t)
		e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
			Action: "run.started", Actor: p.ID, By: &p, Payload: []byte("{}"), Typed: audit.NewCommitter(salts()),
			RequestID: rapid.SampledFrom([]string{"", "q"}).Draw(t, "request"), OccurredAt: at,
		})
		require.NoError(t, err)
		require.True(t, e.IsProven())
		got := audit.PrincipalOf(e.Actor, e.Open())
		require.True(t, p.Equal(&got), "%+v, not %+v", got, p)
		canonical := jsontext.Value(e.Canonical).Clone()
		require.NoError(t, canonical.Canonicalize())
		require.Equal(t, e.Canonical, string(canonical), "the canonical bytes are in RFC 8785 form")
	})
}

func TestNamesAreCommitments(t *testing.T) {
	p := access.Principal{ID: "corp:ann", Name: "Ann Secret", Via: access.ViaOIDC, Agent: &access.Agent{Subject: "b", Name: "Bot"}}
	e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
		Action: "run.started", Actor: p.ID, By: &p, Payload: []byte("{}"), Typed: audit.NewCommitter(salts()), OccurredAt: at,
	})
	require.NoError(t, err)
	require.NotContains(t, e.Canonical, "Secret")
	require.NotContains(t, e.Canonical, "Bot")
	e.Disclosures = ""
	hidden := audit.PrincipalOf(e.Actor, e.Open())
	require.Empty(t, hidden.Name)
	require.Empty(t, hidden.Agent.Name)
	require.Equal(t, "b", hidden.Agent.Subject)
	require.True(t, audit.IsNameOfPrincipal("/by/name"))
	require.False(t, audit.IsNameOfPrincipal("/by/iss"))
}

func TestAMemberOfAnotherObjectIsNotWhoActed(t *testing.T) {
	for _, payload := range []string{
		`{"slots":{"by":{"sha256":"x"}}}`, `{"slots":{"by":{"via":"oidc"}}}`, `{"decisions":[{"by":{"via":"oidc"}}]}`,
	} {
		e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
			Action: "step.draft_saved", Actor: "ann", Payload: []byte(payload), OccurredAt: at,
		})
		require.NoError(t, err)
		require.False(t, e.IsProven(), payload)
	}
}

func TestWithoutAuthenticationNothingIsAdded(t *testing.T) {
	p := access.Unproven(`x"by":{"via":"oidc"`)
	e, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
		Action: "run.started", Actor: p.ID, By: &p, Payload: []byte(`{"a":1}`), OccurredAt: at,
	})
	require.NoError(t, err)
	require.False(t, e.IsProven())
	require.Equal(t, `{"a":1}`, string(e.Open().Payload))
	got := audit.PrincipalOf(e.Actor, e.Open())
	require.True(t, got.Equal(&access.Principal{ID: p.ID, Via: access.ViaNone}))
}
