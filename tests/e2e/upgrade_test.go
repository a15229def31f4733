package e2e

import (
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// upgrade is a database of the last release, which the present program migrates and continues to use.
type upgrade struct {
	player
	old     *sql.DB // the dump, which the program does not change
	pending int     // the number of migrations since the last release
}

func TestADatabaseOfTheLastReleaseIsMigratedAndItsRunsGoOn(t *testing.T) {
	for name, open := range map[string]func(*testing.T) upgrade{
		"SQLite": upgradeOnSQLite, "PostgreSQL": upgradeOnPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			u := open(t)
			before := u.storedRuns()
			u.migrate()
			u.server = serve(t, u.dir, append([]string{"--audit-sink", "file:trail.jsonl"}, u.database...)...)
			u.requireRuns(before)
			u.repeatRequests(before)
			for _, r := range oldRuns {
				t.Run(r.name, func(t *testing.T) { u.in(t).finish(r, before[r.name].id) })
			}
			u.eraseOldValue(before["types drafted"])
			u.saveProcedures()
			u.requireNoOpenRuns()
			u.verifyAll()
		})
	}
}

// in returns a copy of u that reports failures to the subtest t.
func (u upgrade) in(t *testing.T) upgrade {
	u.t = t
	return u
}

// storedRun is a run as the last release left it.
type storedRun struct {
	id, state, procedure   string
	version, revision, seq int
	currentStep            sql.NullString
}

// storedRuns returns the runs in the dump by their references.
func (u upgrade) storedRuns() map[string]storedRun {
	u.t.Helper()
	rows, err := u.old.Query(`SELECT reference, id, state, procedure_id, procedure_version, revision, seq, current_step
		FROM runs`)
	require.NoError(u.t, err)
	defer rows.Close()
	runs := map[string]storedRun{}
	for rows.Next() {
		var name string
		var r storedRun
		require.NoError(u.t, rows.Scan(
			&name, &r.id, &r.state, &r.procedure, &r.version, &r.revision, &r.seq, &r.currentStep))
		runs[name] = r
	}
	require.NoError(u.t, rows.Err())
	require.NotEmpty(u.t, runs)
	return runs
}

// run runs the program on the database. It must succeed.
func (u upgrade) run(args ...string) (stdout string) {
	u.t.Helper()
	out, stderr, status := procedo(u.t, u.dir, append(args, u.database...)...)
	require.Zero(u.t, status, "%v: %s%s", args, out, stderr)
	return out
}

// migrate applies the migrations since the last release, reverts them and applies them again. It verifies the trail
// each time.
func (u *upgrade) migrate() {
	u.t.Helper()
	count := func() int { return strings.Count(u.run("migrate", "status"), "pending") }
	u.pending = count()
	require.Positive(u.t, u.pending)
	for range 2 {
		u.run("migrate", "up")
		require.Zero(u.t, count())
		u.verify()
		u.run("migrate", "down", "--yes", "--steps", fmt.Sprint(u.pending))
		require.Equal(u.t, u.pending, count())
	}
	u.run("migrate", "up")
	u.verify()
}

// verify verifies the database. With --rules, every command of the last release is also decided again with the present
// rules. Differences yield warnings, which are allowed.
func (u upgrade) verify(args ...string) {
	u.t.Helper()
	out := u.run(append([]string{"audit", "verify", "--rules"}, args...)...)
	require.Contains(u.t, out, "checked: 0 findings")
}

// requireRuns reads each run through every endpoint. The runs must be as the last release left them.
func (u upgrade) requireRuns(before map[string]storedRun) {
	u.t.Helper()
	for name, stored := range before {
		path := "/runs/" + stored.id
		r := u.must(http.StatusOK, "GET", path, "")
		step, _ := r["current_step"].(string)
		require.Equal(u.t, stored.state, r["state"], name)
		require.EqualValues(u.t, stored.revision, r["revision"], name)
		require.EqualValues(u.t, stored.version, r["procedure_version"], name)
		require.Equal(u.t, stored.currentStep.String, step, name)
		for seq := 1; seq <= stored.seq; seq++ {
			u.must(http.StatusOK, "GET", fmt.Sprintf("%s?at=%d", path, seq), "")
		}
		require.Len(u.t, u.must(http.StatusOK, "GET", path+"/events?limit=200", "")["items"], stored.seq, name)
		u.must(http.StatusOK, "GET", path+"/exceptions", "")
		bundle := u.call("GET", path+"/bundle", "")
		require.Equal(u.t, http.StatusOK, bundle.status, name)
		write(u.t, u.dir, stored.id+".json", bundle.body)
	}
}

// repeatRequests sends requests again whose receipts are in the dump. The server must return the stored answers. These
// have the form of the last release, so they are not checked against the present contract.
func (u upgrade) repeatRequests(before map[string]storedRun) {
	u.t.Helper()
	u.client = &http.Client{}
	db := openDatabase(u.t, u.database)
	var named int
	require.NoError(u.t, db.QueryRow("SELECT count(*) FROM idempotency_keys WHERE run_id = '"+
		before["receipt"].id+"'").Scan(&named))
	require.Equal(u.t, 2, named, "the migration has found the run in each answer")
	for _, c := range []struct{ path, body, key string }{
		{"/runs", startBody, startKey}, {"/runs/" + before["receipt"].id + "/steps/a/commit", commitBody, commitKey},
	} {
		r := u.call("POST", c.path, c.body, "Idempotency-Key", c.key)
		require.Equal(u.t, "true", r.header.Get("Idempotency-Replayed"), r.body)
		require.Contains(u.t, r.body, before["receipt"].id)
		other := u.call("POST", c.path, strings.Replace(c.body, "{", "{ ", 1), "Idempotency-Key", c.key)
		require.Contains(u.t, other.body, "idempotency.mismatch")
	}
	u.send(before["receipt"].id, "commit b")
}

// finish completes or fails a run.
func (u upgrade) finish(r oldRun, id string) {
	u.t.Helper()
	for _, request := range r.after {
		u.send(id, request)
	}
	want := "completed"
	if r.fails {
		want = "failed"
	}
	require.Equal(u.t, want, u.must(http.StatusOK, "GET", "/runs/"+id, "")["state"])
}

// eraseOldValue erases a value that an event of the last release contains. The row and the copies in new events are
// erased; the command says which old events keep the value. The chain has events of both versions of the hashed form.
func (u upgrade) eraseOldValue(r storedRun) {
	u.t.Helper()
	const value = "99.50"
	payloads := func() (old, present string) {
		for _, item := range u.must(http.StatusOK, "GET", "/runs/"+r.id+"/events?limit=200", "")["items"].([]any) {
			e := item.(map[string]any)
			payload, err := json.Marshal(e["payload"])
			require.NoError(u.t, err)
			switch canonical := e["canonical"].(string); {
			case int(e["seq"].(float64)) <= r.seq:
				require.True(u.t, strings.HasSuffix(canonical, `"v":1}`), canonical)
				old += string(payload)
			default:
				require.True(u.t, strings.HasSuffix(canonical, `"v":2}`), canonical)
				present += string(payload)
			}
		}
		return old, present
	}
	old, present := payloads()
	require.Contains(u.t, old, value)
	require.Contains(u.t, present, value, "the commit repeats the draft")
	out := u.run("audit", "erase", "--run", r.id, "--slot", "values.amount", "--reason", "Asked for", "--yes")
	require.Contains(u.t, out, "/slots/amount", "the old event keeps the value")
	old, present = payloads()
	require.Contains(u.t, old, value)
	require.NotContains(u.t, present, value)
	db := openDatabase(u.t, u.database)
	var kept int
	require.NoError(u.t, db.QueryRow("SELECT count(*) FROM run_slot_values WHERE slot_name = 'amount' AND run_id = '"+
		r.id+"' AND (value_number IS NOT NULL OR erased_at IS NULL)").Scan(&kept))
	require.Zero(u.t, kept)
	u.verify()
}

// saveProcedures saves each procedure unchanged and then with another description, starts a run of it and archives it.
// The server may refuse to save the definitions in refusedToday, but their stored versions can still be run.
func (u upgrade) saveProcedures() {
	u.t.Helper()
	for _, item := range u.must(http.StatusOK, "GET", "/procedures?limit=200", "")["items"].([]any) {
		id := item.(map[string]any)["id"].(string)
		path := "/procedures/" + id
		if item.(map[string]any)["status"] == "archived" {
			u.must(http.StatusOK, "POST", path+"/unarchive", "")
		}
		u.saveWith(id, map[string]any{})
		u.saveWith(id, map[string]any{"description": "Saved by the present program"})
		run := u.must(http.StatusCreated, "POST", "/runs", `{"procedure_id":"`+id+`"}`)
		if run["state"] == "pending" {
			u.must(http.StatusOK, "POST", "/runs/"+run["id"].(string)+"/fail", `{"reason":"Tried"}`)
		}
		u.must(http.StatusOK, "POST", path+"/archive", "")
	}
}

// saveWith saves the latest version of a procedure after setting some members of its document.
func (u upgrade) saveWith(id string, members map[string]any) {
	u.t.Helper()
	stored := u.call("GET", "/procedures/"+id, "")
	var document map[string]any
	require.NoError(u.t, json.Unmarshal([]byte(stored.body), &document))
	maps.Copy(document, members)
	body, err := json.Marshal(document)
	require.NoError(u.t, err)
	saved := u.call("PUT", "/procedures/"+id, string(body), "If-Match", stored.header.Get("ETag"))
	if saved.status != http.StatusOK {
		u.requireKnownFindings(id, saved)
	}
}

// requireKnownFindings requires that a definition was refused only for the findings that refusedToday lists.
func (u upgrade) requireKnownFindings(id string, r answer) {
	u.t.Helper()
	var problem struct {
		Issues []struct {
			Field string `json:"field"`
			Code  string `json:"code"`
		} `json:"issues"`
	}
	require.Equal(u.t, http.StatusUnprocessableEntity, r.status, r.body)
	require.NoError(u.t, json.Unmarshal([]byte(r.body), &problem))
	require.NotEmpty(u.t, problem.Issues)
	for _, issue := range problem.Issues {
		code := strings.TrimPrefix(issue.Code, "definition.")
		require.Contains(u.t, refusedToday[id], code, "%s %s", id, issue.Field)
	}
}

// requireNoOpenRuns requires that no run is open.
func (u upgrade) requireNoOpenRuns() {
	u.t.Helper()
	for _, state := range []string{"pending", "in_progress"} {
		require.Empty(u.t, u.must(http.StatusOK, "GET", "/runs?state="+state, "")["items"])
	}
}

// verifyAll makes a checkpoint and verifies the database, with the checkpoint of the last release as a kept one. It
// also verifies the bundles that requireRuns wrote and an export, and checks the file of the sink.
func (u upgrade) verifyAll() {
	u.t.Helper()
	var note string
	require.NoError(u.t, u.old.QueryRow("SELECT note FROM audit_checkpoints").Scan(&note))
	kept := write(u.t, u.dir, "kept.txt", note)
	private, err := filepath.Abs(dumpKey)
	require.NoError(u.t, err)
	u.run("audit", "checkpoint", "--audit-key-file", private)
	u.verify("--checkpoint", kept, "--key", strings.TrimSpace(string(contents(u.t, dumpKey+".pub"))))
	u.run("audit", "export", "-o", "export.jsonl")
	u.requireSinkContinues()
	bundles, err := filepath.Glob(filepath.Join(u.dir, "*.json"))
	require.NoError(u.t, err)
	export := filepath.Join(u.dir, "export.jsonl")
	for _, file := range []string{bundles[0], export} {
		out, stderr, status := procedo(u.t, u.dir, "audit", "verify", file)
		require.Zero(u.t, status, out+stderr)
	}
	for _, file := range append(bundles, export) {
		out, status := verifyIndependently(u.t, file)
		require.Zero(u.t, status, file+"\n"+out)
	}
}

// requireSinkContinues requires that the sink has received every event of the present program, and none of the events
// that the last release delivered.
func (u upgrade) requireSinkContinues() {
	u.t.Helper()
	file := filepath.Join(u.dir, "trail.jsonl")
	waitForText(u.t, file, `{"checkpoint":2,`)
	u.server.signal(syscall.SIGTERM)
	var old int
	require.NoError(u.t, u.old.QueryRow("SELECT count(*) FROM audit_events").Scan(&old))
	events := func(file string) int { return strings.Count(string(contents(u.t, file)), `"canonical":`) }
	require.Equal(u.t, events(filepath.Join(u.dir, "export.jsonl"))-old, events(file))
}
