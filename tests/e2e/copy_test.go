package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/schema"
)

// copied returns the player of a copy of the database of u, in an empty database of the given kind.
func (u upgrade) copied(to string) upgrade {
	u.t.Helper()
	target := map[string]string{
		"SQLite": "sqlite:" + filepath.Join(u.t.TempDir(), "copy.db"), "PostgreSQL": cluster.Blank(u.t),
	}[to]
	out, stderr, status := procedo(u.t, u.dir, "copy", "--from", u.database[1], "--to", target)
	require.Zero(u.t, status, out+stderr)
	require.Contains(u.t, out, "checked: 0 findings")
	u.database = []string{"--database-url", target}
	return u
}

// exported returns the export of the whole trail.
func (u upgrade) exported() string {
	u.t.Helper()
	return u.run("audit", "export")
}

// busy lets a server on the database write at the same time for many runs, so that entries of the feed share a
// transaction. Then it makes a checkpoint, which names a position of the feed.
func (u *upgrade) busy() {
	u.t.Helper()
	u.server = serve(u.t, u.dir, append([]string{"--audit-sink", "file:trail.jsonl"}, u.database...)...)
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			r := u.must(201, "POST", "/runs", `{"procedure_id":"versions","reference":"busy"}`)
			u.must(200, "POST", "/runs/"+r["id"].(string)+"/fail", `{"reason":"Tried"}`)
		})
	}
	all.Wait()
	u.checkpoint()
	waitForText(u.t, filepath.Join(u.dir, "trail.jsonl"), `{"checkpoint":2,`)
	u.server.signal(syscall.SIGTERM)
}

// checkpoint signs a checkpoint with the key of the dump.
func (u upgrade) checkpoint() {
	u.t.Helper()
	private, err := filepath.Abs(dumpKey)
	require.NoError(u.t, err)
	u.run("audit", "checkpoint", "--audit-key-file", private)
}

// verifyAgainstKept verifies the database with the checkpoint of the last release as a kept one.
func (u upgrade) verifyAgainstKept() {
	u.t.Helper()
	var note string
	require.NoError(u.t, u.old.QueryRow("SELECT note FROM audit_checkpoints").Scan(&note))
	kept := write(u.t, u.dir, "kept.txt", note)
	u.verify("--checkpoint", kept, "--key", strings.TrimSpace(string(contents(u.t, dumpKey+".pub"))))
}

// The database has every type of value, erased values, amendments, failed runs, archived procedures, events of both
// versions of the hashed form, receipts, checkpoints and a sink.
func TestACopyHasTheSameTrailAndItsRunsGoOn(t *testing.T) {
	kinds := map[string]func(*testing.T) upgrade{"SQLite": upgradeOnSQLite, "PostgreSQL": upgradeOnPostgres}
	for from, open := range kinds {
		for to := range kinds {
			t.Run("from "+from+" to "+to, func(t *testing.T) {
				u := open(t)
				before := u.storedRuns()
				u.run("migrate", "up")
				u.busy()
				export := u.exported()
				c := u.copied(to)
				require.Equal(t, export, c.exported())
				if from == to {
					return
				}
				require.Equal(t, export, c.copied(from).exported(), "there and back")
				c.server = serve(t, c.dir, append([]string{"--audit-sink", "file:trail.jsonl"}, c.database...)...)
				c.requireRuns(before)
				c.repeatRequests(before)
				for _, r := range oldRuns {
					c.finish(r, before[r.name].id)
				}
				c.eraseOldValue(before["types drafted"])
				c.requireNoOpenRuns()
				c.checkpoint()
				waitForText(t, filepath.Join(c.dir, "trail.jsonl"), `{"checkpoint":3,`)
				c.verifyAgainstKept()
				c.run("audit", "export", "-o", "export.jsonl")
				c.requireSinkContinues()
				require.Equal(t, c.exported(), c.copied(to).exported(), "also after both have written")
			})
		}
	}
}

func TestOnlyAnEmptyDatabaseIsFilled(t *testing.T) {
	for name, flags := range databases(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			source := []string{"--database-url", "sqlite:" + filepath.Join(dir, "source.db")}
			for _, d := range [][]string{source, flags} {
				s := serve(t, dir, append([]string{"--demo", "--migrate"}, d...)...)
				s.signal(syscall.SIGTERM)
			}
			target := upgrade{player: player{t: t, dir: dir, database: flags}}
			before := target.exported()
			_, stderr, status := procedo(t, dir, "copy", "--from", source[1], "--to", flags[1])
			require.Equal(t, 1, status)
			require.Contains(t, stderr, "is not empty")
			require.Equal(t, before, target.exported())
			_, _, status = procedo(t, dir, "copy", "--from", source[1], "--to", source[1])
			require.Equal(t, 1, status, "onto itself")
			_, _, status = procedo(t, dir, "copy", "--from", "sqlite:missing.db", "--to", cluster.Blank(t))
			require.Equal(t, 1, status)
			require.NoFileExists(t, filepath.Join(dir, "missing.db"))
		})
	}
}

// A value in a form that the program does not write would change on its way through PostgreSQL.
func TestACopyThatWouldDifferIsNotMade(t *testing.T) {
	u := upgradeOnSQLite(t)
	u.run("migrate", "up")
	db := openDatabase(t, u.database)
	_, err := db.Exec("UPDATE run_slot_values SET value_number = '1e2' WHERE value_number IS NOT NULL")
	require.NoError(t, err)
	target := cluster.Blank(t)
	_, stderr, status := procedo(t, u.dir, "copy", "--from", u.database[1], "--to", target)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "run_slot_values")
	_, err = db.Exec("CREATE TABLE notes (id INTEGER)")
	require.NoError(t, err)
	_, stderr, status = procedo(t, u.dir, "copy", "--from", u.database[1], "--to", target)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "notes", "what would not be copied is named")
	var rows int
	require.NoError(t, openDatabase(t, []string{"--database-url", target}).
		QueryRow("SELECT count(*) FROM procedures").Scan(&rows))
	require.Zero(t, rows, "all or nothing")
}

func TestOnlyTheOwnerFillsADatabase(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, "--demo")
	s.signal(syscall.SIGTERM)
	g := grantTo(t, "no_copier")
	source := "sqlite:" + filepath.Join(dir, "procedo.db")
	require.Contains(t, g.fails("C", "copy", "--from", source, "--to", g.direct), "Only the owner of the tables")
	require.Contains(t, g.fails("fr", "copy", "--from", source, "--to", g.direct), "Seul le propriétaire")
	g.succeeds("copy", "--from", source, "--to", g.owner)
	g.succeeds("audit", "verify", "--database-url", g.direct)
}

func TestSessionsAreNeitherCopiedNorVerified(t *testing.T) {
	id := map[string]string{"SQLite": "zeroblob(32)", "PostgreSQL": `decode(repeat('00', 32), 'hex')`}
	for name, flags := range databases(t) {
		_, stderr, status := procedo(t, t.TempDir(), append([]string{"migrate", "up"}, flags...)...)
		require.Zero(t, status, stderr)
		const now, later = "'2026-11-23T12:00:00.000000Z'", "'2026-11-24T00:00:00.000000Z'"
		_, err := openDatabase(t, flags).Exec(`INSERT INTO sessions
			(id, actor, created_at, seen_at, expires_at, access_token, access_expires_at)
			VALUES (` + id[name] + `, 'corp:ann', ` + now + `, ` + now + `, ` + later + `, ` + id[name] + `, ` + later + `)`)
		require.NoError(t, err, name)
		file := "sqlite:" + filepath.Join(t.TempDir(), "copy.db")
		out, stderr, status := procedo(t, t.TempDir(), "copy", "--from", flags[1], "--to", file)
		require.Zero(t, status, out+stderr)
		var rows int
		copied := openDatabase(t, []string{"--database-url", file})
		require.NoError(t, copied.QueryRow("SELECT count(*) FROM sessions").Scan(&rows))
		require.Zero(t, rows, name)
		out, stderr, status = procedo(t, t.TempDir(), append([]string{"audit", "verify"}, flags...)...)
		require.Zero(t, status, out+stderr)
		out, _, _ = procedo(t, t.TempDir(), append([]string{"audit", "export"}, flags...)...)
		require.NotContains(t, out, "corp:ann")
	}
}

func TestEveryTableIsCopied(t *testing.T) {
	for name, flags := range databases(t) {
		_, stderr, status := procedo(t, t.TempDir(), append([]string{"migrate", "up"}, flags...)...)
		require.Zero(t, status, stderr)
		query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
		if name == "PostgreSQL" {
			query = `SELECT table_name FROM information_schema.tables
				WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
		}
		rows, err := openDatabase(t, flags).Query(query)
		require.NoError(t, err)
		defer rows.Close()
		var present []string
		for rows.Next() {
			var table string
			require.NoError(t, rows.Scan(&table))
			present = append(present, table)
		}
		require.NoError(t, rows.Err())
		slices.Sort(present)
		want := append(slices.Clone(schema.Tables), migrate.RevisionsTable)
		slices.Sort(want)
		require.Equal(t, strings.Join(want, "\n"), strings.Join(present, "\n"), "%s: add new tables to schema.Tables", name)
	}
}
