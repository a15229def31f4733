// Package contract holds the behaviour that every adapter of a port must have, as suites that its own test runs.
package contract

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

// RunStorage runs the suite; open gives an empty storage each time.
func RunStorage(t *testing.T, open func(t *testing.T) storage.Storage) {
	for name, test := range map[string]func(*world){
		"Procedures/are created once and unknown ones are not found":            proceduresAreCreatedOnce,
		"Procedures/move on only from where they were read":                     proceduresMoveOn,
		"Procedures/keep every version's bytes":                                 versionsAreKept,
		"Procedures/are listed by id, filtered, stable under inserts":           proceduresAreListed,
		"Procedures/the head of the list moves with each change":                theListMovesOn,
		"Procedures/changes of different ones do not disturb each other":        changesOfOthersDoNotDisturb,
		"Procedures/readers who list at once get what each asked for":           listsAreApart,
		"Procedures/a change is whole or nothing":                               procedureChangesAreWhole,
		"Runs/unknown ones are not found":                                       runsUnknown,
		"Runs/values of every type come back digit for digit":                   valuesComeBack,
		"Runs/drafts are replaced and cleared":                                  draftsAreReplaced,
		"Runs/a sensitive value is a seal in the state and plain in its row":    sensitiveValues,
		"Runs/append moves on only from where it was read":                      runsMoveOn,
		"Runs/a change follows the stored chain and no other":                   otherChains,
		"Runs/a change is whole or nothing":                                     runChangesAreWhole,
		"Runs/64 writers at once: one wins each round, none is lost":            raceOfWriters,
		"Runs/exclusively keeps others out and hands errors on":                 exclusively,
		"Runs/a cancelled call writes nothing and harms nothing":                cancellation,
		"Runs/large steps are stored whole":                                     largeSteps,
		"Runs/random walks: the rows are the fold of the trail":                 randomWalks,
		"RunList/newest first, every filter, stable under inserts":              runsAreListed,
		"RunList/by created_at and id, whatever the ids say":                    runsAreListedByCreation,
		"Trail/events oldest first above a seq":                                 trailIsRead,
		"Verify/every range is read whole, however storage is divided":          rangesAreRead,
		"EventList/newest first, every filter, page by page":                    eventsAreListed,
		"Feed/every commit once, in the order of its entity, from any place":    feedIsRead,
		"Feed/a reader misses nothing that is written meanwhile":                feedWhileWriting,
		"Checkpoints/cover what changed, follow each other, prove a run":        checkpointsCover,
		"Checkpoints/two who make one at once make one":                         checkpointsAtOnce,
		"Deliveries/one holder at a time, who moves it on":                      deliveriesAreHeld,
		"Deliveries/a sink gets everything once in order, from two replicas":    deliveriesAreShared,
		"Receipts/are kept with the effect, taken once, expire, and are pruned": receiptsAreKept,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, open(t)))
		})
	}
}

// world is a service over the storage under test, with a clock that moves and ids that count.
type world struct {
	app.Ports
	*testing.T
	storage  storage.Storage
	service  *app.Service
	verifier *verify.Verifier
	ticks    atomic.Int64
	ids      atomic.Int64
}

func newWorld(t *testing.T, s storage.Storage) *world {
	w := &world{Ports: s.App, T: t, storage: s, verifier: verify.New(s.Verify)}
	p := s.App
	p.Clock, p.Random = w, w
	w.service = app.New(p)
	return w
}

// Now moves on by a microsecond each time.
func (w *world) Now() time.Time {
	return runtest.Epoch.Add(time.Duration(w.ticks.Add(1)) * time.Microsecond)
}

// RunID counts up, in the form of a UUIDv7.
func (w *world) RunID() string {
	return fmt.Sprintf("01980000-0000-7000-8000-%012d", w.ids.Add(1))
}

// Suffix is always the same.
func (w *world) Suffix() string { return "00000000" }

// Salts are the same each time.
func (w *world) Salts(n int) []slot.Salt { return runtest.Salts(n) }

func (w *world) ctx() context.Context { return w.Context() }

var request = app.Request{Actor: "ann", ID: "req-1"}

// save stores a definition and returns its latest version.
func (w *world) save(doc string) *procedure.Version {
	w.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(w, err)
	saved, err := w.service.SaveDefinition(w.ctx(), request, n)
	require.NoError(w, err)
	return saved.View.Definition
}

// start begins a run of a stored procedure.
func (w *world) start(id string) run.Run {
	w.Helper()
	view, err := w.service.StartRun(w.ctx(), request, app.StartInput{ProcedureID: id})
	require.NoError(w, err)
	return view
}

func (w *world) execute(id string, c run.Command) (run.Run, error) {
	view, err := w.service.Execute(w.ctx(), request, id, c)
	return view, err
}

func (w *world) must(id string, c run.Command) run.Run {
	w.Helper()
	r, err := w.execute(id, c)
	require.NoError(w, err)
	return r
}

func (w *world) load(id string) app.RunRecord {
	w.Helper()
	rec, err := w.Runs.Load(w.ctx(), id)
	require.NoError(w, err)
	head, err := w.Runs.Head(w.ctx(), id)
	require.NoError(w, err)
	require.Equal(w, rec.Head, head)
	seqs, err := w.storage.Heads.Seqs(w.ctx(), []string{id, "none", "01980000-0000-7000-8000-ffffffffffff"})
	require.NoError(w, err)
	require.Equal(w, map[string]int64{id: head.Seq}, seqs)
	return rec
}

// say makes a submission of alternating slot names and raw values.
func say(step string, pairs ...string) run.Submission {
	sub := run.Submission{Step: step, Slots: map[string][]byte{}}
	for i := 0; i < len(pairs); i += 2 {
		sub.Slots[pairs[i]] = []byte(pairs[i+1])
	}
	return sub
}

func tick(sub run.Submission, key string, completed bool) run.Submission {
	sub.Ticks = append(sub.Ticks, checklist.Tick{Key: key, Completed: completed})
	return sub
}

// plain is a definition with the given steps' members.
func plain(id, steps string) string {
	return `{"id":"` + id + `","name":"Name of ` + id + `","steps":[` + steps + `]}`
}

const oneStep = `{"key":"s","title":"S","slots":[{"name":"a","type":"string","required":false},{"name":"n","type":"number","required":false},
	{"name":"m","type":"multi_enum","options":["x","y","z"],"required":false}],"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J"}]},{"key":"t","title":"T"}`
