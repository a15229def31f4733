package app_test

import (
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
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

// faulty stands in front of the real storage and does, when asked, what a bad day would do.
type faulty struct {
	app.Runs
	before      func() error // runs before each write of a run; its error is the write's
	beforeSave  func() error // likewise of a procedure
	loaded      int
	appended    int
	exclusively int
}

func (f *faulty) Load(ctx context.Context, id string) (app.RunRecord, error) {
	f.loaded++
	return f.Runs.Load(ctx, id)
}

func (f *faulty) Append(ctx context.Context, c app.RunChange) error {
	f.appended++
	if f.before != nil {
		if err := f.before(); err != nil {
			return err
		}
	}
	return f.Runs.Append(ctx, c)
}

func (f *faulty) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	f.exclusively++
	return f.Runs.Exclusively(ctx, id, decide)
}

type saver struct {
	app.Procedures
	f *faulty
}

func (s saver) Append(ctx context.Context, c app.ProcedureChange) error {
	if s.f.beforeSave != nil {
		if err := s.f.beforeSave(); err != nil {
			return err
		}
	}
	return s.Procedures.Append(ctx, c)
}

type world struct {
	*app.Service
	t      testing.TB
	faults *faulty
	ports  app.Ports
	db     *sqlite.DB
	verify *verify.Verifier
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqlitetest.Open(t)
	f := &faulty{}
	s := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	p := s.App
	f.Runs = p.Runs
	p.Runs, p.Procedures, p.Clock, p.Random = f, saver{p.Procedures, f}, system.Clock{}, system.Random{}
	return &world{t: t, db: db, faults: f, ports: p, Service: app.New(p), verify: verify.New(s.Verify)}
}

// rewire puts the use cases together again over changed ports.
func (w *world) rewire(change func(*app.Ports), options ...app.Option) {
	change(&w.ports)
	w.Service = app.New(w.ports, options...)
}

var (
	ann     = app.Request{Actor: "ann", ID: "req-1"}
	errBoom = errors.New("boom")
)

const document = `{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},{"key":"t","title":"T"}]}`

func parse(t testing.TB, doc string) *jsondoc.Node {
	t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(t, err)
	return n
}

func (w *world) save(doc string) app.Saved {
	w.t.Helper()
	saved, err := w.SaveDefinition(w.t.Context(), ann, parse(w.t, doc))
	require.NoError(w.t, err)
	return saved
}

// started stores the small procedure and starts a run of it.
func (w *world) started() (id string) {
	w.t.Helper()
	w.save(document)
	view, err := w.StartRun(w.t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(w.t, err)
	return view.ID
}

func draft(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

func commit(value string) run.Command {
	return run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}}
}

func (w *world) actions(id string) (actions []string) {
	w.t.Helper()
	events, err := w.ports.Trail.Events(w.t.Context(), audit.Run(id), 0, 1000)
	require.NoError(w.t, err)
	for _, e := range events {
		actions = append(actions, e.Action)
	}
	return actions
}

// submissionOf reads slots as in `name=json name=json`.
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
