package http_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
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
	require.Equal(t, first.header.Get("Content-Language"), again.header.Get("Content-Language"))
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

// A receipt of an earlier release holds the whole answer, and perhaps the plain SHA-256 of the path and the body.
func TestReceiptsOfEarlierReleasesAreHonoured(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	start := `{"procedure_id":"two-steps"}`
	first := srv.call("POST", "/runs", start)
	stored := strings.Replace(string(first.raw), `"reference":null`, `"reference":"as it was answered"`, 1)
	require.NotEqual(t, stored, string(first.raw))
	sum := sha256.Sum256([]byte("/runs\n" + start))
	answer := `{"status":201,"header":{"ETag":"\"1-2-\"","Cache-Control":"no-cache","Content-Type":"application/json",` +
		`"Location":"/runs/x"},"body":"` + base64.StdEncoding.EncodeToString([]byte(stored)) + `"}`
	require.NoError(t, sqlite.Receipts{DB: srv.db}.Save(t.Context(), app.Receipt{
		ReceiptKey:  app.ReceiptKey{Actor: "anonymous", Operation: "POST /runs", Key: "k"},
		Fingerprint: hex.EncodeToString(sum[:]), CreatedAt: time.Now(), Answer: []byte(answer),
		Entity: audit.Run(first.body.text("id")),
	}))
	again := srv.call("POST", "/runs", start, "Idempotency-Key", "k")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, 201, again.status)
	require.Equal(t, stored, string(again.raw))
	require.Equal(t, "/runs/x", again.header.Get("Location"))
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
	require.Equal(t, app.NewFingerprint(key, []byte("/procedures\n"), []byte(twoSteps)).String(), stored)
}

func TestReceiptsNameWhatTheirAnswerShows(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps, "Idempotency-Key", "procedure")
	run := srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`, "Idempotency-Key", "start").body.text("id")
	path := "/runs/" + run + "/steps/first/"
	srv.call("POST", path+"commit", commitFirst, "Idempotency-Key", "commit")
	srv.call("POST", "/runs/"+run+"/fail", `{"reason":"x"}`, "Idempotency-Key", "fail")
	srv.call("POST", "/procedures/two-steps/archive", "", "Idempotency-Key", "archive")
	procedure := "two-steps"
	for key, want := range map[string]struct {
		run, procedure *string
		status, seq    int
	}{
		"procedure": {nil, &procedure, 201, 1}, "archive": {nil, &procedure, 200, 2},
		"start": {&run, nil, 201, 2}, "commit": {&run, nil, 200, 5}, "fail": {&run, nil, 200, 6},
	} {
		got := want
		row := srv.db.Writer().QueryRow(
			"SELECT run_id, procedure_id, status, seq FROM idempotency_keys WHERE answer IS NULL AND key = ?", key)
		require.NoError(t, row.Scan(&got.run, &got.procedure, &got.status, &got.seq), key)
		require.Equal(t, want, got, key)
	}
}

// largeRun starts a run that has about a megabyte of values and translated texts, and returns its path.
func (srv *testServer) largeRun() (path string) {
	srv.t.Helper()
	var slots, values []string
	for i := range 60 {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"text","label":%q,"translations":{"fr":{"label":%q}}}`,
			i, strings.Repeat("l", 1000), strings.Repeat("é", 1000)))
		values = append(values, fmt.Sprintf(`"s%d":%q`, i, strings.Repeat("v", 15000)))
	}
	document := `{"id":"large","name":"L","language":"en","steps":[{"key":"a","title":"A","slots":[` +
		strings.Join(slots, ",") + `]},{"key":"b","title":"B"}]}`
	require.Equal(srv.t, 201, srv.call("POST", "/procedures", document, "Idempotency-Key", "create").status)
	path = "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"large"}`, "Idempotency-Key", "start").body.text("id")
	committed := srv.call("POST", path+"/steps/a/commit", `{"slots":{`+strings.Join(values, ",")+`}}`,
		"Idempotency-Key", "commit", "Accept-Language", "fr")
	require.Equal(srv.t, 200, committed.status)
	require.Greater(srv.t, len(committed.raw), 900_000)
	return path
}

// A receipt does not grow with the entity in its answer.
func TestReceiptsOfLargeEntitiesAreSmall(t *testing.T) {
	srv := newTestServer(t)
	path := srv.largeRun()
	for _, key := range []string{"commit b", "commit b again"} { // two bytes each; the second changes nothing
		require.Equal(t, 200, srv.call("POST", path+"/steps/b/commit", "{}", "Idempotency-Key", key).status)
	}
	rows, err := srv.db.Writer().Query(`SELECT key, length(actor) + length(operation) + length(key) +
		length(fingerprint) + length(created_at) + coalesce(length(run_id), 0) + coalesce(length(procedure_id), 0) +
		coalesce(length(location), 0) + coalesce(length(language), 0) + coalesce(length(warnings), 0) +
		coalesce(length(answer), 0) FROM idempotency_keys`)
	require.NoError(t, err)
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var key string
		var size int
		require.NoError(t, rows.Scan(&key, &size))
		require.Less(t, size, 512, key)
	}
	require.NoError(t, rows.Err())
	require.GreaterOrEqual(t, n, 5)
}

// A document of the oldest format yields a warning for each unknown member. The receipt keeps them, up to a limit.
func TestARepeatHasTheWarningsOfTheFirstAnswer(t *testing.T) {
	for members, name := range map[int]string{2: "few", 3000: "many"} {
		srv := newTestServer(t)
		var unknown strings.Builder
		for i := range members {
			fmt.Fprintf(&unknown, `"unknown%d":1,`, i)
		}
		doc := `{` + unknown.String() + `"format":"0.1","id":"p","name":"P","steps":[{"key":"a","title":"A"}]}`
		post := func(language string) reply {
			return srv.call("POST", "/procedures", doc, "Idempotency-Key", "k", "Accept-Language", language)
		}
		first, again := post("fr"), post("en")
		require.Equal(t, 201, first.status, "%s", first.raw)
		require.Equal(t, 201, again.status)
		require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
		if name == "few" {
			require.Equal(t, string(first.raw), string(again.raw))
			require.Len(t, again.body["warnings"], 2)
			continue
		}
		warnings := again.body.objects("warnings")
		require.Equal(t, "receipt.warnings_omitted", warnings[len(warnings)-1]["code"])
		require.Contains(t, warnings[len(warnings)-1]["message"], "avertissements")
		var size int
		require.NoError(t, srv.db.Writer().QueryRow("SELECT length(warnings) FROM idempotency_keys").Scan(&size))
		require.Less(t, size, 17<<10)
	}
}

func TestOperationsThatStoreNothingIgnoreTheKey(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	for path, bodies := range map[string][]string{
		"/procedures/lint":     {twoSteps, `{"name":"x","steps":[]}`},
		"/procedures/simulate": {`{"definition":` + twoSteps + `}`, `{"definition":` + twoSteps + `,"steps":{}}`},
	} {
		for _, body := range bodies {
			r := srv.call("POST", path, body, "Idempotency-Key", "k")
			require.Empty(t, r.header.Get("Idempotency-Replayed"), path)
			require.NotEqual(t, "idempotency.mismatch", r.body["code"], path)
		}
	}
	var count int
	require.NoError(t, srv.db.Writer().QueryRow("SELECT count(*) FROM idempotency_keys").Scan(&count))
	require.Zero(t, count)
}
