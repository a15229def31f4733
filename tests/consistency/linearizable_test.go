package consistency

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/headcheck"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// turns is a procedure whose two steps lead to each other, so that commits do not end a run.
const turns = `{"id":"turns","name":"Turns","max_visits":100,"steps":[
	{"key":"a","title":"A","slots":[{"name":"n","type":"integer"}]},
	{"key":"b","title":"B","slots":[{"name":"n","type":"integer"}],"transitions":[{"to":"a","when":"b.n > 0"}]}]}`

const (
	clients    = 64
	sharedRuns = 8
)

// operationsVariable names the variable with the number of operations of each client. Without it, it is 25.
const operationsVariable = "PROCEDO_TEST_OPERATIONS"

func operationsPerClient(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(operationsVariable), "25"))
	require.NoError(t, err)
	return n
}

// newSQLiteReplica returns a replica over a file, with the cache in memory that one process has.
func newSQLiteReplica(t *testing.T, file string) replica {
	t.Helper()
	db, err := sqlite.Open("sqlite:" + file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
	require.NoError(t, err)
	p := headcheck.Share(sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10)))
	p.Clock, p.Random = system.Clock{}, system.Random{}
	r := replica{registry: prometheus.NewRegistry()}
	p, err = caching.Decorate(p, caching.Caches{
		Runs:       memory.NewCache(1<<20, caching.SizeOfRun),
		Procedures: memory.NewCache(1<<20, caching.SizeOfProcedure), Pages: memory.NewCache(1<<20, caching.SizeOfPage),
	}, r.registry)
	require.NoError(t, err)
	r.UseCases = apptest.New(p)
	return r
}

// TestHistoriesAreLinearizable lets many clients draft, commit, amend and read the same runs on several replicas,
// through their caches. There must be an order of the operations, in which each lies between its call and its return,
// that explains every answer (Herlihy and Wing 1990).
func TestHistoriesAreLinearizable(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) []replica{
		"PostgreSQL": func(t *testing.T) []replica {
			database := cluster.Database(t)
			all := make([]replica, replicas)
			for i := range all {
				all[i] = newReplica(t, database, cache.URL())
			}
			return all
		},
		"SQLite, two processes": func(t *testing.T) []replica {
			file := filepath.Join(t.TempDir(), "procedo.db")
			return []replica{newSQLiteReplica(t, file), newSQLiteReplica(t, file)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			history := record(t, open(t))
			require.Equal(t, porcupine.Ok, porcupine.CheckOperationsTimeout(turnsModel, history, time.Minute))
			requireFound(t, history)
		})
	}
}

// record lets the clients work, and returns what they called and were answered.
func record(t *testing.T, all []replica) []porcupine.Operation {
	t.Helper()
	doc, err := jsondoc.Parse([]byte(turns))
	require.NoError(t, err)
	_, err = all[0].CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)
	ids := make([]string, sharedRuns)
	for i := range ids {
		started, err := all[0].StartRun(t.Context(), ann, app.StartInput{ProcedureID: "turns"})
		require.NoError(t, err)
		ids[i] = started.ID
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	var wait sync.WaitGroup
	began, operations := time.Now(), operationsPerClient(t)
	for client := range clients {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(client)))
			for i := range operations {
				r := all[random.IntN(len(all))]
				in := drawCall(random, int64(client*operations+i))
				in.run = random.IntN(sharedRuns)
				o := porcupine.Operation{ClientId: client, Input: in, Call: int64(time.Since(began))}
				out := in.send(t.Context(), r, ids[in.run])
				o.Return, o.Output = int64(time.Since(began)), out
				mu.Lock()
				history = append(history, o)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	outcomes := map[string]int{}
	for _, o := range history {
		outcomes[o.Input.(call).what+" "+o.Output.(answer).code]++
	}
	t.Log(outcomes)
	for _, what := range []string{"draft ", "commit ", "amend ", "read "} {
		require.Positive(t, outcomes[what], "no %s succeeded", what)
	}
	return history
}

// requireFound plants faults in the history, each of which must be found.
func requireFound(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	for name, plant := range map[string]func(o *porcupine.Operation, out answer) (answer, bool){
		"a stale read": func(o *porcupine.Operation, out answer) (answer, bool) {
			if o.Input.(call).what != "read" || out.seen.revision < 4 {
				return out, false
			}
			out.seen.revision -= 3
			return out, true
		},
		"a lost write": func(o *porcupine.Operation, out answer) (answer, bool) {
			if o.Input.(call).what != "commit" || out.code == "" {
				return out, false
			}
			return answer{seen: state{revision: 1 << 40}}, true // acknowledged, but never seen again
		},
		"a write of another client in the answer": func(o *porcupine.Operation, out answer) (answer, bool) {
			if o.Input.(call).what != "amend" || out.code != "" {
				return out, false
			}
			out.seen.values[0], out.seen.values[1] = out.seen.values[1], out.seen.values[0]
			return out, true
		},
	} {
		changed := append([]porcupine.Operation(nil), history...)
		for i := range changed {
			if out, ok := plant(&changed[i], changed[i].Output.(answer)); ok {
				changed[i].Output = out
				break
			}
		}
		require.Equal(t, porcupine.Illegal, porcupine.CheckOperationsTimeout(turnsModel, changed, time.Minute), name)
	}
}

// call is what a client asks for.
type call struct {
	run   int
	what  string // draft, commit, amend or read
	step  int
	value int64
}

var steps = []string{"a", "b"}

// drawCall draws a call. Its value is not that of any other call.
func drawCall(random *rand.Rand, value int64) call {
	what := []string{"draft", "draft", "commit", "amend", "read", "read"}[random.IntN(6)]
	return call{what: what, step: random.IntN(2), value: value + 1}
}

// send sends the call, and returns the answer.
func (c call) send(ctx context.Context, r replica, id string) answer {
	if c.what == "read" {
		got, err := r.Run(ctx, id)
		return answerOf(got, err)
	}
	content := run.Submission{Step: steps[c.step], Slots: map[string][]byte{"n": []byte(strconv.FormatInt(c.value, 10))}}
	var command run.Command = run.Draft{Submission: content}
	switch c.what {
	case "commit":
		command = run.Commit{Submission: content}
	case "amend":
		command = run.Amend{Submission: content, Reason: "r"}
	}
	got, err := r.Execute(ctx, ann, id, command)
	return answerOf(got, err)
}

// state is what the model knows of a run: 0 is no value.
type state struct {
	revision int64
	open     int
	visited  [2]bool
	values   [2]int64 // of the open visit or the last one
}

// answer is a state, or the code of a refusal. A command that was not carried out for another reason has the code
// "none".
type answer struct {
	seen state
	code string
}

func answerOf(r run.Run, err error) answer {
	switch {
	case err == nil:
		seen := state{revision: r.Revision, open: r.Current()}
		for i := range steps {
			if v := r.Steps[i].Slots[0].Value; !v.IsAbsent() {
				seen.values[i], _ = strconv.ParseInt(v.Text(), 10, 64)
			}
		}
		return answer{seen: seen}
	case fault.Is(err, fault.Conflict):
		return answer{code: "refused"}
	}
	return answer{code: "none"} // too many others wrote at the same time
}

// turnsModel is what the law says of a run of the procedure above: only the open step is drafted and committed, only a
// committed one amended; each accepted command raises the revision by one, and a new visit begins empty.
var turnsModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := make([][]porcupine.Operation, sharedRuns)
		for _, o := range history {
			i := o.Input.(call).run
			parts[i] = append(parts[i], o)
		}
		return parts
	},
	Init: func() any { return state{revision: 1} },
	Step: func(before, input, output any) (bool, any) {
		c, out := input.(call), output.(answer)
		after, accepted := before.(state).after(c)
		switch out.code {
		case "refused":
			return !accepted, before
		case "none":
			return true, before
		}
		seen := after
		seen.visited = [2]bool{} // an answer does not say this
		return accepted && out.seen == seen, after
	},
}

// after returns the state after a call, and whether the call is accepted.
func (s state) after(c call) (state, bool) {
	switch {
	case c.what == "read":
		return s, true
	case c.what == "amend" && (c.step == s.open || !s.visited[c.step]), c.what != "amend" && c.step != s.open:
		return s, false
	}
	s.revision++
	s.values[c.step] = c.value
	switch {
	case c.what == "commit" && c.step == 0:
		s.open, s.visited[0] = 1, true
	case c.what == "commit": // back to the first step: what lies between is locked again
		s.open, s.visited, s.values = 0, [2]bool{}, [2]int64{}
	}
	return s, true
}
