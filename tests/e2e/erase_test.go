package e2e

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

const withSecrets = `{"id":"secrets","name":"Secrets","steps":[
	{"key":"one","title":"One","slots":[{"name":"pin","type":"string"},{"name":"code","type":"string","sensitive":true},
		{"name":"level","type":"integer","required":false}]},
	{"key":"two","title":"Two","skippable":true},
	{"key":"three","title":"Three","when":"one.pin != '000000'","slots":[{"name":"note","type":"string"}]}]}`

// What the test erases. Each value has six digits, so that a search can try all of them.
const (
	pin        = "483920" // the value of a slot; a draft, a commit and a condition have copies
	code       = "739104" // the value of a sensitive slot
	skipReason = "719354"
	refused    = "605517" // in the input of a refused command
)

// erasure is a server with the run whose texts the test erases.
type erasure struct {
	*server
	t        *testing.T
	dir      string
	database []string // flags that name the database
	cached   bool     // the server uses Valkey
	id       string
}

func TestWhatWasErasedCannotBeFound(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			e := &erasure{
				t: t, dir: dir, database: databaseFlags(flags), cached: strings.Contains(name, "Valkey"),
				server: serve(t, dir, flags...),
			}
			e.fill()
			forms := []string{`"*"`, `*`, strings.Replace(e.disclosed("step.commit_refused", "/input"), refused, "*", 1)}
			before, values := newSearch(e.everything()), []string{pin, code, skipReason, refused}
			found := before.byDigest(numbers(t, values...), forms...) // trying only these shows that the search works
			for _, value := range values {
				require.NotEmpty(t, before.asText(value), value)
				require.True(t, finds(found, value), "the search works: %s", value)
			}

			e.erase("--slot", "one.pin", "--slot", "one.code")
			e.erase("--event", e.seqOf("step.skipped"), "--place", "/reason")
			e.erase("--event", e.seqOf("step.commit_refused"), "--place", "/input")
			after := newSearch(e.everything())
			for _, value := range values {
				require.Empty(t, after.asText(value), value)
			}
			require.Empty(t, after.byDigest(wholeDomain(), forms...))
			out, stderr, status := procedo(t, dir, append([]string{"audit", "verify"}, e.database...)...)
			require.Zero(t, status, out+stderr)
		})
	}
}

// send sends a request and returns the answer.
func (e *erasure) send(method, path, body string) (status int, answer string) {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, strings.NewReader(body))
	require.NoError(e.t, err)
	req.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", path+body[:min(len(body), 3)])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(e.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(e.t, err)
	return res.StatusCode, string(data)
}

func (e *erasure) require(want int, method, path, body string) string {
	e.t.Helper()
	status, answer := e.send(method, path, body)
	require.Equal(e.t, want, status, "%s %s: %s", method, path, answer)
	return answer
}

// fill makes a run that holds all values.
func (e *erasure) fill() {
	e.t.Helper()
	e.require(201, "POST", "/procedures", withSecrets)
	var started struct {
		ID string `json:"id"`
	}
	require.NoError(e.t, json.Unmarshal([]byte(e.require(201, "POST", "/runs", `{"procedure_id":"secrets"}`)), &started))
	e.id = started.ID
	steps := "/runs/" + e.id + "/steps"
	e.require(422, "POST", steps+"/one/commit", `{"slots":{"level":"`+refused+`"}}`)
	e.require(200, "PATCH", steps+"/one", `{"slots":{"pin":"`+pin+`"}}`)
	e.require(200, "POST", steps+"/one/commit", ` {"slots":{"code":"`+code+`"}}`)
	e.require(200, "POST", steps+"/two/skip", `{"reason":"`+skipReason+`"}`)
}

func (e *erasure) erase(flags ...string) {
	e.t.Helper()
	args := append([]string{"audit", "erase", "--run", e.id, "--reason", "Asked for by the customer", "--yes"}, flags...)
	out, stderr, status := procedo(e.t, e.dir, append(args, e.database...)...)
	require.Zero(e.t, status, out+stderr)
}

// event holds the members of an event that the test reads.
type event struct {
	Seq         int64  `json:"seq"`
	Action      string `json:"action"`
	Disclosures map[string]struct {
		Value any `json:"value"`
	} `json:"disclosures"`
}

func (e *erasure) first(action string) event {
	e.t.Helper()
	var page struct {
		Items []event `json:"items"`
	}
	require.NoError(e.t, json.Unmarshal([]byte(e.require(200, "GET", "/runs/"+e.id+"/events", "")), &page))
	for _, one := range page.Items {
		if one.Action == action {
			return one
		}
	}
	require.Fail(e.t, "no event "+action)
	return event{}
}

func (e *erasure) seqOf(action string) string {
	e.t.Helper()
	return fmt.Sprint(e.first(action).Seq)
}

// disclosed returns the JSON of a disclosed value in the first event with the given action.
func (e *erasure) disclosed(action, place string) string {
	e.t.Helper()
	d, ok := e.first(action).Disclosures[place]
	require.True(e.t, ok)
	text, err := json.Marshal(d.Value)
	require.NoError(e.t, err)
	return string(text)
}

// everything returns all that can be read: tables, files, exports, bundles, answers and the shared cache.
func (e *erasure) everything() map[string][]byte {
	e.t.Helper()
	all := map[string][]byte{}
	run := "/runs/" + e.id
	paths := []string{run, "/runs", run + "/events", run + "/exceptions", run + "/bundle", "/audit-events", "/metrics"}
	for seq := range e.first("step.opened").Seq + 12 {
		paths = append(paths, fmt.Sprintf("%s?at=%d", run, seq+1))
	}
	for _, step := range []string{"one", "two", "three"} {
		paths = append(paths, run+"/steps/"+step)
	}
	for _, path := range paths {
		_, answer := e.send(http.MethodGet, path, "")
		all["GET "+path] = []byte(answer)
	}
	for _, format := range []string{"jsonl", "csv"} {
		out, stderr, status := procedo(e.t, e.dir, append([]string{"audit", "export", "--format", format}, e.database...)...)
		require.Zero(e.t, status, stderr)
		all["export "+format] = []byte(out)
	}
	e.addTables(all)
	if e.cached {
		for _, key := range strings.Fields(valkeyServer.Run(e.t, "--no-raw", "KEYS", "*")) {
			if key = strings.Trim(key, `"`); strings.Contains(key, e.id) {
				all["Valkey "+key] = []byte(valkeyServer.Run(e.t, "DUMP", key) + valkeyServer.Run(e.t, "GET", key))
			}
		}
	}
	return all
}

// addTables adds every row of every table and view and, for SQLite, every byte of the files.
func (e *erasure) addTables(all map[string][]byte) {
	e.t.Helper()
	file, isFile := strings.CutPrefix(e.database[1], "sqlite:")
	driver, source := "pgx", e.database[1]
	tables := `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	if isFile {
		driver, source = "sqlite", file
		tables = `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')`
		files, err := filepath.Glob(file + "*")
		require.NoError(e.t, err)
		require.NotEmpty(e.t, files)
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(e.t, err)
			all["file "+filepath.Base(name)] = data
		}
	}
	db, err := sql.Open(driver, source)
	require.NoError(e.t, err)
	defer db.Close()
	var names []string
	rows, err := db.QueryContext(e.t.Context(), tables)
	require.NoError(e.t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(e.t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(e.t, rows.Err())
	require.Greater(e.t, len(names), 15)
	for _, name := range names {
		all["table "+name] = dump(e.t, db, name)
	}
}

// dump returns all rows of a table as text.
func dump(t *testing.T, db *sql.DB, table string) (text []byte) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+table+`"`)
	require.NoError(t, err, table)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		require.NoError(t, rows.Scan(row...))
		for i, cell := range row {
			value := *cell.(*any)
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			text = fmt.Appendf(text, "%s=%v\n", columns[i], value)
		}
	}
	require.NoError(t, rows.Err())
	return text
}
