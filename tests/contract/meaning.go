package contract

import (
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
)

// meaningsAreStored checks that each version keeps the meaning of its conditions: exact or binary arithmetic.
func meaningsAreStored(fx *fixture) {
	exact := fx.save(definition("p", oneStep))
	former, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, condition.Exact, former.Meaning)
	def := *exact.Definition
	def.Meaning = condition.Binary
	older := *exact
	older.Definition, older.Number = &def, 2
	after := procedure.RecordOf(&older, former)
	payload, err := procedure.MarshalPayload(after)
	require.NoError(fx, err)
	event, err := audit.Seal(audit.Procedure("p"), former.Head, audit.Entry{
		Action: string(procedure.ActionPublished), Actor: "ann", OccurredAt: fx.Now(), Payload: payload,
	})
	require.NoError(fx, err)
	after.Head = event.Head()
	require.NoError(fx, fx.Procedures.Append(fx.ctx(), app.ProcedureChange{
		Before: former.Head, After: after, Publish: &older, Events: []audit.Event{event},
	}))
	for version, want := range map[int]condition.Meaning{1: condition.Exact, 2: condition.Binary} {
		rec, _, err := fx.Procedures.Document(fx.ctx(), "p", version)
		require.NoError(fx, err)
		require.Equal(fx, want, rec.Meaning)
		compiled, err := fx.Definitions.Definition(fx.ctx(), "p", version)
		require.NoError(fx, err)
		require.Equal(fx, want, compiled.Meaning)
	}
	versions, err := fx.Procedures.Versions(fx.ctx(), "p", 0, 2)
	require.NoError(fx, err)
	require.Equal(fx, condition.Binary, versions[0].Meaning)
	require.Equal(fx, condition.Exact, versions[1].Meaning)
	latest, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, condition.Binary, latest.Meaning)
}
