//go:build release

package e2e

import (
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// release is the path of the program that TestPopulateADatabaseOfTheLastRelease runs.
var release = flag.String("release", "", "program of the release whose database testdata/upgrade/release.sql is")

const dumpHeader = `-- A database of the release before 28 November 2026 (commit 74a26c5), with runs in every
-- state. The tests of upgrades restore it. It was written by the program of that commit, with
--   go test -tags release ./tests/e2e -run TestPopulateADatabaseOfTheLastRelease -release PROGRAM
-- and must not be edited. A later release gets a file of its own.
`

// TestPopulateADatabaseOfTheLastRelease sends the requests of oldRuns to a server of the last release, the program that
// the flag -release names. Then it writes the database to the dump file.
func TestPopulateADatabaseOfTheLastRelease(t *testing.T) {
	require.NotEmpty(t, *release, "the flag -release names the program")
	present := binary
	defer func() { binary = present }()
	var err error
	binary, err = filepath.Abs(*release)
	require.NoError(t, err)
	dir := t.TempDir()
	p := player{t: t, dir: dir, database: []string{"--database-url", "sqlite:procedo.db"}}
	p.server = serve(t, dir, "--demo", "--audit-sink", "file:trail.jsonl")
	procedures, err := filepath.Abs("testdata/upgrade/procedures")
	require.NoError(t, err)
	_, stderr, status := procedo(t, dir, "load", "--server", p.server.url, procedures)
	require.Zero(t, status, stderr)
	p.populateDemo()
	for _, r := range oldRuns {
		id := p.start(r)
		for _, request := range r.before {
			p.send(id, request)
		}
	}
	private, public := key(t, dir, "upgrade-test")
	_, stderr, status = procedo(t, dir, "audit", "checkpoint", "--audit-key-file", private)
	require.Zero(t, status, stderr)
	require.NoError(t, os.WriteFile(dumpKey, contents(t, private), 0o600))
	require.NoError(t, os.WriteFile(dumpKey+".pub", []byte(public+"\n"), 0o600))
	p.populateProcedures()
	waitForText(t, filepath.Join(dir, "trail.jsonl"), "procedure.archived")
	p.server.signal(syscall.SIGTERM)

	db, err := sql.Open("sqlite", filepath.Join(dir, "procedo.db"))
	require.NoError(t, err)
	defer db.Close()
	requireRaceTraces(t, db)
	require.NoError(t, os.WriteFile(dumpFile, []byte(dumpHeader+dump(t, db)), 0o600))
}

// requireRaceTraces requires two results of parallel requests that only the last release can produce: an event whose
// time is before that of the previous event, and a count of refusals that were not recorded. They do not always occur;
// if they are missing, run the test again.
func requireRaceTraces(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, query := range []string{
		`SELECT count(*) FROM audit_events WHERE payload LIKE '%"unrecorded":%'`,
		`SELECT count(*) FROM audit_events e JOIN audit_events f USING (entity_type, entity_id)
			WHERE f.seq = e.seq + 1 AND f.occurred_at < e.occurred_at`,
	} {
		var n int
		require.NoError(t, db.QueryRow(query).Scan(&n))
		require.Positive(t, n, query)
	}
}

// dump returns the statements that restore an SQLite database, with one line for each row.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("BEGIN;\n")
	tables, later := schemaOf(t, db)
	for _, table := range tables {
		b.WriteString(table.sql + ";\n")
	}
	for _, table := range tables {
		eachRow(t, db, table.name, func(_ []string, row []any) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (", table.name)
			for i, v := range row {
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString(literalOf(v))
			}
			b.WriteString(");\n")
		})
	}
	for _, object := range later {
		b.WriteString(object.sql + ";\n")
	}
	b.WriteString("COMMIT;\n")
	return b.String()
}

// literalOf returns a value as an SQL literal. It writes most characters outside of the Latin script as char(N).
func literalOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case int64:
		return strconv.FormatInt(v, 10)
	case []byte:
		if utf8.Valid(v) {
			return "CAST(" + literalOf(string(v)) + " AS BLOB)"
		}
		return fmt.Sprintf("X'%X'", v)
	}
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range fmt.Sprint(v) {
		switch {
		case r == '\'':
			b.WriteString("''")
		case r < unicode.MaxASCII && unicode.IsPrint(r), unicode.Is(unicode.Latin, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "' || char(%d) || '", r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// start starts the run that r describes and returns the run's id.
func (p player) start(r oldRun) (id string) {
	p.t.Helper()
	fields := map[string]any{"procedure_id": r.procedure, "reference": r.name}
	if r.version > 0 {
		fields["procedure_version"] = r.version
	}
	body, err := json.Marshal(fields)
	require.NoError(p.t, err)
	text := string(body)
	if r.metadata != "" {
		text = text[:len(text)-1] + `,"metadata":` + r.metadata + `}`
	}
	return p.must(http.StatusCreated, "POST", "/runs", text)["id"].(string)
}

// populateDemo makes a failed run of the demo procedure with an erased value, and a run whose requests have receipts.
func (p player) populateDemo() {
	p.t.Helper()
	id := p.server.startRun(demo)
	for i := range 2 {
		p.server.commitDemoStep(id, i)
	}
	p.erase(id, "affected_iban")
	p.must(http.StatusOK, "POST", "/runs/"+id+"/fail", `{"reason":"Cancelled"}`)

	id = p.must(http.StatusCreated, "POST", "/runs", startBody, "Idempotency-Key", startKey)["id"].(string)
	p.must(http.StatusOK, "POST", "/runs/"+id+"/steps/a/commit", commitBody, "Idempotency-Key", commitKey)
}

// populateProcedures publishes a second version, and archives a procedure that has an open run.
func (p player) populateProcedures() {
	p.t.Helper()
	etag := p.call("GET", "/procedures/versions", "").header.Get("ETag")
	p.must(http.StatusOK, "PUT", "/procedures/versions",
		`{"id":"versions","name":"Second version","steps":[{"key":"c","title":"C"}]}`, "If-Match", etag)
	p.must(http.StatusOK, "POST", "/procedures/loop/archive", "")
	p.must(http.StatusOK, "POST", "/procedures/loop/unarchive", "")
	p.must(http.StatusOK, "POST", "/procedures/format-1/archive", "")
}
