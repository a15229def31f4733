package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/docs"
)

// inEnglish runs a command and returns its exit status and all of its output.
func inEnglish(t *testing.T, args ...string) (status int, output string) {
	t.Helper()
	t.Setenv("LC_ALL", "C")
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	status = m.Run(t.Context(), args)
	return status, out.String()
}

// openDemo opens a new database with the demo procedure. It returns the service and the file.
func openDemo(t *testing.T) (w *wired, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "procedo.db")
	w, err := database{DatabaseURL: "sqlite:" + file}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.close()) })
	require.NoError(t, loadDemo(t.Context(), w.Service))
	return w, file
}

func startDemo(ctx context.Context, t *testing.T, w *wired) string {
	t.Helper()
	r, err := apptest.As(w.Service, apptest.Actor).StartRun(ctx, app.Request{}, app.StartInput{ProcedureID: docs.DemoID})
	require.NoError(t, err)
	return r.ID
}

func TestABackupDuringWritesHoldsWhatWasAcknowledgedAndVerifies(t *testing.T) {
	w, file := openDemo(t)
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for range 3 {
		writers.Go(func() {
			for ctx.Err() == nil {
				startDemo(t.Context(), t, w) //nolint:contextcheck // it ends with the test
			}
		})
	}
	for i := range 5 {
		before := startDemo(t.Context(), t, w) // acknowledged before the backup begins
		copied := filepath.Join(t.TempDir(), "copy.db")
		status, out := inEnglish(t, "backup", "--database-url", "sqlite:"+file, copied)
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "0 findings")
		if runtime.GOOS != "windows" {
			info, err := os.Stat(copied)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode())
		}
		beside, err := os.ReadDir(filepath.Dir(copied))
		require.NoError(t, err)
		require.Len(t, beside, 1, "neither a log nor anything unfinished stays beside it")
		restored, err := database{DatabaseURL: "sqlite:" + copied}.openExisting(t.Context())
		require.NoError(t, err)
		_, err = apptest.As(restored.Service, apptest.Actor).Run(t.Context(), before)
		require.NoError(t, err, "backup %d", i)
		startDemo(t.Context(), t, restored) // runs go on
		require.NoError(t, restored.close())
	}
	stop()
	writers.Wait()
}

func TestABackupReplacesNothingUnlessAsked(t *testing.T) {
	w, file := openDemo(t)
	dir := t.TempDir()
	present, link := filepath.Join(dir, "present"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(present, []byte("mine"), 0o600))
	require.NoError(t, os.Symlink(file, link))
	backup := func(args ...string) int {
		status, _ := inEnglish(t, append([]string{"backup", "--database-url", "sqlite:" + file}, args...)...)
		return status
	}
	require.Equal(t, 1, backup(present))
	text, err := os.ReadFile(present)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
	for _, own := range []string{file, file + "-wal", file + "-shm", link, dir} {
		require.Equal(t, 1, backup("--overwrite", own), own)
	}
	require.Equal(t, 1, backup(filepath.Join(dir, "missing", "copy.db")))
	require.Equal(t, 1, backup(link+"/x"))
	startDemo(t.Context(), t, w) // the database is unharmed

	require.NoError(t, os.WriteFile(filepath.Join(dir, "new-wal"), nil, 0o600))
	require.Equal(t, 1, backup(filepath.Join(dir, "new")), "SQLite would apply the log to the copy")
	require.Equal(t, 0, backup("--overwrite", present))
	_, out := inEnglish(t, "audit", "verify", "--database-url", "sqlite:"+present)
	require.Contains(t, out, "1 run")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 3, "nothing unfinished stays")
}

func TestADamagedDatabaseIsNotBackedUpUnlessAsked(t *testing.T) {
	w, file := openDemo(t)
	id := startDemo(t.Context(), t, w)
	db, done, err := w.schemaDB()
	require.NoError(t, err)
	defer done()
	_, err = db.ExecContext(t.Context(), "UPDATE runs SET user_id = 'eve' WHERE id = ?", id)
	require.NoError(t, err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	status, out := inEnglish(t, "backup", "--database-url", "sqlite:"+file, copied)
	require.Equal(t, 1, status)
	require.Contains(t, out, id)
	require.NoFileExists(t, copied)
	status, out = inEnglish(t, "backup", "--no-verify", "--database-url", "sqlite:"+file, copied)
	require.Equal(t, 0, status, out)
	require.FileExists(t, copied)
}

// The database says that it is of a newer release, whatever the command.
func TestADatabaseOfANewerReleaseIsBackedUpButNotUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "procedo.db")
	url := "sqlite:" + file
	w, err := database{DatabaseURL: url}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	db, done, err := w.schemaDB()
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO schema_revisions VALUES ('20991231000000', 'future', 'x', 1, '')")
	require.NoError(t, err)
	done()
	require.NoError(t, w.close())
	for _, command := range [][]string{{"migrate", "up"}, {"migrate", "status"}, {"audit", "verify"}, {"list"}} {
		status, out := inEnglish(t, append(command, "--database-url", url)...)
		require.Equal(t, 1, status, command)
		require.Contains(t, out, "A newer release of procedo has changed this database", command)
		require.Contains(t, out, "does not know migration 20991231000000", command)
	}
	status, out := inEnglish(t, "backup", "--database-url", url, filepath.Join(t.TempDir(), "copy.db"))
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "The schema is that of a newer release")
}

// An upgrade begins with a backup: it must also work while migrations are pending.
func TestADatabaseOfAnOlderSchemaIsBackedUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "procedo.db")
	url := "sqlite:" + file
	w, err := database{DatabaseURL: url}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	require.NoError(t, w.close())
	status, out := inEnglish(t, "migrate", "down", "--yes", "--database-url", url)
	require.Equal(t, 0, status, out)
	copied := filepath.Join(t.TempDir(), "copy.db")
	status, out = inEnglish(t, "backup", "--database-url", url, copied)
	require.Equal(t, 0, status, out)
	require.Contains(t, out, "earlier release")
	e, err := database{DatabaseURL: "sqlite:" + copied}.openEngine(t.Context())
	require.NoError(t, err)
	defer e.close()
	db, done, err := e.schemaDB()
	require.NoError(t, err)
	defer done()
	steps, err := migrate.SQLite.Status(t.Context(), db)
	require.NoError(t, err)
	require.False(t, steps[len(steps)-1].Applied, "the copy is as old as the original")
}

func TestBackupSaysWhatToUseForPostgres(t *testing.T) {
	status, out := inEnglish(t, "backup", "--database-url", "postgres://u:Gehe1m@h/d", "x.dump")
	require.Equal(t, 1, status)
	require.Contains(t, out, "pg_dump --format=custom --file=x.dump postgres://u:xxxxx@h/d")
	status, _ = inEnglish(t, "backup", "--database-url", "sqlite:"+filepath.Join(t.TempDir(), "missing"), "x")
	require.Equal(t, 1, status)
	require.NoFileExists(t, "x")
}

// The file of a database without its write-ahead log lacks what came last, and what is left verifies. Verification
// therefore says how many events no checkpoint covers.
func TestVerificationSaysWhatNoSignatureCovers(t *testing.T) {
	w, file := openDemo(t)
	url := "sqlite:" + file
	private, _, err := audit.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "k")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	verify := func(url string) string {
		status, out := inEnglish(t, "audit", "verify", "--database-url", url)
		require.Equal(t, 0, status, out)
		return out
	}
	require.Contains(t, verify(url), "1 of 1 event is covered by no signature\n")
	first := startDemo(t.Context(), t, w)
	_, err = w.MakeCheckpoints(t.Context(), keys, "")
	require.NoError(t, err)
	require.Contains(t, verify(url), "A checkpoint’s signature covers every event\n")

	db, err := sqlite.Open(url)
	require.NoError(t, err)
	require.NoError(t, errors.Join(db.Scrub(t.Context()), db.Close())) // the log is empty
	startDemo(t.Context(), t, w)                                       // only in the log, which is not copied
	plain := filepath.Join(t.TempDir(), "plain.db")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(plain, data, 0o600))
	require.Contains(t, verify("sqlite:"+plain), "1 procedure, 1 run, ")
	out := verify(url)
	require.Contains(t, out, "1 procedure, 2 runs, ")
	require.Regexp(t, `(?m)^\d of \d events are covered by no signature$`, out)
	require.Contains(t, inFrench(t, "audit", "verify", "--database-url", url), "ne sont couverts par aucune signature")

	raw, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	var trigger string
	require.NoError(t, raw.QueryRowContext(t.Context(),
		"SELECT sql FROM sqlite_schema WHERE name = 'audit_checkpoints_no_update'").Scan(&trigger))
	_, err = raw.ExecContext(t.Context(), "DROP TRIGGER audit_checkpoints_no_update")
	require.NoError(t, err)
	change := func(expression string) {
		_, err := raw.ExecContext(t.Context(), "UPDATE audit_checkpoints SET note = "+expression)
		require.NoError(t, err)
	}
	change("'x' || note")
	status, out := inEnglish(t, "audit", "verify", "--database-url", url)
	require.Equal(t, 1, status)
	require.Contains(t, out, "1 checkpoint is not valid, so that it is not known which events a signature covers\n")
	change("substr(note, 2)")
	_, err = raw.ExecContext(t.Context(), trigger)
	require.NoError(t, err)
	require.NoError(t, raw.Close())

	bundle := filepath.Join(t.TempDir(), "bundle.json")
	var text bytes.Buffer
	require.NoError(t, apptest.As(w.Service, apptest.Actor).WriteBundle(t.Context(), &text, first))
	require.NoError(t, os.WriteFile(bundle, text.Bytes(), 0o600))
	_, out = inEnglish(t, "audit", "verify", bundle)
	require.Contains(t, out, "A checkpoint’s signature covers every event")
	export := filepath.Join(t.TempDir(), "export.jsonl")
	status, out = inEnglish(t, "audit", "export", "--database-url", url, "--output", export)
	require.Equal(t, 0, status, out)
	_, out = inEnglish(t, "audit", "verify", export)
	require.Equal(t, line(verify(url), "signature"), line(out, "signature"), "an export says the same")
}

// line returns the line of a text that has a word.
func line(text, word string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, word) {
			return l
		}
	}
	return ""
}
