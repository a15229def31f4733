package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	script "github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
)

const loopYAML = `
id: loop
name: Loop
steps:
  - key: ask
    title: Ask
    on_return: keep
    slots:
      - {name: amount, type: number}
      - {name: pin, type: string, sensitive: true, required: false}
      - {name: day, type: date, required: false}
  - key: check
    title: Check
    skippable: true
    slots: [{name: ok, type: boolean}]
    checklist_items: [{key: seen, label: Seen, required: true}]
    transitions: [{when: "has(ok) && ok == false", to: ask}]
  - {key: last, title: Last, slots: [{name: why, type: string}]}
`

// loopAnswers goes through the loop twice. The second and the third visit of the step ask keep values of the visit
// before.
var loopAnswers = []string{
	`{"slots":{"amount":1.50,"pin":"1234","day":"2026-11-23"}}`,
	`{"slots":{"ok":false},"checklist":[{"key":"seen","completed":true}]}`,
	`{"slots":{"amount":1.5}}`,
	`{"slots":{"ok":false},"checklist":[{"key":"seen","completed":true}]}`,
	`{"slots":{"day":null,"pin":"99"}}`,
	`{"step":"check","visit":3,"skip":"checked by phone"}`,
	`{"slots":{"why":"x"}}`,
}

func writeAnswers(t *testing.T, dir, name string, answers []string) string {
	t.Helper()
	return write(t, dir, name, "["+strings.Join(answers, ",")+"]")
}

func countRuns(t *testing.T, s *server) int {
	t.Helper()
	runs, err := s.client().ListRunsWithResponse(t.Context(), &client.ListRunsParams{})
	require.NoError(t, err)
	return len(runs.JSON200.Items)
}

func TestARetryContinuesARunThatWentBackToAnEarlierStep(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "loop.yaml", loopYAML))
	require.Zero(t, status, stderr)
	right := writeAnswers(t, dir, "right.json", loopAnswers)
	for failing := range loopAnswers {
		wrong := slices.Clone(loopAnswers)
		wrong[failing] = `{"slots":{"nowhere":1}}`
		file := writeAnswers(t, dir, "wrong.json", wrong)
		reference := []string{"run", "loop", "--server", s.url, "--actor", "claire", "--reference", fmt.Sprint("R", failing)}
		out, _, status := procedo(t, dir, append(reference, "--answers", file)...)
		require.Equal(t, 1, status, out)
		id := runID.FindString(out)
		for range 2 { // the same file, with the same error
			out, stderr, status = procedo(t, dir, append(reference, "--answers", file)...)
			require.Equal(t, 1, status, out)
			require.Contains(t, stderr, "slots.nowhere: ")
			require.Contains(t, out, "Continuing run "+id+" from an earlier attempt.")
			require.Equal(t, failing+1, countRuns(t, s))
		}
		hint := []string{"run", "--resume", id, "--server", s.url, "--actor", "claire", "--answers"}
		if out, _, status = procedo(t, dir, append(hint, file)...); failing > 0 {
			require.Regexp(t, fmt.Sprintf(`^%d answers? (is|are) already recorded`, failing), out)
		}
		require.Equal(t, 1, status)
		require.NotContains(t, out, "✓", "nothing is sent again")
		if failing%2 == 0 {
			out, stderr, status = procedo(t, dir, append(hint, right)...)
		} else {
			out, stderr, status = procedo(t, dir, append(reference, "--answers", right)...)
		}
		require.Zero(t, status, stderr)
		require.Contains(t, out, "Run "+id+" is completed.")
		out, stderr, status = procedo(t, dir, append(hint, right)...)
		require.Zero(t, status, stderr)
		require.Contains(t, out, "7 answers are already recorded.\nRun "+id+" is completed.")
	}
}

func TestAnswersThatDifferFromTheRunAreNotSent(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "loop.yaml", loopYAML))
	require.Zero(t, status, stderr)
	run := func(lang string, args ...string) (string, string, int) {
		return procedoIn(t, dir, lang, append([]string{"run", "--server", s.url, "--actor", "claire"}, args...)...)
	}
	wrong := slices.Clone(loopAnswers[:5])
	wrong[4] = `{"slots":{"nowhere":1}}`
	out, _, _ := run("en", "loop", "--answers", writeAnswers(t, dir, "wrong.json", wrong))
	id := runID.FindString(out)
	before, err := s.client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		at     int
		answer string
		en, fr string
	}{
		"value": {2, `{"slots":{"amount":2}}`, "step “Ask” (visit 2) holds another value of slots.amount", "autre valeur"},
		"tick":  {3, `{"slots":{"ok":false}}`, "another value of checklist.seen", "autre valeur de checklist.seen"},
		"step":  {1, `{"step":"last"}`, "where answer 2 stands, the run closed step “Check” (visit 1)", "elle a clos"},
		"skip":  {1, `{"skip":"no"}`, "answer 2 and the run differ on whether", "la réponse 2 et l’exécution"},
	} {
		other := slices.Clone(loopAnswers)
		other[c.at] = c.answer
		file := writeAnswers(t, dir, "other.json", other)
		for lang, want := range map[string]string{"en": c.en, "fr_CH.UTF-8": c.fr} {
			out, stderr, status := run(lang, "--resume", id, "--answers", file)
			require.Equal(t, 1, status, name)
			require.Empty(t, out)
			require.Contains(t, stderr, want)
			require.Contains(t, stderr, "(ask, 3)")
			require.Contains(t, stderr, "procedo run --resume "+id+" --server "+s.url+" --actor claire\n")
		}
	}
	_, stderr, status = run("en", "--resume", id, "--answers", writeAnswers(t, dir, "few.json", loopAnswers[:2]))
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "has gone further than the file: after its last answer, the run closed step “Ask” (visit 2)")
	after, err := s.client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	require.Equal(t, before.JSON200.Seq, after.JSON200.Seq, "nothing was sent")

	rest := append([]string{`{"step":"ask","visit":3,"slots":{"pin":"99"}}`}, loopAnswers[5:]...)
	out, stderr, status = run("en", "--resume", id, "--answers", writeAnswers(t, dir, "rest.json", rest))
	require.Zero(t, status, stderr)
	require.Contains(t, out, "Run "+id+" is completed.")
}

func TestARetryContinuesTheRunThatAFailedServerLeft(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "loop.yaml", loopYAML))
	require.Zero(t, status, stderr)
	target, err := url.Parse(s.url)
	require.NoError(t, err)
	right := writeAnswers(t, dir, "right.json", loopAnswers)
	for lost, n := range []int32{1, 3, 5, 6} { // the POST whose answer is lost; the first starts the run
		var posts, broken atomic.Int32
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.ModifyResponse = func(r *http.Response) error {
			if r.Request.Method == http.MethodPost && posts.Add(1) == n {
				broken.Store(1)
			}
			return nil
		}
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if broken.Load() == 2 { // the connection works again
				proxy.ServeHTTP(w, r)
				return
			}
			rec := httptest.NewRecorder()
			if broken.Load() == 0 {
				proxy.ServeHTTP(rec, r)
			}
			if broken.Load() == 1 {
				panic(http.ErrAbortHandler)
			}
			maps.Copy(w.Header(), rec.Header())
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes())
		}))
		args := []string{
			"run", "loop", "--server", front.URL, "--actor", "claire", "--reference", fmt.Sprint(n), "--answers", right,
		}
		out, stderr, status := procedo(t, dir, args...)
		require.Equal(t, 1, status, out)
		require.Contains(t, stderr, "connection lost")
		broken.Store(2)
		posts.Store(100)
		out, stderr, status = procedo(t, dir, args...)
		front.Close()
		require.Zero(t, status, stderr)
		require.Contains(t, out, "from an earlier attempt")
		require.Contains(t, out, "is completed.")
		require.Equal(t, lost+1, countRuns(t, s))
	}
}

func TestARunThatAnotherProcessExecutesIsNotTakenOver(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "loop.yaml", loopYAML))
	require.Zero(t, status, stderr)
	right := writeAnswers(t, dir, "right.json", loopAnswers)
	first, err := s.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: "loop"})
	require.NoError(t, err)
	answers, err := script.ReadAnswers([]byte("[" + strings.Join(loopAnswers, ",") + "]"))
	require.NoError(t, err)
	done := make(chan error)
	go func() {
		for i, step := range []string{"ask", "check", "ask", "check"} {
			time.Sleep(time.Second)
			_, err := s.client().CommitStepWithResponse(t.Context(), first.JSON201.ID, step, nil, client.StepCommit{
				Slots: answers[i].Slots, Checklist: answers[i].Checklist,
			})
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	out, stderr, status := procedo(t, dir, "run", "loop", "--server", s.url, "--actor", "claire", "--answers", right)
	require.NoError(t, <-done)
	require.Zero(t, status, stderr)
	require.NotContains(t, out, "earlier attempt")
	require.Equal(t, 2, countRuns(t, s))
}
