package verify_test

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// fixture is a service and a verifier over one database.
type fixture struct {
	*app.UseCases
	*verify.Verifier
	t    testing.TB
	feed app.Feed

	storage storage.Storage
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return newFixtureWith(t, system.Clock{})
}

func newFixtureWith(t testing.TB, clock app.Clock) *fixture {
	t.Helper()
	s := sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = clock, system.Random{}
	return &fixture{
		UseCases: apptest.New(s.App), Verifier: verify.New(s.Verify), t: t, feed: s.App.Feed, storage: s,
	}
}

var (
	ann     = app.Request{ID: "req-1"}
	errBoom = errors.New("boom")
)

// save creates a procedure or publishes its next version.
func (fx *fixture) save(doc string) {
	fx.t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(fx.t, err)
	_, err = fx.SaveDefinition(fx.t.Context(), ann, n)
	require.NoError(fx.t, err)
}

// Bundle returns the bundle of a run, read back from the document that the service writes. Tests can change its events.
func (fx *fixture) Bundle(ctx context.Context, id string, withhold ...string) (verify.Bundle, error) {
	var out bytes.Buffer
	if err := fx.WriteBundle(ctx, &out, id, withhold...); err != nil {
		return verify.Bundle{}, err
	}
	b, err := verify.ReadBundle(out.Bytes(), func(n int, do func(from, to int)) { do(0, n) })
	events := make([]audit.Event, len(b.Events))
	for i, e := range b.Events {
		events[i] = audit.Event{
			Entity: e.Entity, Seq: e.Seq, Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt,
			Canonical: e.Canonical, Disclosures: e.Disclosures, PrevHash: e.PrevHash, Hash: e.Hash,
		}
	}
	return verify.Bundle{RunID: b.RunID, Version: b.Version, Canonical: b.Canonical, Events: events, Proof: b.Proof}, err
}

// startRun saves a procedure of two steps and starts a run of it.
func (fx *fixture) startRun() (id string) {
	fx.t.Helper()
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},
		{"key":"t","title":"T"}]}`)
	r, err := fx.StartRun(fx.t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(fx.t, err)
	return r.ID
}

// draft returns the command that saves a draft of the first step. value is the JSON value of the slot.
func draft(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

// submissionOf returns a submission for a step. The values of its slots are written as `name=json name=json`.
func submissionOf(step, slots string) run.Submission {
	s := run.Submission{Step: step, Slots: map[string][]byte{}}
	for _, m := range regexp.MustCompile(`(\w+)=("[^"]*"|\S+)`).FindAllStringSubmatch(slots, -1) {
		s.Slots[m[1]] = []byte(m[2])
	}
	return s
}
