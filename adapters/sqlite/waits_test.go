package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

const (
	answerTime = 5 * time.Second // the time in which a request must be answered, whatever the database does
	readyTime  = 2 * time.Second // the same for the readiness check
)

func requireCode(t testing.TB, code string, err error) {
	t.Helper()
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.Equal(t, code, fault.From(err).Code)
}

// draftOf returns a command that changes a run of wideProcedure with each value.
func draftOf(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"s0": []byte(value)}}}
}

// lockFile takes the write lock of a file, as another process does, and returns a function that releases it.
func lockFile(t testing.TB, path string) (release func()) {
	t.Helper()
	other, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	other.SetMaxOpenConns(1)
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	release = sync.OnceFunc(func() { _ = other.Close() })
	t.Cleanup(release)
	return release
}

func TestWritersDoNotWaitLongForAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "procedo.db")
	db := sqlitetest.OpenAt(t, path)
	s := service(db)
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	release := lockFile(t, path)
	write := func() error {
		_, err := s.Execute(context.WithoutCancel(t.Context()), app.Request{}, id, draftOf("7"))
		return err
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			began := time.Now()
			if err := write(); !fault.Is(err, fault.Unavailable) || time.Since(began) > answerTime {
				t.Errorf("%v after %s", err, time.Since(began))
			}
		})
	}
	began := time.Now()
	_, err := s.Run(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, db.Ping(t.Context()))
	require.Less(t, time.Since(began), readyTime)
	group.Wait()
	release()
	require.NoError(t, write())
}

// A writer that waits for another process writes as soon as the lock is free.
func TestWritersGetALockThatIsReleased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "procedo.db")
	s := service(sqlitetest.OpenAt(t, path))
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	release := lockFile(t, path)
	written := make(chan error)
	go func() {
		_, err := s.Execute(context.WithoutCancel(t.Context()), app.Request{}, id, draftOf("7"))
		written <- err
	}()
	select {
	case err := <-written:
		require.Fail(t, "a locked file was written", "%v", err)
	case <-time.After(300 * time.Millisecond):
	}
	release()
	require.NoError(t, <-written)
}

func TestAFileThatWasMovedIsReportedAndNotWritten(t *testing.T) {
	rename := func(t *testing.T, path string) { require.NoError(t, os.Rename(path, path+".away")) }
	for name, one := range map[string]struct {
		move func(t *testing.T, path string)
		read string // the code of reads; empty if they still work
	}{
		"renamed": {rename, "service.database_moved"},
		"deleted": {func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) }, "service.database_moved"},
		"replaced by a copy": {func(t *testing.T, path string) {
			bytes, err := os.ReadFile(path)
			require.NoError(t, err)
			rename(t, path)
			require.NoError(t, os.WriteFile(path, bytes, 0o600))
		}, "service.database_moved"},
		"replaced by a directory": {func(t *testing.T, path string) {
			rename(t, path)
			require.NoError(t, os.Mkdir(path, 0o700))
		}, "service.database_moved"},
		"folder renamed": {func(t *testing.T, path string) { rename(t, filepath.Dir(path)) }, "service.database_moved"},
		"log deleted":    {func(t *testing.T, path string) { require.NoError(t, os.Remove(path+"-wal")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data", "procedo.db")
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
			db := sqlitetest.OpenAt(t, path)
			s := service(db)
			doc, _ := wideProcedure(1)
			id := startRun(t, s, doc)
			require.NoError(t, db.Ping(t.Context()))
			one.move(t, path)
			requireCode(t, "service.database_moved", db.Ping(t.Context()))
			if one.read != "" {
				_, err := s.Run(t.Context(), id)
				requireCode(t, one.read, err)
			}
			_, err := s.Execute(t.Context(), app.Request{}, id, draftOf("7"))
			requireCode(t, "service.database_moved", err)
		})
	}
}

// Reads need not look at the file each time, but report soon that it was moved. Writes look each time.
func TestReadsReportAMovedFileSoonAndWritesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "procedo.db")
	db := sqlitetest.OpenAt(t, path)
	s := service(db)
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	runs := openStorage(db).App.Runs
	for name, read := range map[string]func() error{
		"load": func() error { _, err := runs.Load(t.Context(), id); return err },
		"head": func() error { _, err := runs.Head(t.Context(), id); return err },
		"heads": func() error {
			_, err := openStorage(db).RunHeads.Heads(t.Context(), []string{id})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, read())
			require.NoError(t, os.Rename(path, path+".away"))
			_, err := s.Execute(t.Context(), app.Request{}, id, draftOf("7"))
			requireCode(t, "service.database_moved", err)
			require.NoError(t, os.Rename(path+".away", path))
			require.NoError(t, read())
			require.NoError(t, os.Rename(path, path+".away"))
			began := time.Now()
			for err = read(); err == nil && time.Since(began) < readyTime; {
				err = read()
			}
			requireCode(t, "service.database_moved", err)
			require.NoError(t, os.Rename(path+".away", path))
		})
	}
}

// A file that is put back is used again, with everything that was acknowledged before.
func TestAFileThatIsPutBackIsUsedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "procedo.db")
	db := sqlitetest.OpenAt(t, path)
	s := service(db)
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	require.NoError(t, os.Rename(path, path+".away"))
	requireCode(t, "service.database_moved", db.Ping(t.Context()))
	require.NoError(t, os.Rename(path+".away", path))
	require.NoError(t, db.Ping(t.Context()))
	view, err := s.Execute(t.Context(), app.Request{}, id, draftOf("7"))
	require.NoError(t, err)
	require.EqualValues(t, 2, view.Revision)
}

func TestAFullDiskIsReportedAndNothingIsHalfStored(t *testing.T) {
	db := sqlitetest.Open(t)
	s := service(db)
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	before, err := s.Run(t.Context(), id)
	require.NoError(t, err)
	db.Fill(t)
	large := draftOf("1" + strings.Repeat("0", 15))
	for i := range 200 { // until the free space within the file is used up
		if _, err = s.Execute(t.Context(), app.Request{}, id, large); err != nil {
			break
		}
		large = draftOf("1" + strings.Repeat("0", i%15))
		before, err = s.Run(t.Context(), id)
		require.NoError(t, err)
	}
	requireCode(t, "service.database_full", err)
	requireCode(t, "service.database_full", db.Ping(t.Context()))
	after, err := s.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before, after)
	db.Empty(t)
	_, err = s.Execute(t.Context(), app.Request{}, id, draftOf("8"))
	require.NoError(t, err)
	require.NoError(t, db.Ping(t.Context()))
}

func TestAnEmptyFileIsNotReady(t *testing.T) {
	db, err := sqlite.Open("sqlite:" + filepath.Join(t.TempDir(), "procedo.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	requireCode(t, "service.database_schema", db.Ping(t.Context()))
}
