package http_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/app"
)

func TestARepeatedRequestGetsTheFirstResponse(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	start := `{"procedure_id":"two-steps"}`
	first := srv.call("POST", "/runs", start, "Idempotency-Key", "k1", "Accept-Language", "en")
	run := first.body.text("id")
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	again := srv.call("POST", "/runs", start, "Idempotency-Key", "k1", "Accept-Language", "fr")
	require.Equal(t, 201, again.status)
	require.Equal(t, first.raw, again.raw)
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.header.Get("ETag"), again.header.Get("ETag"))
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.Empty(t, first.header.Get("Idempotency-Replayed"))

	mismatch := srv.call("POST", "/runs", `{"procedure_id":"two-steps","reference":"x"}`, "Idempotency-Key", "k1")
	require.Equal(t, "idempotency.mismatch", mismatch.body["code"])
	other := srv.call("POST", "/runs", start, "Idempotency-Key", "k1", "X-Actor", "other")
	require.Equal(t, 201, other.status, "keys are separate for each actor")
	require.Equal(t, 400, srv.call("POST", "/runs", start, "Idempotency-Key", strings.Repeat("k", 256)).status)
}

func TestAKeyUsedForOneRunIsRefusedForAnother(t *testing.T) {
	srv := newTestServer(t)
	one, two := srv.startTwoSteps(), srv.startTwoSteps()
	fail := func(run string) reply {
		return srv.call("POST", "/runs/"+run+"/fail", `{"reason":"x"}`, "Idempotency-Key", "k")
	}
	require.Equal(t, 200, fail(one).status)
	require.Equal(t, "idempotency.mismatch", fail(two).body["code"])
	require.Equal(t, "pending", srv.call("GET", "/runs/"+two, "").body["state"])
}

func TestRefusalsAreNotReplayed(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	path := "/runs/" + run + "/steps/last/commit"
	require.Equal(t, 409, srv.call("POST", path, "{}", "Idempotency-Key", "k").status)
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	require.Equal(t, 200, srv.call("POST", path, "{}", "Idempotency-Key", "k").status)
}

func TestTheIdempotencyKeyIsCheckedBeforeIfMatch(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	send := func() reply {
		return srv.call("POST", "/runs/"+run+"/fail", `{"reason":"x"}`, "Idempotency-Key", "k", "If-Match", `"1-2-fr"`)
	}
	require.Equal(t, 200, send().status)
	require.Equal(t, "true", send().header.Get("Idempotency-Replayed"))
}

func TestARequestThatChangesNothingIsReplayed(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	require.Equal(t, 200, srv.call("POST", "/procedures", twoSteps, "Idempotency-Key", "k").status)
	again := srv.call("POST", "/procedures", twoSteps, "Idempotency-Key", "k")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, 422, srv.call("POST", "/procedures", `{"name":"x","steps":[]}`, "Idempotency-Key", "k").status)
}

func TestConcurrentRequestsWithOneKeyStartOneRun(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	var wg sync.WaitGroup
	ids := make([]any, 16)
	for i := range ids {
		wg.Go(func() {
			r := srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "same")
			for r.body["code"] == "idempotency.in_progress" { // the first request may take long on a busy machine
				r = srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "same")
			}
			ids[i] = r.body["id"]
		})
	}
	wg.Wait()
	require.NotEmpty(t, ids[0])
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.Len(t, srv.call("GET", "/runs", "").body["items"], 1)
}

func TestARepeatedRequestTimesOutWhileTheFirstIsRunning(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	lock, err := srv.db.Writer().BeginTx(t.Context(), nil) // blocks other writers
	require.NoError(t, err)
	first := make(chan reply)
	go func() {
		first <- srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "slow")
	}()
	require.Eventually(t, func() bool { return srv.db.Writer().Stats().WaitCount > 0 }, 5*time.Second, time.Millisecond,
		"the first request waits for the writer")
	second := srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "slow")
	require.Equal(t, 409, second.status)
	require.Equal(t, "idempotency.in_progress", second.body["code"])
	require.NoError(t, lock.Rollback())
	require.Equal(t, 201, (<-first).status)
}

// A receipt of an earlier release holds the plain SHA-256 of the path and the body.
func TestReceiptsOfEarlierReleasesAreHonoured(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	start := `{"procedure_id":"two-steps"}`
	first := srv.call("POST", "/runs", start, "Idempotency-Key", "k")
	sum := sha256.Sum256([]byte("/runs\n" + start))
	_, err := srv.db.Writer().Exec(`UPDATE idempotency_keys SET fingerprint = ?`, hex.EncodeToString(sum[:]))
	require.NoError(t, err)
	again := srv.call("POST", "/runs", start, "Idempotency-Key", "k")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.raw, again.raw)
	other := srv.call("POST", "/runs", `{"procedure_id":"two-steps","reference":"x"}`, "Idempotency-Key", "k")
	require.Equal(t, "idempotency.mismatch", other.body["code"])
}

func TestFingerprintsInReceiptsAreMadeWithTheSecretKey(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps, "Idempotency-Key", "k")
	var stored string
	require.NoError(t, srv.db.Writer().QueryRow("SELECT fingerprint FROM idempotency_keys").Scan(&stored))
	key, err := sqlite.ServiceKeys{DB: srv.db}.ServiceKey(t.Context(), app.HMACKey)
	require.NoError(t, err)
	require.Equal(t, app.NewFingerprint(key, []byte("/procedures\n"+twoSteps)).String(), stored)
}

func TestReceiptsNameTheRunOfTheirAnswer(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps, "Idempotency-Key", "procedure")
	run := srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "start").body.text("id")
	path := "/runs/" + run + "/steps/first/"
	srv.call("PUT", path+"draft", commitFirst)
	srv.call("POST", path+"commit", commitFirst, "Idempotency-Key", "commit")
	srv.call("POST", "/runs/"+run+"/fail", `{"reason":"x"}`, "Idempotency-Key", "fail")
	for key, want := range map[string]*string{"procedure": nil, "start": &run, "commit": &run, "fail": &run} {
		var got *string
		row := srv.db.Writer().QueryRow("SELECT run_id FROM idempotency_keys WHERE key = ?", key)
		require.NoError(t, row.Scan(&got), key)
		require.Equal(t, want, got, key)
	}
}
