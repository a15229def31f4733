package app_test

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
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

// faultyRuns wraps a Runs port. It counts the calls and can make writes fail.
type faultyRuns struct {
	app.Runs
	beforeAppend func() error // if set, called before each write of a run; an error is returned in place of the write
	beforeSave   func() error // the same for writes of a procedure
	afterLoad    func()       // if set, called once after the next load
	loads        int
	appends      int
	exclusives   int
}

func (f *faultyRuns) Load(ctx context.Context, id string) (app.RunRecord, error) {
	f.loads++
	rec, err := f.Runs.Load(ctx, id)
	if after := f.afterLoad; after != nil {
		f.afterLoad = nil
		after()
	}
	return rec, err
}

func (f *faultyRuns) Append(ctx context.Context, c app.RunChange) error {
	f.appends++
	if f.beforeAppend != nil {
		if err := f.beforeAppend(); err != nil {
			return err
		}
	}
	return f.Runs.Append(ctx, c)
}

func (f *faultyRuns) Exclusively(
	ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error),
) error {
	f.exclusives++
	return f.Runs.Exclusively(ctx, id, decide)
}

// faultyProcedures can make writes of procedures fail.
type faultyProcedures struct {
	app.Procedures
	faults *faultyRuns
}

func (p faultyProcedures) Append(ctx context.Context, c app.ProcedureChange) error {
	if p.faults.beforeSave != nil {
		if err := p.faults.beforeSave(); err != nil {
			return err
		}
	}
	return p.Procedures.Append(ctx, c)
}

// fixture is a service on an empty database, with a verifier of that database. Tests can make the writes of the service
// fail.
type fixture struct {
	*app.UseCases
	t      testing.TB
	faults *faultyRuns
	ports  app.Ports
	verify *verify.Verifier
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	s := sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	p, faults := s.App, &faultyRuns{Runs: s.App.Runs}
	p.Runs, p.Procedures = faults, faultyProcedures{p.Procedures, faults}
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return &fixture{t: t, faults: faults, ports: p, UseCases: apptest.New(p), verify: verify.New(s.Verify)}
}

// rewire changes the ports and replaces the service by one that uses them.
func (fx *fixture) rewire(change func(*app.Ports), options ...app.Option) {
	change(&fx.ports)
	fx.UseCases = apptest.New(fx.ports, options...)
}

var (
	ann     = app.Request{ID: "req-1"}
	errBoom = errors.New("boom")
)

// document is a procedure with two steps, the first of which has a slot.
const document = `{"id":"p","name":"P","steps":[
	{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},
	{"key":"t","title":"T"}]}`

func parse(t testing.TB, doc string) *jsondoc.Node {
	t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(t, err)
	return n
}

// save creates a procedure or publishes its next version.
func (fx *fixture) save(doc string) app.Saved {
	fx.t.Helper()
	saved, err := fx.SaveDefinition(fx.t.Context(), ann, parse(fx.t, doc))
	require.NoError(fx.t, err)
	return saved
}

// Bundle returns the bundle of a run, read back from the document that the service writes.
func (fx *fixture) Bundle(ctx context.Context, id string, withhold ...string) (verify.Bundle, error) {
	var out bytes.Buffer
	if err := fx.WriteBundle(ctx, &out, id, withhold...); err != nil {
		return verify.Bundle{}, err
	}
	return verify.ReadBundle(out.Bytes(), func(n int, do func(from, to int)) { do(0, n) })
}

// startRun saves document and starts a run of it.
func (fx *fixture) startRun() (id string) {
	fx.t.Helper()
	fx.save(document)
	view, err := fx.StartRun(fx.t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(fx.t, err)
	return view.ID
}

// draft returns the command that saves a draft of the first step of document. value is the JSON value of the slot.
func draft(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

// commit returns the command that commits the first step of document. value is the JSON value of the slot.
func commit(value string) run.Command {
	return run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

// actions returns the actions of the run's events, oldest first.
func (fx *fixture) actions(id string) (actions []string) {
	fx.t.Helper()
	events, err := fx.ports.Trail.Events(fx.t.Context(), audit.Run(id), 0, app.PageSize{Items: 1000})
	require.NoError(fx.t, err)
	for _, e := range events.Items {
		actions = append(actions, e.Action)
	}
	return actions
}

// submissionOf returns the input for a step. The values of its slots are written as `name=json name=json`.
func submissionOf(step, slots string, origins map[string]string) run.Submission {
	s := run.Submission{Step: step, Slots: map[string][]byte{}, Origins: map[string]slot.Origin{}}
	for _, m := range regexp.MustCompile(`(\w+)=("[^"]*"|\S+)`).FindAllStringSubmatch(slots, -1) {
		s.Slots[m[1]] = []byte(m[2])
	}
	for name, from := range origins {
		s.Origins[name] = slot.Origin(from)
	}
	return s
}
