package http_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARepeatGetsTheFirstAnswerWhateverHappenedSince(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	start := `{"procedure_id":"two-steps"}`
	first := w.call("POST", "/runs", start, "Idempotency-Key", "k1", "Accept-Language", "en")
	run := first.body["id"].(string)
	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	again := w.call("POST", "/runs", start, "Idempotency-Key", "k1", "Accept-Language", "fr")
	require.Equal(t, 201, again.status)
	require.Equal(t, first.raw, again.raw)
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.header.Get("ETag"), again.header.Get("ETag"))
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.Empty(t, first.header.Get("Idempotency-Replayed"))

	require.Equal(t, "idempotency.mismatch", w.call("POST", "/runs", `{"procedure_id":"two-steps","reference":"x"}`, "Idempotency-Key", "k1").body["code"])
	require.Equal(t, 201, w.call("POST", "/runs", start, "Idempotency-Key", "k1", "X-Actor", "other").status, "keys belong to an actor")
	require.Equal(t, 400, w.call("POST", "/runs", start, "Idempotency-Key", strings.Repeat("k", 256)).status)
}

func TestAKeyUsedForOneStepIsNotTakenForAnother(t *testing.T) {
	w := newWorld(t)
	one, two := w.startTwoSteps(), w.startTwoSteps()
	require.Equal(t, 200, w.call("POST", "/runs/"+one+"/fail", `{"reason":"x"}`, "Idempotency-Key", "k").status)
	require.Equal(t, "idempotency.mismatch", w.call("POST", "/runs/"+two+"/fail", `{"reason":"x"}`, "Idempotency-Key", "k").body["code"])
	require.Equal(t, "pending", w.call("GET", "/runs/"+two, "").body["state"])
}

func TestRefusalsAreNotKept(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	path := "/runs/" + run + "/steps/last/commit"
	require.Equal(t, 409, w.call("POST", path, "{}", "Idempotency-Key", "k").status)
	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	require.Equal(t, 200, w.call("POST", path, "{}", "Idempotency-Key", "k").status)
}

func TestTheKeyIsLookedAtBeforeIfMatch(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	send := func() reply {
		return w.call("POST", "/runs/"+run+"/fail", `{"reason":"x"}`, "Idempotency-Key", "k", "If-Match", `"1-2-fr"`)
	}
	require.Equal(t, 200, send().status)
	require.Equal(t, "true", send().header.Get("Idempotency-Replayed"))
}

func TestASuccessThatChangesNothingIsKeptToo(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	require.Equal(t, 200, w.call("POST", "/procedures", twoSteps, "Idempotency-Key", "k").status)
	require.Equal(t, "true", w.call("POST", "/procedures", twoSteps, "Idempotency-Key", "k").header.Get("Idempotency-Replayed"))
	require.Equal(t, 422, w.call("POST", "/procedures", `{"name":"x","steps":[]}`, "Idempotency-Key", "k").status)
}

func TestManyAtOnceWithOneKeyHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	var wg sync.WaitGroup
	ids := make([]any, 16)
	for i := range ids {
		wg.Go(func() {
			answer := w.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "same")
			for answer.body["code"] == "idempotency.in_progress" { // the first takes its time on a busy machine
				answer = w.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "same")
			}
			ids[i] = answer.body["id"]
		})
	}
	wg.Wait()
	require.NotEmpty(t, ids[0])
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.Len(t, w.call("GET", "/runs", "").body["items"], 1)
}

func TestARepeatWhileTheFirstIsStillRunningWaitsAndIsThenToldSo(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	held, err := w.db.Writer().BeginTx(t.Context(), nil) // nobody else can write now
	require.NoError(t, err)
	first := make(chan reply)
	go func() {
		first <- w.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "slow")
	}()
	require.Eventually(t, func() bool { return w.db.Writer().Stats().WaitCount > 0 }, 5*time.Second, time.Millisecond, "the first is waiting to write")
	second := w.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "slow")
	require.Equal(t, 409, second.status)
	require.Equal(t, "idempotency.in_progress", second.body["code"])
	require.NoError(t, held.Rollback())
	require.Equal(t, 201, (<-first).status)
}
