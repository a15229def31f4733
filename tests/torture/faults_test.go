package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/tests/containers"
)

// These tests plant the faults that the attacks look for, and show that the checks find them.

// planted starts a service and a client that has written nothing yet.
func planted(t *testing.T, flags ...string) (*deployment, *worker) {
	t.Helper()
	require.NoError(t, statSources())
	d := onSQLite(t, 1, flags...)
	d.startAll()
	l := newLoad(d)
	t.Cleanup(l.stop)
	return d, &worker{load: l, rand: rand.New(rand.NewPCG(1, 2))}
}

func requireFound(t *testing.T, want string, violations []string) {
	t.Helper()
	require.Contains(t, strings.Join(violations, "\n"), want)
}

func TestACleanRecordHasNoViolation(t *testing.T) {
	d, w := planted(t)
	for range 20 {
		w.live()
	}
	require.NotEmpty(t, w.record())
	require.Empty(t, append(w.violations(), d.checkAll(w.record())...))
}

func TestALostWriteIsFound(t *testing.T) {
	require.NoError(t, statSources())
	d := onSQLite(t, 1)
	d.startAll()
	file := strings.TrimPrefix(d.direct, "sqlite:")
	s, l := d.replicas[0], startLoad(t, d)
	l.goOn(t)
	s.signal(syscall.SIGTERM)
	older, err := os.ReadFile(file)
	require.NoError(t, err)
	s.start()
	l.goOn(t)
	l.stop()
	require.Empty(t, d.checkAll(l.record()))
	s.signal(syscall.SIGTERM)
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		_ = os.Remove(name)
	}
	require.NoError(t, os.WriteFile(filepath.Clean(file), older, 0o600))
	s.start()
	found := d.checkAll(l.record())
	requireFound(t, "was acknowledged and is not on record", found)
	require.NotContains(t, strings.Join(found, "\n"), "audit verify", "only the record of the clients shows it")
}

// TestAFailoverThatLosesWritesIsFound promotes a standby for which the primary did not wait.
func TestAFailoverThatLosesWritesIsFound(t *testing.T) {
	if _, all := length(t); !all {
		t.Skip("SKIPPED: a part of make torture, because it starts two PostgreSQL servers")
	}
	d := behindOneProxy(t)
	d.startAll()
	standby := containers.StartNode(t, containers.NodeConfig{Primary: d.node})
	l := startLoad(t, d)
	l.goOn(t)
	standby.Kill(t)
	l.goOn(t)
	l.stop()
	d.node.Kill(t)
	standby.Start(t)
	standby.Promote(t)
	d.proxies[0].moveTo(t, standby.Address)
	d.node, d.direct = standby, standby.URL("postgres")
	d.waitUntilReady()
	requireFound(t, "was acknowledged and is not on record", d.checkAll(l.record()))
}

func TestAWriteThatWasCarriedOutTwiceIsFound(t *testing.T) {
	d, w := planted(t)
	o := &operation{id: w.newID(0, "twice"), action: "run.created", keyed: true}
	o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
		return c.StartRunWithBody(ctx, nil, "application/json", body(startBody, o.id), as...)
	}
	require.True(t, w.do(o))
	other := func(_ context.Context, r *http.Request) error { r.Header.Set("Idempotency-Key", "another"); return nil }
	a, err := readAnswer(o.send(t.Context(), w.client(0), headers(o.id, false, ""), other))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, a.status)
	requireFound(t, "was carried out 2 times instead of 1", d.checkAll(w.record()))
}

func TestARefusalThatIsNotOnRecordIsFound(t *testing.T) {
	d, w := planted(t, "--no-audit-refusals")
	run, ok := w.start()
	require.True(t, ok)
	w.refuse(w.command("late", "", run, false, "three", valuesBody))
	requireFound(t, "was refused and the refusal is not on record", d.checkAll(w.record()))
}

func TestAWriteThatNobodySentIsFound(t *testing.T) {
	d, w := planted(t)
	run, ok := w.start()
	require.True(t, ok)
	w.draft(run, "one")
	record := w.record()
	requireFound(t, `nobody sent "draft-`, d.checkAll(record[:1]))
}

func TestAnOutdatedReadIsFound(t *testing.T) {
	_, w := planted(t)
	run, ok := w.start()
	require.True(t, ok)
	w.get(0, run)
	require.Empty(t, w.violations())
	w.raise(run, 1000)
	w.get(0, run)
	requireFound(t, "of which seq 1000 was acknowledged", w.violations())
}

func TestWhatIsHeldAtRestIsFound(t *testing.T) {
	d, w := planted(t)
	base := d.atRest()
	run, ok := w.start()
	require.True(t, ok)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range slack.goroutines + 1 {
		r, err := w.client(0).StreamRunEvents(ctx, run, nil)
		require.NoError(t, err)
		defer r.Body.Close()
	}
	requireFound(t, "has grown from", d.checkRest(base, 10*tick))
	cancel()
	w.http.CloseIdleConnections()
	require.Empty(t, d.checkRest(base, waitAtMost))
}

func TestWhatTheTrailSaysOfACommandIsCompared(t *testing.T) {
	const id, run = "commit-1", "run-1"
	written := func(action string, seq int, text string) event { // an event with a text that somebody typed
		return event{EntityID: run, Seq: seq, Action: action, request: id,
			Payload: json.RawMessage(fmt.Sprintf(`{"slots":{"token":"%s"}}`, text))}
	}
	good := written("step.committed", 7, id)
	elsewhere := good
	elsewhere.EntityID = "run-2"
	refusal := written("step.commit_refused", 7, id)
	for name, c := range map[string]struct {
		status int
		code   string
		events []event
		want   string // "" where nothing is wrong
	}{
		"acknowledged":                     {200, "", []event{good}, ""},
		"acknowledged after a refusal":     {200, "", []event{refusal, good}, ""},
		"another action":                   {200, "", []event{written("step.amended", 7, id)}, "as step.amended"},
		"after its answer":                 {200, "", []event{written("step.committed", 9, id)}, "at seq 9"},
		"other content":                    {200, "", []event{written("step.committed", 7, "other")}, `"token":"other"`},
		"another run":                      {200, "", []event{elsewhere}, "wrote an event of run run-2"},
		"in doubt and carried out":         {0, "", []event{good}, ""},
		"in doubt and not carried out":     {0, "", nil, ""},
		"in doubt and carried out twice":   {0, "", []event{good, good}, "2 times"},
		"refused":                          {409, "run.state", []event{refusal}, ""},
		"refused more often than answered": {409, "run.state", []event{refusal, refusal, refusal}, "3 times on record"},
		"turned away":                      {422, "idempotency.mismatch", nil, ""},
		"turned away and recorded":         {422, "idempotency.mismatch", []event{refusal}, "was turned away"},
	} {
		t.Run(name, func(t *testing.T) {
			o := &operation{
				id: id, run: run, action: "step.committed", status: c.status, code: c.code, seq: 8, attempts: 2, lost: 1,
			}
			found := check([]*operation{o}, c.events)
			if c.want == "" {
				require.Empty(t, found)
				return
			}
			requireFound(t, c.want, found)
		})
	}
}
