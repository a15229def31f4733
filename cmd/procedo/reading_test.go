//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/api/client"
)

// readsIn runs every command that only reads on a database in a folder that may not be written.
func readsIn(t *testing.T, dir string) {
	t.Helper()
	require.Error(t, os.WriteFile(filepath.Join(dir, "new"), nil, 0o600), "the folder can be written")
	on := []string{"--database-url", "sqlite:" + filepath.Join(dir, "p.db")}
	id, err := os.ReadFile(filepath.Join(dir, "run.id"))
	require.NoError(t, err)
	before := filesIn(t, dir)
	for _, c := range []struct {
		command []string
		want    string
	}{
		{[]string{"audit", "verify"}, "1 procedure, 1 run, 3 events checked: 0 findings\n"},
		{[]string{"audit", "export"}, `"run.created"`},
		{[]string{"list"}, string(id)},
		{[]string{"show", string(id)}, "procedo run --resume"},
		{[]string{"migrate", "status"}, "applied  agents"},
	} {
		status, out := inEnglish(t, append(c.command, on...)...)
		require.Zero(t, status, "%v: %s", c.command, out)
		require.Contains(t, out, c.want)
	}
	copied := "sqlite:" + filepath.Join(t.TempDir(), "copy.db")
	status, out := inEnglish(t, "copy", "--from", on[1], "--to", copied)
	require.Zero(t, status, out)
	require.Contains(t, out, "0 findings")
	require.Equal(t, before, filesIn(t, dir))
}

// A folder and its files cannot be protected from root. Root therefore runs this test again as somebody else.
func TestCommandsThatReadNeedNoRightToWrite(t *testing.T) {
	const variable = "PROCEDO_TEST_READS_IN"
	if dir := os.Getenv(variable); dir != "" {
		readsIn(t, dir)
		return
	}
	w, file := openDemo(t)
	id := startDemo(t.Context(), t, w)
	running, closed := t.TempDir(), t.TempDir()
	copyFiles(t, file, running, "", "-wal", "-shm")
	require.NoError(t, w.close())
	copyFiles(t, file, closed, "")
	for _, dir := range []string{running, closed} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "run.id"), []byte(id), 0o444))
		require.NoError(t, os.Chmod(dir, 0o555))
		require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
		t.Cleanup(func() { require.NoError(t, os.Chmod(dir, 0o700)) })
		if os.Geteuid() != 0 {
			readsIn(t, dir)
			continue
		}
		againAsNobody(t, variable+"="+dir)
	}
}

// againAsNobody runs the test again as a user without rights, with a variable of the environment.
func againAsNobody(t *testing.T, variable string) {
	t.Helper()
	const self, nobody = "/proc/self/exe", 65534 // the folder of the program is closed to others
	if _, err := os.Stat(self); err != nil {
		t.Skip("root can do everything, and this system cannot start a test as somebody else")
	}
	again := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$")
	again.Env = append(os.Environ(), variable)
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := again.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// SQLite says only that it cannot open the database, as after a restore by somebody else.
func TestAFileThatBelongsToSomebodyElseIsNamed(t *testing.T) {
	const variable = "PROCEDO_TEST_DENIED_IN"
	dir := os.Getenv(variable)
	if dir == "" {
		dir = t.TempDir()
		require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "closed.db"), nil, 0o600))
		require.NoError(t, os.Chmod(filepath.Join(dir, "closed.db"), 0))
		require.NoError(t, os.Chmod(dir, 0o555))
		t.Cleanup(func() { require.NoError(t, os.Chmod(dir, 0o700)) })
		if os.Geteuid() == 0 {
			againAsNobody(t, variable+"="+dir)
			return
		}
	}
	closed := filepath.Join(dir, "closed.db")
	for _, c := range []struct {
		command      []string
		file, denied string
	}{
		{[]string{"migrate", "up"}, closed, closed},
		{[]string{"migrate", "up"}, filepath.Join(dir, "new.db"), dir},
		{[]string{"list"}, closed, closed},
		{[]string{"audit", "verify"}, closed, closed},
	} {
		status, out := inEnglish(t, append(c.command, "--database-url", "sqlite:"+c.file)...)
		require.NotZero(t, status, c.command)
		require.Contains(t, out, c.denied+": access is denied", c.command)
	}
}

// copyFiles copies the files of a database into a folder, as p.db, so that nobody can write them.
func copyFiles(t *testing.T, path, dir string, suffixes ...string) {
	t.Helper()
	for _, suffix := range suffixes {
		data, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "p.db"+suffix), data, 0o444))
	}
}

// What is left out is said, and what to do instead.
func TestALogWithoutItsIndexIsRefusedUntilItIsOneFile(t *testing.T) {
	_, file := openDemo(t)
	dir := t.TempDir()
	copyFiles(t, file, dir, "", "-wal")
	for _, suffix := range []string{"", "-wal"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, "p.db"+suffix), 0o600))
	}
	on := []string{"--database-url", "sqlite:" + filepath.Join(dir, "p.db")}
	for _, command := range [][]string{{"audit", "verify"}, {"list"}, {"migrate", "status"}} {
		status, out := inEnglish(t, append(command, on...)...)
		require.Equal(t, 1, status, out)
		require.Contains(t, out, filepath.Join(dir, "p.db-wal")+" holds changes that cannot be read without writing")
		require.Contains(t, out, "procedo backup")
	}
	require.Equal(t, []string{"p.db", "p.db-wal"}, filesIn(t, dir))
	whole := filepath.Join(dir, "whole.db")
	status, out := inEnglish(t, append([]string{"backup", whole}, on...)...)
	require.Zero(t, status, out)
	status, out = inEnglish(t, "audit", "verify", "--database-url", "sqlite:"+whole)
	require.Zero(t, status, out)
}

// migrate status looks at a file that another program has made, without write-ahead logging, and leaves it so.
func TestLookingAtMigrationsKeepsTheJournalOfTheFile(t *testing.T) {
	w, file := openDemo(t)
	copied := filepath.Join(t.TempDir(), "p.db")
	db, err := sqlite.Open("sqlite:" + file)
	require.NoError(t, err)
	require.NoError(t, db.Backup(t.Context(), copied)) // VACUUM INTO makes such files
	require.NoError(t, db.Close())
	require.NoError(t, w.close())
	before, err := os.ReadFile(copied)
	require.NoError(t, err)
	for _, command := range [][]string{{"migrate", "status"}, {"list"}, {"audit", "verify"}} {
		status, out := inEnglish(t, append(command, "--database-url", "sqlite:"+copied)...)
		require.Zero(t, status, out)
		after, err := os.ReadFile(copied)
		require.NoError(t, err)
		require.Equal(t, before, after, command)
		require.Equal(t, []string{"p.db"}, filesIn(t, filepath.Dir(copied)))
	}
}

// A file without a log is read without locks. If a service begins to write to it, the copy may be of two moments.
func TestACopyOfAFileThatIsWrittenMeanwhileIsRefused(t *testing.T) {
	w, file := openDemo(t)
	require.NoError(t, w.close())
	source, err := database{DatabaseURL: "sqlite:" + file}.openSource(t.Context(), nil, "copy_lacking")
	require.NoError(t, err)
	defer source.close()
	target, err := database{DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "copy.db")}.openEngine(t.Context())
	require.NoError(t, err)
	defer target.close()
	require.NoError(t, target.prepare(t.Context(), true))

	again, err := database{DatabaseURL: "sqlite:" + file}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	startDemo(t.Context(), t, again)
	_, err = source.copyTo(t.Context(), target)
	require.ErrorIs(t, err, sqlite.ErrChanged)
	t.Setenv("LC_ALL", "C")
	require.Contains(t, errorText(copyCmd{}.failure(err)), "A service began to write to the database while it was read")
	t.Setenv("LC_ALL", "fr")
	require.Contains(t, errorText(err), "Un service a commencé à écrire dans la base de données")
	require.NoError(t, again.close())
	read, done, err := target.readDB()
	require.NoError(t, err)
	defer done()
	var rows int
	require.NoError(t, read.QueryRowContext(t.Context(), "SELECT count(*) FROM procedures").Scan(&rows))
	require.Zero(t, rows, "nothing was committed")
}

// The commands that read through the API say what is wrong with the database, too.
func TestAListOfAFileThatIsWrittenMeanwhileSaysSo(t *testing.T) {
	w, file := openDemo(t)
	require.NoError(t, w.close())
	on := database{DatabaseURL: "sqlite:" + file}
	api, done, err := on.connectAPI(t.Context(), "", tokenFlag{}, "")
	require.NoError(t, err)
	defer done()
	again, err := on.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	defer again.close()
	id := startDemo(t.Context(), t, again)

	_, _, err = api.runs(t.Context(), client.ListRunsParams{}, 10)
	require.ErrorIs(t, err, sqlite.ErrChanged)
	_, err = api.Run(t.Context(), id)
	require.ErrorIs(t, err, sqlite.ErrChanged)
	t.Setenv("LC_ALL", "C")
	require.Contains(t, errorText(err), "A service began to write to the database while it was read")
}
