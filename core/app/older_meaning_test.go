package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// sums is a procedure whose path depends on the meaning of its conditions: 0.1 + 0.2 is greater than 0.3 in binary
// floating point, but not in exact arithmetic. The text is already in canonical form.
const sums = `{"id":"sums","name":"Sums","steps":[` +
	`{"key":"pay","slots":[{"name":"p","type":"number"},{"name":"q","type":"number"}],"title":"Pay",` +
	`"transitions":[{"to":"more","when":"p + q > 0.3"},{"to":"end"}]},` +
	`{"key":"more","title":"More"}]}`

// storeOlder stores a document as an older release did: the row and the event do not record the meaning of its
// conditions.
func (fx *fixture) storeOlder(document string) {
	fx.t.Helper()
	canonical := jsontext.Value(document)
	require.NoError(fx.t, canonical.Canonicalize())
	rec := procedure.VersionRecord{
		ID: "sums", Version: 1, Digest: procedure.Digest(canonical), CreatedAt: fx.ports.Clock.Now(), CreatedBy: "ann",
	}
	v, err := procedure.Compile(rec, canonical, cel.Language{})
	require.NoError(fx.t, err)
	after := procedure.RecordOf(v, procedure.Record{})
	payload, err := procedure.MarshalPayload(after)
	require.NoError(fx.t, err)
	require.NotContains(fx.t, string(payload), "conditions")
	event, err := audit.Seal(audit.Procedure(rec.ID), audit.Head{}, audit.Entry{
		Action: string(procedure.ActionCreated), Actor: "ann", OccurredAt: v.CreatedAt, Payload: payload,
	})
	require.NoError(fx.t, err)
	after.Head, after.LastEventAt = event.Head(), event.OccurredAt
	require.NoError(fx.t, fx.ports.Procedures.Append(fx.t.Context(), app.ProcedureChange{
		After: after, Publish: v, Events: []audit.Event{event},
	}))
}

// pay starts a run of a version of sums and commits 0.1 and 0.2.
func (fx *fixture) pay(version int) run.Run {
	fx.t.Helper()
	view, err := fx.StartRun(fx.t.Context(), ann, app.StartInput{ProcedureID: "sums", Version: version})
	require.NoError(fx.t, err)
	view, err = fx.Execute(fx.t.Context(), ann, view.ID, run.Commit{Submission: submissionOf("pay", "p=0.1 q=0.2", nil)})
	require.NoError(fx.t, err)
	return view
}

func (fx *fixture) requireVerified() {
	fx.t.Helper()
	_, err := fx.verify.All(fx.t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { fx.t.Errorf("%s", f) })
	require.NoError(fx.t, err)
}

func TestAVersionOfTheOlderMeaningRunsToItsEndWithThatMeaning(t *testing.T) {
	fx := newFixture(t)
	fx.storeOlder(sums)
	view := fx.pay(1)
	require.Equal(t, "more", view.CurrentKey())
	view, err := fx.Execute(t.Context(), ann, view.ID, run.Commit{Submission: submissionOf("more", "", nil)})
	require.NoError(t, err)
	require.Equal(t, run.Completed, view.State)
	fx.requireVerified()
	events, err := fx.ports.Trail.Events(t.Context(), audit.Run(view.ID), 0, app.PageSize{Items: 1})
	require.NoError(t, err)
	require.NotContains(t, string(events.Items[0].Open().Payload), "conditions")
}

// TestADatabaseOfAnOlderSchemaKeepsTheMeaningOfItsVersions migrates a populated database back to the schema without the
// column conditions. The database is then like one that an older release wrote, and is migrated up again.
func TestADatabaseOfAnOlderSchemaKeepsTheMeaningOfItsVersions(t *testing.T) {
	db := sqlitetest.Open(t)
	s := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	fx := &fixture{t: t, ports: s.App, UseCases: apptest.New(s.App), verify: verify.New(s.Verify)}
	fx.storeOlder(sums)
	status, err := migrate.SQLite.Status(t.Context(), db.Writer())
	require.NoError(t, err)
	since := slices.IndexFunc(status, func(m migrate.Migration) bool { return m.Version >= "20261128180000" })
	_, err = migrate.SQLite.Revert(t.Context(), db.Writer(), len(status)-since)
	require.NoError(t, err)
	_, err = db.Writer().ExecContext(t.Context(), "SELECT conditions FROM procedure_versions")
	require.ErrorContains(t, err, "no such column")
	_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
	require.NoError(t, err)
	view := fx.pay(1)
	fx.requireVerified()
	_, err = fx.Execute(t.Context(), ann, view.ID, run.Commit{Submission: submissionOf("more", "", nil)})
	require.NoError(t, err)
	require.True(t, fx.save(sums).Changed)
	fx.requireVerified()
}

func TestAMeaningThatDiffersFromTheTrailIsAFinding(t *testing.T) {
	db := sqlitetest.Open(t)
	s := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	fx := &fixture{t: t, ports: s.App, UseCases: apptest.New(s.App), verify: verify.New(s.Verify)}
	fx.save(sums)
	fx.pay(1)
	for value, want := range map[string][]string{
		"NULL": {
			"conditions have meaning 2 according to the trail, but 0",
			"created with meaning 2 of its conditions, not 0",
		},
		"3": {"conditions have meaning 2 according to the trail, but 3", "unknown meaning 3"},
	} {
		_, err := db.Writer().ExecContext(t.Context(),
			"DROP TRIGGER IF EXISTS procedure_versions_no_update; UPDATE procedure_versions SET conditions = "+value)
		require.NoError(t, err)
		// The cache of a new storage is empty, so that it reads the changed row.
		reread := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
		var findings []string
		_, err = verify.New(reread.Verify).All(t.Context(), verify.Options{}, func(f audit.Finding) {
			findings = append(findings, i18n.Accept("en").Finding(f))
		})
		require.NoError(t, err)
		for _, text := range want {
			require.Contains(t, strings.Join(findings, "\n"), text)
		}
	}
}

func TestSavingAnIdenticalDocumentOverTheOlderMeaningMakesANewVersion(t *testing.T) {
	fx := newFixture(t)
	fx.storeOlder(sums)
	saved := fx.save(sums)
	require.True(t, saved.Changed)
	require.Equal(t, 2, saved.View.Record.Version)
	require.Equal(t, condition.Exact, saved.View.Record.Meaning)
	require.False(t, fx.save(sums).Changed, "the second time, nothing changes")
	_, first, err := fx.ports.Procedures.Document(t.Context(), "sums", 1)
	require.NoError(t, err)
	rec, second, err := fx.ports.Procedures.Document(t.Context(), "sums", 2)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	require.Equal(t, condition.Exact, rec.Meaning)
	require.Equal(t, run.Completed, fx.pay(2).State)
	require.Equal(t, "more", fx.pay(1).CurrentKey(), "the older version keeps its meaning")
	events, err := fx.ports.Trail.Events(t.Context(), audit.Procedure("sums"), 0, app.PageSize{Items: 10})
	require.NoError(t, err)
	require.Len(t, events.Items, 2)
	require.Contains(t, string(events.Items[1].Open().Payload), `"conditions":2`)
	fx.requireVerified()
}

func TestAnIdenticalDocumentOfAnArchivedProcedureChangesNothing(t *testing.T) {
	fx := newFixture(t)
	fx.storeOlder(sums)
	_, err := fx.ArchiveProcedure(t.Context(), ann, "sums")
	require.NoError(t, err)
	require.False(t, fx.save(sums).Changed)
	fx.requireVerified()
}

func TestABundleIsVerifiedWithTheMeaningThatItsTrailNames(t *testing.T) {
	fx := newFixture(t)
	fx.storeOlder(sums)
	fx.save(sums)
	for version := range 2 {
		b, err := fx.Bundle(t.Context(), fx.pay(version+1).ID)
		require.NoError(t, err)
		b.Verify(cel.Language{}, verify.Options{Rules: true}, func(f audit.Finding) { t.Errorf("%s", f) })
	}
}
