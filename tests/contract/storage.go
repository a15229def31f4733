// Package contract holds a test suite for each port that has several adapters. The tests of every adapter run it.
package contract

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/verify"
)

// RunStorage runs the tests that every storage adapter must pass. Each test gets a new empty storage from newStorage.
func RunStorage(t *testing.T, newStorage func(t *testing.T) storage.Storage) {
	for name, test := range map[string]func(*fixture){
		"Procedures/can be created once; unknown ones are not found":          proceduresAreCreatedOnce,
		"Procedures/a change after another change is refused":                 staleProcedureChangesAreRefused,
		"Procedures/versions are stored byte for byte":                        versionsAreStored,
		"Procedures/lists are sorted by id, filtered, stable under inserts":   proceduresAreListed,
		"Procedures/the head of the list changes with each change":            listHeadChanges,
		"Procedures/concurrent changes of different procedures succeed":       proceduresChangeConcurrently,
		"Procedures/concurrent lists are independent":                         listsAreIndependent,
		"Procedures/a change is atomic":                                       procedureChangesAreAtomic,
		"Runs/unknown runs are not found":                                     unknownRunsAreNotFound,
		"Runs/values of every type are stored unchanged":                      valuesAreReturned,
		"Runs/drafts are replaced and cleared":                                draftsAreReplaced,
		"Runs/numbers keep their digits":                                      numbersKeepTheirDigits,
		"Runs/sensitive values are sealed in the run, unsealed in their rows": sensitiveValuesAreSealed,
		"Runs/values carried into a new visit are stored, sensitive ones too": carriedValuesAreStored,
		"Runs/an amendment that makes a run diverge is stored":                divergencesAreStored,
		"Runs/a change after another change is refused":                       staleRunChangesAreRefused,
		"Runs/a change must follow the stored chain":                          changesOfOtherChainsAreRefused,
		"Runs/a change is atomic":                                             runChangesAreAtomic,
		"Runs/64 concurrent writers: one succeeds, the others are refused":    concurrentWriters,
		"Runs/every refusal of parallel commands is recorded":                 refusalsOfParallelCommandsAreRecorded,
		"Runs/Exclusively keeps other writers out and returns errors":         exclusivelyLocksTheRun,
		"Runs/after a panic, others can write":                                panicsLeaveNothingLocked,
		"Runs/a cancelled call writes nothing":                                cancelledCallsWriteNothing,
		"Runs/large steps are stored completely":                              largeStepsAreStored,
		"Runs/random commands: rows and trail agree":                          rowsMatchTheTrail,
		"Groups/each change is written or refused by itself":                  changesAreIndependent,
		"Groups/a receipt's key is given once":                                receiptKeysAreGivenOnce,
		"Groups/a change that was cancelled is written as a whole or not":     cancelledChangesAreWhole,
		"Groups/64 writers of one run beside writers of other runs":           crowdsDoNotHarmOthers,
		"Trail/events keep their disclosures":                                 eventsKeepTheirDisclosures,
		"Erasures/remove row, disclosure and stored answer, nothing else":     erasuresRemoveEverything,
		"Erasures/are atomic":                                                 failedErasuresChangeNothing,
		"Erasures/leave no fingerprint of a body":                             erasuresLeaveNoFingerprintOfABody,
		"Erasures/find every copy of a value":                                 copiesAreErased,
		"Erasures/an erased draft value must be given again":                  erasedDraftsAreGivenAgain,
		"Erasures/a value given again is stored":                              valuesGivenAgainAreStored,
		"Erasures/of one visit include what later visits carried":             carriedCopiesAreErased,
		"Erasures/of what does not exist are refused":                         impossibleErasuresAreRefused,
		"RunList/newest first, every filter, stable under inserts":            runsAreListed,
		"RunList/sorted by created_at, then by id":                            runsAreListedByCreation,
		"Verify/one run by itself":                                            oneRunIsVerified,
		"RunList/any of several states, alone and with other filters":         runsAreListedByStates,
		"Trail/events above a seq, oldest first":                              trailIsRead,
		"Verify/ranges are read completely":                                   rangesAreRead,
		"EventList/newest first, every filter, page by page":                  eventsAreListed,
		"Lists/a page ends before the item that would exceed its size":        pagesAreBounded,
		"Feed/every event once, in order for each entity, from any cursor":    feedIsRead,
		"Feed/a reader misses nothing that is written meanwhile":              feedIsReadWhileWriting,
		"Checkpoints/cover all changes, form a chain, prove a run":            checkpointsCoverChanges,
		"Checkpoints/concurrent calls cover each change once":                 checkpointsAreMadeOnce,
		"Checkpoints/a log keeps its origin":                                  aLogKeepsItsOrigin,
		"Checkpoints/cosignatures are stored once and shown":                  cosignaturesAreStoredOnce,
		"Deliveries/one holder at a time":                                     deliveriesAreLeased,
		"Deliveries/two replicas deliver everything once and in order":        replicasShareDeliveries,
		"Receipts/are stored with the change, unique, expire, are pruned":     receiptsAreStored,
		"Receipts/keep what they hold, in both forms":                         receiptsKeepWhatTheyHold,
		"Receipts/of past states are saved":                                   receiptsOfPastStatesAreSaved,
		"Receipts/from the future expire in time":                             receiptsFromTheFutureExpire,
		"Heads/of many are read with one query":                               headsAreReadTogether,
		"ServiceKeys/are read by name":                                        serviceKeysAreRead,
		"Sessions/keep what they hold, and end":                               sessionsAreStored,
		"Sessions/SeenAt never goes back":                                     sessionsAreSeen,
		"Sessions/one of many callers renews the tokens":                      sessionsAreRenewedOnce,
		"Sessions/are pruned in portions":                                     sessionsArePruned,
		"Procedures/labels, units, decimals and the time zone are stored":     definitionMembersAreStored,
		"Procedures/versions keep the meaning of their conditions":            meaningsAreStored,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, newStorage(t)))
		})
	}
}

// fixture holds a service on the storage under test, and the storage's ports. It is also the clock of the service and
// its source of ids and salts, so that these are the same whenever the tests are run.
type fixture struct {
	app.Ports
	*testing.T
	storage  storage.Storage
	service  *app.UseCases
	verifier *verify.Verifier
	ticks    atomic.Int64
	ids      atomic.Int64
	salts    atomic.Int64
}

func newFixture(t *testing.T, s storage.Storage) *fixture {
	fx := &fixture{Ports: s.App, T: t, storage: s, verifier: verify.New(s.Verify)}
	p := s.App
	p.Clock, p.Random = fx, fx
	fx.service = apptest.New(p)
	return fx
}

// Now returns the current time of the test. It is one microsecond later at each call.
func (fx *fixture) Now() time.Time {
	return runtest.Epoch.Add(time.Duration(fx.ticks.Add(1)) * time.Microsecond)
}

// RunID returns the next run id. Ids have the form of a UUIDv7 and end in 1, 2, 3, ...
func (fx *fixture) RunID() string {
	return fmt.Sprintf("01980000-0000-7000-8000-%012d", fx.ids.Add(1))
}

// Suffix returns the same text at each call.
func (fx *fixture) Suffix() string { return "00000000" }

// Salt returns a different salt at each call: its first bytes count the calls.
func (fx *fixture) Salt() (s commitment.Salt) {
	binary.BigEndian.PutUint64(s[:], uint64(fx.salts.Add(1)))
	return s
}

func (fx *fixture) ctx() context.Context { return fx.Context() }

var request = app.Request{ID: "req-1"}

// save stores a definition and returns its latest version.
func (fx *fixture) save(doc string) *procedure.Version {
	fx.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(fx, err)
	saved, err := fx.service.SaveDefinition(fx.ctx(), request, n)
	require.NoError(fx, err)
	return saved.View.Definition
}

// start starts a run of a stored procedure.
func (fx *fixture) start(id string) run.Run {
	fx.Helper()
	view, err := fx.service.StartRun(fx.ctx(), request, app.StartInput{ProcedureID: id})
	require.NoError(fx, err)
	return view
}

func (fx *fixture) execute(id string, c run.Command) (run.Run, error) {
	return fx.service.Execute(fx.ctx(), request, id, c)
}

func (fx *fixture) mustExecute(id string, c run.Command) run.Run {
	fx.Helper()
	r, err := fx.execute(id, c)
	require.NoError(fx, err)
	return r
}

// load loads a run. It also checks that Head and Seqs return the head and the sequence number of the loaded run.
func (fx *fixture) load(id string) app.RunRecord {
	fx.Helper()
	rec, err := fx.Runs.Load(fx.ctx(), id)
	require.NoError(fx, err)
	head, err := fx.Runs.Head(fx.ctx(), id)
	require.NoError(fx, err)
	require.Equal(fx, rec.Head, head)
	seqs, err := fx.storage.Heads.Seqs(fx.ctx(), []string{id, "none", "01980000-0000-7000-8000-ffffffffffff"})
	require.NoError(fx, err)
	require.Equal(fx, map[string]int64{id: head.Seq}, seqs)
	return rec
}

// submission returns the input for a step. Each slot name is followed by its value in JSON.
func submission(step string, pairs ...string) run.Submission {
	sub := run.Submission{Step: step, Slots: map[string][]byte{}}
	for i := 0; i < len(pairs); i += 2 {
		sub.Slots[pairs[i]] = []byte(pairs[i+1])
	}
	return sub
}

// tick adds the state of a checklist item, ticked or not, to a submission.
func tick(sub run.Submission, key string, completed bool) run.Submission {
	sub.Ticks = append(sub.Ticks, checklist.Tick{Key: key, Completed: completed})
	return sub
}

// definition returns a definition with the given steps, which are JSON objects separated by commas.
func definition(id, steps string) string {
	return `{"id":"` + id + `","name":"Name of ` + id + `","steps":[` + steps + `]}`
}

const oneStep = `{"key":"s","title":"S","slots":[
		{"name":"a","type":"string","required":false},
		{"name":"n","type":"number","required":false},
		{"name":"m","type":"multi_enum","options":["x","y","z"],"required":false}
	],"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J"}]},
	{"key":"t","title":"T"}`
