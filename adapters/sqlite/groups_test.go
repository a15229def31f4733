package sqlite_test

import (
	"context"
	"fmt"
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

// serviceThatKeeps returns use cases whose changes can be kept, and the runs that write them.
func serviceThatKeeps(db *sqlite.DB) (*app.UseCases, sqlite.Runs, *keptRuns) {
	p := openStorage(db).App
	runs := p.Runs.(sqlite.Runs)
	kept := &keptRuns{Runs: runs}
	p.Clock, p.Random, p.Runs = system.Clock{}, system.Random{}, kept
	return apptest.New(p), runs, kept
}

// A group is one transaction, with a savepoint for each of its changes. A lone change needs no savepoint.
func TestAGroupIsOneTransaction(t *testing.T) {
	var statements []string
	db := sqlitetest.Open(t, sqlite.WithTrace(func(s string) { statements = append(statements, strings.Fields(s)[0]) }))
	s, runs, kept := serviceThatKeeps(db)
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

// What a refused change has written is undone, and the others of its group are written in the same transaction.
func TestARefusedChangeIsUndoneInItsGroup(t *testing.T) {
	var statements []string
	db := sqlitetest.Open(t, sqlite.WithTrace(func(s string) { statements = append(statements, strings.Fields(s)[0]) }))
	s, runs, kept := serviceThatKeeps(db)
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
