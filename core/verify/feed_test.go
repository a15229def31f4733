package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// snapshot simulates that the feed and the rows were read before the start of a run was committed. It hides this run
// and all checkpoints.
type snapshot struct {
	verify.Rows
	missing   string // id of the hidden run
	laterRun  string // id of a run whose entry comes after that of the hidden run
	unsettled bool   // whether the entry of laterRun and all entries after it are unsettled, as on PostgreSQL
}

func (s snapshot) FeedAndRows(
	ctx context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error,
) error {
	hidden := func(e audit.Entity) bool { return e.ID == s.missing || e.Type == audit.CheckpointEntity }
	unsettled := false
	return s.Rows.FeedAndRows(ctx, func(e audit.FeedEntry) error {
		if hidden(e.Entity) {
			return nil
		}
		unsettled = unsettled || s.unsettled && e.Entity.ID == s.laterRun
		e.Unsettled = unsettled
		return entry(e)
	}, func(e audit.Entity, seq int64) error {
		if hidden(e) {
			return nil
		}
		return row(e, seq)
	})
}

// A checkpoint may be made after the feed was read. It may then cover entries that were added in the meantime, with
// positions below those that were read.
func TestCheckpointsAreComparedOnlyWithSettledEntries(t *testing.T) {
	s := sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	fx := &fixture{UseCases: apptest.New(s.App), t: t}
	committedLater, last := fx.startRun(), fx.startRun()
	_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	rows := s.Verify.Rows
	problems := func(unsettled bool) (all []string) {
		s.Verify.Rows = snapshot{rows, committedLater, last, unsettled}
		_, err := verify.New(s.Verify).All(t.Context(), verify.Options{}, func(f audit.Finding) {
			if f.Entity.Type == audit.CheckpointEntity && !f.Warning {
				all = append(all, i18n.Accept("en").Wrong(f.Problem))
			}
		})
		require.NoError(t, err)
		return all
	}
	const missing = "it has 3 leaves, but only 2 entities changed before it according to the feed"
	require.Contains(t, problems(false), missing)
	require.NotContains(t, problems(true), missing)
	fx.startRun() // adds an entry that the checkpoint does not cover
	require.Contains(t, problems(false), missing)
	require.NotContains(t, problems(true), missing)
}

// replacedNote shows another text for one stored checkpoint.
type replacedNote struct {
	verify.Checkpoints
	number int64
}

func (r replacedNote) CheckpointsAfter(ctx context.Context, after int64, limit int) ([]audit.StoredNote, error) {
	notes, err := r.Checkpoints.CheckpointsAfter(ctx, after, limit)
	for i := range notes {
		if notes[i].Number == r.number {
			notes[i].Note = "replaced"
		}
	}
	return notes, err
}

func TestCheckpointsAreCounted(t *testing.T) {
	s := sqlite.Storage(sqlitetest.Open(t), cel.Language{}, memory.KeepDefinitions(10))
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	fx := &fixture{UseCases: apptest.New(s.App), t: t}
	stored := s.Verify.Checkpoints
	for range 3 {
		fx.startRun()
		_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
		require.NoError(t, err)
	}
	for replaced, invalid := range map[int64]int{
		0: 0,
		1: 2, // and the one after it, which follows something that cannot be read
		3: 1,
	} {
		s.Verify.Checkpoints = replacedNote{stored, replaced}
		counts, err := verify.New(s.Verify).Whole(t.Context(), verify.Trust{}, func(audit.Finding) {})
		require.NoError(t, err)
		require.Equal(t, 3, counts.Checkpoints, "%d is replaced", replaced)
		require.Equal(t, invalid, counts.Invalid, "%d is replaced", replaced)
	}
}
