package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
)

var (
	testWitness = audittest.NewWitness("witness.example", "w")
	cosignedAt  = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
)

// serveWitness returns the URL of a witness that cosigns everything or, if status is set, answers it.
func serveWitness(t *testing.T, w *audittest.Witness, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		_, checkpoint, found := strings.Cut(string(body), "\n\n")
		switch {
		case err != nil || !found || r.URL.Path != "/add-checkpoint":
			out.WriteHeader(http.StatusBadRequest)
		case status != 0:
			out.WriteHeader(status)
		default:
			_, _ = io.WriteString(out, w.Cosign(checkpoint, cosignedAt))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// signingDemo returns the arguments that make a checkpoint of a new database with one run.
func signingDemo(t *testing.T) (w *wired, args []string) {
	t.Helper()
	w, file := openDemo(t)
	startDemo(t.Context(), t, w)
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "log")
	require.NoError(t, err)
	return w, []string{
		"audit", "checkpoint", "--database-url", "sqlite:" + file, "--audit-key-file", writeFile(t, "key", private),
	}
}

func verifyArgs(args []string, more ...string) []string {
	return append([]string{"audit", "verify", args[2], args[3]}, more...)
}

func TestACheckpointIsWrittenWithItsCosignatures(t *testing.T) {
	w, args := signingDemo(t)
	one := serveWitness(t, testWitness, 0)
	second := audittest.NewWitness("second.example", "second")
	two := serveWitness(t, second, 0)
	both := append(args, "--witness", one, "--witness", two+"/",
		"--witness-key", testWitness.PublicKey, "--witness-key", second.PublicKey)
	status, out := inEnglish(t, both...)
	require.Equal(t, 0, status, out)
	require.Equal(t, 1, strings.Count(out, "— witness.example "), out)
	require.Equal(t, 1, strings.Count(out, "— second.example "), out)
	notes := audit.SplitNotes(out)
	require.Len(t, notes, 1, "it is written once, with all cosignatures")
	valid, invalid := audit.Cosignatures(notes[0], []audit.WitnessKey{testWitness.Key, second.Key})
	require.Len(t, valid, 2)
	require.Empty(t, invalid)

	status, out = inEnglish(t, both...)
	require.Equal(t, 0, status)
	require.Equal(t, "nothing has changed since the last checkpoint\n", out)

	startDemo(t.Context(), t, w)
	status, out = inEnglish(t, args...)
	require.Equal(t, 0, status)
	require.NotContains(t, out, "witness.example")
	file := filepath.Join(t.TempDir(), "kept.txt")
	status, out = inEnglish(t, append(both, "-o", file)...)
	require.Equal(t, 0, status, out)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Len(t, audit.SplitNotes(string(kept)), 1, "the last one, although it was made before")

	status, out = inEnglish(t, verifyArgs(args, "--checkpoint", file, "--witness-key", second.PublicKey)...)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "Checkpoint 2 was cosigned by second.example on 2026-11-29T10:00:00Z\n")
}

// A server may have made the latest checkpoint. Only with it does the file vouch for all that was recorded before.
func TestTheFileGetsTheLatestCheckpointWhoeverMadeIt(t *testing.T) {
	w, args := signingDemo(t)
	file := filepath.Join(t.TempDir(), "kept.txt")
	args = append(args, "-o", file)
	keys, err := checkpointKeyFlag{AuditKeyFile: args[5]}.keys(t.Context())
	require.NoError(t, err)
	for made := 1; made <= 2; made++ {
		_, err = w.MakeCheckpoints(t.Context(), keys, "")
		require.NoError(t, err)
		for range 2 { // what it has is not written again
			status, out := inEnglish(t, args...)
			require.Equal(t, 0, status, out)
			kept, err := os.ReadFile(file)
			require.NoError(t, err)
			notes := audit.SplitNotes(string(kept))
			require.Len(t, notes, made)
			latest, err := w.LatestNote(t.Context())
			require.NoError(t, err)
			require.Equal(t, latest.Note, notes[made-1])
		}
		startDemo(t.Context(), t, w)
	}
	status, out := inEnglish(t, args...)
	require.Equal(t, 0, status, out)
	status, out = inEnglish(t, verifyArgs(args, "--checkpoint", file)...)
	require.Equal(t, 0, status, out)
}

func TestWithoutACheckpointThereIsNoFile(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "log")
	require.NoError(t, err)
	empty := filepath.Join(t.TempDir(), "empty.db")
	status, out := inEnglish(t, "migrate", "up", "--database-url", "sqlite:"+empty)
	require.Equal(t, 0, status, out)
	kept := filepath.Join(t.TempDir(), "kept.txt")
	status, out = inEnglish(t, "audit", "checkpoint", "--database-url", "sqlite:"+empty, "-o", kept,
		"--audit-key-file", writeFile(t, "key", private))
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "nothing has changed since the last checkpoint")
	require.NoFileExists(t, kept)
}

func TestAServerRefusesAnotherNameOfTheLogAtOnce(t *testing.T) {
	w, args := signingDemo(t)
	keys, err := checkpointKeyFlag{AuditKeyFile: args[5]}.keys(t.Context())
	require.NoError(t, err)
	_, err = w.MakeCheckpoints(t.Context(), keys, "example.com/one")
	require.NoError(t, err)
	status, out := inEnglish(t, "serve", "--listen", "127.0.0.1:0", args[2], args[3], args[4], args[5],
		"--audit-origin", "example.com/two")
	require.Equal(t, 1, status)
	require.Contains(t, out, "the log of this database is example.com/one: it cannot become example.com/two")
	require.EqualError(t, forLog(audit.Wrong("log_damaged", "number", 3).Err()),
		"the stored nodes of the log differ from the root that checkpoint 3 signs")
}

func TestAWitnessThatRefusesFailsTheCommandButNotTheCheckpoint(t *testing.T) {
	for status, want := range map[int]string{
		http.StatusNotFound:            "it does not know this log (404)",
		http.StatusConflict:            "has cosigned another history than this one",
		http.StatusUnprocessableEntity: "has cosigned another history than this one",
		http.StatusServiceUnavailable:  "it answers 503 Service Unavailable",
	} {
		_, args := signingDemo(t)
		refuses, accepts := serveWitness(t, testWitness, status), serveWitness(t, testWitness, 0)
		exit, out := inEnglish(t, append(args, "--witness", refuses, "--witness", accepts)...)
		require.Equal(t, 1, exit)
		require.Contains(t, out, want)
		require.Contains(t, out, refuses)
		require.Contains(t, out, "— log ", "the checkpoint is written")
		require.Contains(t, out, "— witness.example ", "another witness is asked all the same")
	}
}

func TestFlagsForWitnessesAreChecked(t *testing.T) {
	_, args := signingDemo(t)
	for _, command := range [][]string{args, {"serve", "--listen", "127.0.0.1:0", args[2], args[3], args[4], args[5]}} {
		for want, flags := range map[string][]string{
			"ftp://w is not the address of a witness":   {"--witness", "ftp://w"},
			"?a=b is not the address of a witness":      {"--witness", "https://w/?a=b"},
			"x is not the verifier key of a witness":    {"--witness", "https://w", "--witness-key", "x"},
			"a b cannot be the name of a log":           {"--audit-origin", "a b"},
			"log+1 cannot be the name of a log":         {"--audit-origin", "log+1"},
			"w.example is not the address of a witness": {"--witness", "w.example"},
		} {
			status, out := inEnglish(t, append(command[:len(command):len(command)], flags...)...)
			require.Equal(t, 1, status)
			require.Contains(t, out, want)
		}
	}
	for _, flag := range []string{"--witness=https://w", "--audit-origin=w"} {
		status, out := inEnglish(t, append([]string{"audit", "checkpoint"}, append(args[2:4:4], flag)...)...)
		require.Equal(t, 1, status)
		require.Contains(t, out, "--audit-key-file", "without keys, there is nothing to cosign")
	}
	status, out := inEnglish(t, verifyArgs(args, "--witness-key", "x")...)
	require.Equal(t, 1, status)
	require.Contains(t, out, "x is not the verifier key of a witness")
}

func TestVerifySaysWhichCheckpointWasCosignedLast(t *testing.T) {
	w, args := signingDemo(t)
	key := []string{"--witness-key", testWitness.PublicKey}
	status, out := inEnglish(t, verifyArgs(args, key...)...)
	require.Equal(t, 1, status, "nothing is cosigned")
	require.Contains(t, out, "neither this checkpoint nor an earlier one is cosigned by a trusted witness")

	status, out = inEnglish(t, append(args, "--witness", serveWitness(t, testWitness, 0))...)
	require.Equal(t, 0, status, out)
	const cosigned = "Checkpoint 1 was cosigned by witness.example on 2026-11-29T10:00:00Z"
	status, out = inEnglish(t, verifyArgs(args, key...)...)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, cosigned+"\n")
	status, out = inEnglish(t, verifyArgs(args)...)
	require.Equal(t, 0, status, out)
	require.NotContains(t, out, "cosigned", "no witness is trusted")

	for i, later := range []string{"; 1 later checkpoint was not\n", "; 2 later checkpoints were not\n"} {
		startDemo(t.Context(), t, w)
		_, err := w.MakeCheckpoints(t.Context(), testKeys(t), "")
		require.NoError(t, err)
		_, out = inEnglish(t, verifyArgs(args, key...)...)
		require.Contains(t, out, cosigned+later, i)
	}
	require.Contains(t, inFrench(t, verifyArgs(args, key...)...), "Le point de contrôle 1 a été contresigné par "+
		"witness.example le 2026-11-29T10:00:00Z\u00a0; 2 points de contrôle ultérieurs ne l’ont pas été\n")

	file := filepath.Join(t.TempDir(), "export.jsonl")
	status, out = inEnglish(t, "audit", "export", args[2], args[3], "-o", file)
	require.Equal(t, 0, status, out)
	status, out = inEnglish(t, append([]string{"audit", "verify", file}, key...)...)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, cosigned+"; 2 later checkpoints were not\n")
}

func testKeys(t *testing.T) []audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "log")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys
}

// Cosign stores lines in the note itself.
func (e *endlessTrail) Cosign(_ context.Context, number int64, _, lines string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notes[number-1].Note += lines
	return nil
}

// Cosigners returns the name of the only witness of these tests, once its line is stored.
func (e *endlessTrail) Cosigners(_ context.Context, number int64) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if strings.Contains(e.notes[number-1].Note, "— witness.example ") {
		return []string{"w"}, nil
	}
	return nil, nil
}

// failingWitness fails with an error while it is set. It records when it was asked.
type failingWitness struct {
	mu    sync.Mutex
	err   error
	asked []time.Time
}

func (f *failingWitness) Name() string { return "w" }

func (f *failingWitness) Cosign(_ context.Context, note string, _ int64, _ []audit.Hash) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, time.Now())
	if f.err != nil {
		return "", f.err
	}
	return testWitness.Cosign(note, cosignedAt), nil
}

// set sets the error, and returns when the witness was asked since the last call.
func (f *failingWitness) set(err error) (asked []time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked, f.asked, f.err = f.asked, nil, err
	return asked
}

func TestAWitnessThatFailsIsAskedAgainEveryMinuteAndLoggedOnce(t *testing.T) {
	keys := testKeys(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		trail, w := &endlessTrail{}, &failingWitness{err: errors.New("out of order")}
		s := app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: system.Clock{}})
		shown, err := newCheckpointMetrics(prometheus.NewRegistry(), []app.Witness{w})
		require.NoError(t, err)
		var log lockedBuffer
		var running sync.WaitGroup
		running.Go(func() {
			with := checkpointing{keys: keys, origin: "o", witnesses: []app.Witness{w}}
			const every = 24 * time.Hour
			makeCheckpoints(ctx, s, with, every, shown, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{})))
		})
		logged := func() string {
			synctest.Wait()
			text := log.String()
			log.Reset()
			return text
		}
		const failed = "a witness has not cosigned the last checkpoint"

		time.Sleep(3 * time.Hour)
		text := logged()
		require.Equal(t, 1, strings.Count(text, failed), text)
		require.Contains(t, text, "level=WARN")
		require.Contains(t, text, "out of order")
		asked := w.set(app.WitnessedSizeError{Size: 1 << 40})
		require.Greater(t, len(asked), 1)
		failing := func() float64 { return testutil.ToFloat64(shown.witnesses.WithLabelValues("w")) }
		require.InDelta(t, 1, failing(), 0)
		for i, at := range asked[1:] {
			require.GreaterOrEqual(t, at.Sub(asked[i]), time.Minute)
			require.LessOrEqual(t, at.Sub(asked[i]), time.Minute+3*time.Second, "asked again after a minute")
		}

		time.Sleep(3 * time.Hour)
		text = logged()
		require.Equal(t, 1, strings.Count(text, failed), "another failure is logged, once")
		require.Contains(t, text, "level=ERROR", "a fork is an error")
		require.Contains(t, text, "has cosigned another history than this one")

		w.set(nil)
		time.Sleep(2 * time.Minute)
		text = logged()
		require.Contains(t, text, "checkpoint cosigned")
		require.InDelta(t, 0, failing(), 0)
		require.Len(t, w.set(errors.New("out of order")), 1)
		time.Sleep(3 * time.Hour)
		require.Empty(t, w.set(errors.New("out of order")), "it is not asked again for the same checkpoint")
		require.Empty(t, logged())

		time.Sleep(24 * time.Hour)
		require.Equal(t, 1, strings.Count(logged(), failed), "after a success, the same failure is logged again")
		stop()
		running.Wait()
		require.NotContains(t, log.String(), failed, "the end of the process is no failure of the witness")
	})
}
