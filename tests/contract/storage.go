// Package contract holds a test suite for each port that has several adapters. The tests of every adapter run it.
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

// RunStorage runs the suite. Open returns a new empty storage.
func RunStorage(t *testing.T, open func(t *testing.T) storage.Storage) {
	for name, test := range map[string]func(*world){
		"Procedures/are created once, unknown ones are not found":            proceduresAreCreatedOnce,
		"Procedures/change only from the head that was read":                 procedureConflicts,
		"Procedures/every version is returned byte for byte":                 versionsAreStored,
		"Procedures/are listed by id, filtered, stable under inserts":        proceduresAreListed,
		"Procedures/the head of the list changes with each change":           listHeadChanges,
		"Procedures/concurrent changes of different ones succeed":            proceduresChangeConcurrently,
		"Procedures/concurrent lists are independent":                        listsAreIndependent,
		"Procedures/a change is atomic":                                      procedureChangesAreAtomic,
		"Runs/unknown ones are not found":                                    runsUnknown,
		"Runs/values of every type are returned digit for digit":             valuesAreReturned,
		"Runs/drafts are replaced and cleared":                               draftsAreReplaced,
		"Runs/numbers keep their digits":                                     numbersKeepTheirDigits,
		"Runs/a sensitive value is a seal in the state, plain in its row":    sensitiveValues,
		"Runs/change only from the head that was read":                       runConflicts,
		"Runs/a change must follow the stored chain":                         otherChains,
		"Runs/a change is atomic":                                            runChangesAreAtomic,
		"Runs/of 64 concurrent writers one wins each round, none is lost":    concurrentWriters,
		"Runs/Exclusively keeps other writers out and returns errors":        exclusively,
		"Runs/a cancelled call writes nothing":                               cancellation,
		"Runs/large steps are stored completely":                             largeSteps,
		"Runs/random commands: the rows are the fold of the trail":           randomWalks,
		"RunList/newest first, every filter, stable under inserts":           runsAreListed,
		"RunList/by created_at and id, whatever the ids say":                 runsAreListedByCreation,
		"Trail/events above a seq, oldest first":                             trailIsRead,
		"Verify/every range is read completely, however storage is divided":  rangesAreRead,
		"EventList/newest first, every filter, page by page":                 eventsAreListed,
		"Feed/every commit once, in order for each entity, from any cursor":  feedIsRead,
		"Feed/a reader misses nothing that is written meanwhile":             feedWhileWriting,
		"Checkpoints/cover what changed, follow each other, prove a run":     checkpointsCoverChanges,
		"Checkpoints/concurrent makers make one":                             checkpointsAreMadeOnce,
		"Deliveries/one holder at a time":                                    deliveriesAreHeld,
		"Deliveries/a sink gets everything once in order, from two replicas": deliveriesAreShared,
		"Receipts/are stored with the change, unique, expire, are pruned":    receiptsAreStored,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, open(t)))
		})
	}
}

// world is a service over the storage under test, with a clock that advances at each reading and ids that count up.
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

// Now returns a time a microsecond later at each call.
func (w *world) Now() time.Time {
	return runtest.Epoch.Add(time.Duration(w.ticks.Add(1)) * time.Microsecond)
}

// RunID returns the next id, in the form of a UUIDv7.
func (w *world) RunID() string {
	return fmt.Sprintf("01980000-0000-7000-8000-%012d", w.ids.Add(1))
}

// Suffix returns the same text at each call.
func (w *world) Suffix() string { return "00000000" }

// Salts returns the same salts at each call.
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

// start starts a run of a stored procedure.
func (w *world) start(id string) run.Run {
	w.Helper()
	view, err := w.service.StartRun(w.ctx(), request, app.StartInput{ProcedureID: id})
	require.NoError(w, err)
	return view
}

func (w *world) execute(id string, c run.Command) (run.Run, error) {
	return w.service.Execute(w.ctx(), request, id, c)
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

// say returns a submission of alternating slot names and raw values.
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

// plain returns a definition with the given steps.
func plain(id, steps string) string {
	return `{"id":"` + id + `","name":"Name of ` + id + `","steps":[` + steps + `]}`
}

const oneStep = `{"key":"s","title":"S","slots":[
		{"name":"a","type":"string","required":false},
		{"name":"n","type":"number","required":false},
		{"name":"m","type":"multi_enum","options":["x","y","z"],"required":false}
	],"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J"}]},
	{"key":"t","title":"T"}`
