package verify_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// world is a service and a verifier over one database.
type world struct {
	*app.Service
	*verify.Verifier
	t    testing.TB
	feed app.Feed
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s := sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	return &world{Service: app.New(s.App), Verifier: verify.New(s.Verify), t: t, feed: s.App.Feed}
}

var (
	ann     = app.Request{Actor: "ann", ID: "req-1"}
	errBoom = errors.New("boom")
)

// save creates a procedure or publishes its next version.
func (w *world) save(doc string) {
	w.t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(w.t, err)
	_, err = w.SaveDefinition(w.t.Context(), ann, n)
	require.NoError(w.t, err)
}

// startRun saves a procedure of two steps and starts a run of it.
func (w *world) startRun() (id string) {
	w.t.Helper()
	w.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},
		{"key":"t","title":"T"}]}`)
	r, err := w.StartRun(w.t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(w.t, err)
	return r.ID
}

// draft returns the command that saves a draft of the first step. Value is the JSON of its slot.
func draft(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

// submissionOf returns a submission for a step. Slots has the form `name=json name=json`.
func submissionOf(step, slots string) run.Submission {
	s := run.Submission{Step: step, Slots: map[string][]byte{}}
	for _, m := range regexp.MustCompile(`(\w+)=("[^"]*"|\S+)`).FindAllStringSubmatch(slots, -1) {
		s.Slots[m[1]] = []byte(m[2])
	}
	return s
}
