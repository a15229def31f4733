package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
)

// keptRuns keeps the changes that it is given instead of writing them, if keep is set.
type keptRuns struct {
	app.Runs
	keep    bool
	changes []app.RunChange
}

func (k *keptRuns) Append(ctx context.Context, c app.RunChange) error {
	if !k.keep {
		return k.Runs.Append(ctx, c)
	}
	k.changes = append(k.changes, c)
	return nil
}

// A group is one transaction, with a savepoint for each of its changes. A lone change needs no savepoint.
func TestAGroupIsOneTransaction(t *testing.T) {
	var statements []string
	db := sqlitetest.Open(t, sqlite.WithTrace(func(s string) { statements = append(statements, strings.Fields(s)[0]) }))
	p := openStorage(db).App
	runs := p.Runs.(sqlite.Runs)
	kept := &keptRuns{Runs: runs}
	p.Clock, p.Random, p.Runs = system.Clock{}, system.Random{}, kept
	s := apptest.New(p)
	doc, commit := wideProcedure(4)
	own := "UPDATE INSERT INSERT INSERT INSERT INSERT "
	for n, want := range map[int]string{
		1:  "BEGIN " + own + "COMMIT",
		8:  "BEGIN " + strings.Repeat("SAVEPOINT "+own+"RELEASE ", 8) + "COMMIT",
		64: "BEGIN " + strings.Repeat("SAVEPOINT "+own+"RELEASE ", 64) + "COMMIT",
	} {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = startRun(t, s, doc)
		}
		kept.keep, kept.changes = true, nil
		for _, id := range ids {
			_, err := s.Execute(t.Context(), app.Request{}, id, commit)
			require.NoError(t, err)
		}
		kept.keep, statements = false, nil
		each, err := runs.WriteTogether(kept.changes...)
		require.NoError(t, err)
		require.Equal(t, make([]error, n), each)
		require.Equal(t, want, strings.Join(statements, " "), "%d changes", n)
		for _, c := range kept.changes {
			head, err := runs.Head(t.Context(), c.After.ID)
			require.NoError(t, err)
			require.Equal(t, c.Head(), head)
		}
	}
}

// What a savepoint would have to undo is content, which must not lie in a temporary file either, and takes time to write.
func TestAGroupWritesNoTemporaryFile(t *testing.T) {
	if _, err := os.ReadDir("/proc/self/fd"); err != nil {
		t.Skip("needs /proc")
	}
	var most int
	db := sqlitetest.Open(t, sqlite.WithTrace(func(string) { most = max(most, deletedFiles(t)) }))
	p := openStorage(db).App
	runs := p.Runs.(sqlite.Runs)
	kept := &keptRuns{Runs: runs}
	p.Clock, p.Random, p.Runs = system.Clock{}, system.Random{}, kept
	s := apptest.New(p)
	doc, commit := wideProcedure(64)
	for range 200 { // trees of several pages
		startRun(t, s, doc)
	}
	ids := []string{startRun(t, s, doc), startRun(t, s, doc)}
	kept.keep = true
	for _, id := range ids {
		_, err := s.Execute(t.Context(), app.Request{}, id, commit)
		require.NoError(t, err)
	}
	before := deletedFiles(t)
	most = before
	_, err := runs.WriteTogether(kept.changes...)
	require.NoError(t, err)
	require.Equal(t, before, most)
}

// deletedFiles returns the number of open files of this process that have no name.
func deletedFiles(t *testing.T) (n int) {
	const open = "/proc/self/fd"
	entries, err := os.ReadDir(open)
	require.NoError(t, err)
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(open, e.Name())); err == nil && strings.HasSuffix(target, " (deleted)") {
			n++
		}
	}
	return n
}

// What a refused change has written is undone, and the others of its group are written in the same transaction.
func TestARefusedChangeIsUndoneInItsGroup(t *testing.T) {
	var statements []string
	db := sqlitetest.Open(t, sqlite.WithTrace(func(s string) { statements = append(statements, strings.Fields(s)[0]) }))
	p := openStorage(db).App
	runs := p.Runs.(sqlite.Runs)
	kept := &keptRuns{Runs: runs}
	p.Clock, p.Random, p.Runs = system.Clock{}, system.Random{}, kept
	s := apptest.New(p)
	doc, commit := wideProcedure(4)
	for name, spoil := range map[string]func(*app.RunChange){
		"an event that exists":         func(c *app.RunChange) { c.Events[len(c.Events)-1].Seq = 1 },
		"a state that a CHECK refuses": func(c *app.RunChange) { c.After.State = "paused" },
		"another head":                 func(c *app.RunChange) { c.Events[0].PrevHash = strings.Repeat("ab", 32) },
	} {
		ids := []string{startRun(t, s, doc), startRun(t, s, doc), startRun(t, s, doc)}
		kept.keep, kept.changes = true, nil
		for _, id := range ids {
			_, err := s.Execute(t.Context(), app.Request{}, id, commit)
			require.NoError(t, err)
		}
		kept.keep, statements = false, nil
		before, err := runs.Head(t.Context(), ids[1])
		require.NoError(t, err)
		spoil(&kept.changes[1])
		each, err := runs.WriteTogether(kept.changes...)
		require.NoError(t, err)
		require.Equal(t, []bool{true, false, true}, []bool{each[0] == nil, each[1] == nil, each[2] == nil}, name)
		require.Equal(t, 1, strings.Count(fmt.Sprint(statements), "COMMIT"), name)
		for i, id := range ids {
			head, err := runs.Head(t.Context(), id)
			require.NoError(t, err)
			if i == 1 {
				require.Equal(t, before, head, name)
			} else {
				require.Equal(t, kept.changes[i].Head(), head, name)
			}
		}
	}
}
