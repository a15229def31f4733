package verify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

var errCorrupt = fault.New(fault.Internal, "service.corrupt", nil).Because(errors.New("torn"))

// stored is what the feed, the rows and the log hold. A test changes it before it is verified.
type stored struct {
	entries []audit.FeedEntry
	rows    []audit.FeedEntry // only the entity and the sequence number
	leaves  map[int64][]audit.StoredLeaf
	nodes   []audit.Hash
	count   int64

	unreadableFeed, unreadableNodes, unreadableNotes bool
}

// changedFeed shows a verifier what a test has stored.
type changedFeed struct {
	verify.Rows
	verify.Checkpoints
	*stored
}

func (c changedFeed) FeedAndRows(
	_ context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error,
) error {
	for _, e := range c.entries {
		if err := entry(e); err != nil {
			return err
		}
	}
	if c.unreadableFeed {
		return errCorrupt
	}
	for _, r := range c.rows {
		if err := row(r.Entity, r.Seq); err != nil {
			return err
		}
	}
	return nil
}

func (c changedFeed) CheckpointsAfter(ctx context.Context, after int64, limit int) ([]audit.StoredNote, error) {
	if c.unreadableNotes {
		return nil, errCorrupt
	}
	return c.Checkpoints.CheckpointsAfter(ctx, after, limit)
}

func (c changedFeed) Leaves(_ context.Context, number int64) ([]audit.StoredLeaf, error) {
	return c.leaves[number], nil
}

func (c changedFeed) Nodes(_ context.Context, positions []int64) (found []audit.Hash, err error) {
	for _, p := range positions {
		if p >= int64(len(c.nodes)) || c.unreadableNodes {
			return nil, errCorrupt
		}
		found = append(found, c.nodes[p])
	}
	return found, nil
}

func (c changedFeed) NodeCount(context.Context) (int64, error) { return c.count, nil }

// read reads what the fixture has stored.
func (s *stored) read(t *testing.T, ports verify.Ports) {
	t.Helper()
	err := ports.Rows.FeedAndRows(t.Context(), func(e audit.FeedEntry) error {
		s.entries = append(s.entries, e)
		return nil
	}, func(e audit.Entity, seq int64) error {
		s.rows = append(s.rows, audit.FeedEntry{Cursor: audit.Cursor{Entity: e, Seq: seq}})
		return nil
	})
	require.NoError(t, err)
	s.leaves = map[int64][]audit.StoredLeaf{}
	for number := range int64(2) {
		s.leaves[number+1], err = ports.Checkpoints.Leaves(t.Context(), number+1)
		require.NoError(t, err)
	}
	s.count, err = ports.Checkpoints.NodeCount(t.Context())
	require.NoError(t, err)
	for position := range s.count {
		node, err := ports.Checkpoints.Nodes(t.Context(), []int64{position})
		require.NoError(t, err)
		s.nodes = append(s.nodes, node...)
	}
}

// TestWhatIsWrongWithTheFeedIsFound: the feed has an entry each for the procedure, for two runs, for a checkpoint of
// these, for later events of the second run, and for a second checkpoint.
func TestWhatIsWrongWithTheFeedIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stored)
		want   []string
	}{
		"nothing": {func(*stored) {}, nil},
		"an entry is missing": {
			func(s *stored) { s.entries = slices.Delete(s.entries, 1, 2) },
			[]string{
				"checkpoint 1: it has 3 leaves, but only 2 entities changed before it according to the feed",
				"run a: the feed has no entry for it",
			},
		},
		"the last entry of a run is missing": {
			func(s *stored) { s.entries = slices.Delete(s.entries, 4, 5) },
			[]string{
				"checkpoint 2: it has 1 leaf, but only 0 entities changed before it according to the feed",
				"run b: the feed ends at event 2, but its row says event 4",
			},
		},
		"the first entry of a run is missing": {
			func(s *stored) { s.entries = slices.Delete(s.entries, 2, 3) },
			[]string{
				"checkpoint 1: it has 3 leaves, but only 2 entities changed before it according to the feed",
				"run b event 3: the feed continues with events 3 to 4 after event 0",
			},
		},
		"the entry of a checkpoint is missing": {
			func(s *stored) { s.entries = slices.Delete(s.entries, 3, 4) },
			[]string{
				"checkpoint 1: the feed has no entry for it",
			},
		},
		"an entry is repeated": {
			func(s *stored) { s.entries = slices.Insert(s.entries, 2, s.entries[1]) },
			[]string{
				"run a event 1: the feed continues with events 1 to 2 after event 2",
			},
		},
		"the entry of a checkpoint is repeated": {
			func(s *stored) { s.entries = append(s.entries, s.entries[5]) },
			[]string{
				"checkpoint 2: the feed has more than one entry for it",
			},
		},
		"an entry ends before it begins": {
			func(s *stored) { s.entries[1].Seq = 0 },
			[]string{
				"run a event 1: the feed continues with events 1 to 0 after event 0",
				"checkpoint 1: it covers 2 of the 3 entities that changed before it according to the feed",
				"run a: the feed ends at event 0, but its row says event 2",
			},
		},
		"the entry of a checkpoint has a first event": {
			func(s *stored) { s.entries[3].First = 0 },
			[]string{
				"checkpoint 1: the feed has more than one entry for it",
			},
		},
		"an entry is misplaced": {
			func(s *stored) { s.entries[1].Misplaced = true },
			[]string{
				"run a event 2: its position in the feed, 2, cannot have been assigned to a commit",
			},
		},
		"a row is missing": {
			func(s *stored) { s.rows = s.rows[1:] },
			[]string{
				"feed audit_feed: it names 1 entity without a row",
			},
		},
		"a row says more": {
			func(s *stored) { s.rows[0].Seq++ },
			[]string{
				"run a: the feed ends at event 2, but its row says event 3",
			},
		},
		"a row without entries": {
			func(s *stored) {
				s.rows = append(s.rows, audit.FeedEntry{Cursor: audit.Cursor{Entity: audit.Run("x"), Seq: 1}})
			},
			[]string{"run x: the feed has no entry for it"},
		},
		"a leaf is missing": {
			func(s *stored) { s.leaves[1] = s.leaves[1][:2] },
			[]string{
				"checkpoint 1: its leaves do not match the root that was signed",
				"checkpoint 1: it covers 2 of the 3 entities that changed before it according to the feed",
			},
		},
		"a leaf has another place": {
			func(s *stored) { s.leaves[1][2].Index = 7 },
			[]string{
				"checkpoint 1: its leaf 2 is stored at index 7",
			},
		},
		"a leaf more": {
			func(s *stored) { s.leaves[2] = append(s.leaves[2], s.leaves[1][0]) },
			[]string{
				"checkpoint 2: its leaves do not match the root that was signed",
				"checkpoint 2: the stored nodes of the log differ from those of its leaves",
				"checkpoint 2: its leaf 1 is stored at index 0",
				"checkpoint 2: it has 2 leaves, but only 1 entity changed before it according to the feed",
			},
		},
		"a node differs": {
			func(s *stored) { s.nodes[1][0] ^= 1 },
			[]string{
				"checkpoint 1: the stored nodes of the log differ from those of its leaves",
			},
		},
		"nodes cannot be read": {
			func(s *stored) { s.unreadableNodes = true },
			[]string{
				"checkpoint 1: the stored nodes of the log differ from those of its leaves",
				"checkpoint 2: the stored nodes of the log differ from those of its leaves",
			},
		},
		"a node more": {
			func(s *stored) { s.count++ },
			[]string{
				"feed audit_nodes: the log has 12 nodes, but its checkpoints have added 11",
			},
		},
		"a node less": {
			func(s *stored) { s.count-- },
			[]string{
				"feed audit_nodes: the log has 10 nodes, but its checkpoints have added 11",
			},
		},
		"the feed cannot be read to its end": {
			func(s *stored) { s.unreadableFeed = true; s.entries = s.entries[:2]; s.leaves[1] = nil },
			[]string{
				"feed audit_feed: stored data cannot be read: internal: service.corrupt: torn",
				"checkpoint 1: its leaves do not match the root that was signed",
			},
		},
		"checkpoints cannot be read": {
			func(s *stored) { s.unreadableNotes = true; s.rows = s.rows[1:] },
			[]string{
				"feed audit_checkpoints: stored data cannot be read: internal: service.corrupt: torn",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t)
			first, second := fx.startRun(), fx.startRun()
			keys := []audit.Key{auditKey(t, "alice")}
			_, err := fx.MakeCheckpoints(t.Context(), keys, "")
			require.NoError(t, err)
			_, err = fx.Execute(t.Context(), ann, second, draft(`"x"`))
			require.NoError(t, err)
			_, err = fx.MakeCheckpoints(t.Context(), keys, "")
			require.NoError(t, err)

			ports := fx.storage.Verify
			changed := changedFeed{ports.Rows, ports.Checkpoints, &stored{}}
			changed.read(t, ports)
			require.Len(t, changed.entries, 6)
			c.change(changed.stored)
			ports.Rows, ports.Checkpoints = changed, changed
			var findings []string
			names := strings.NewReplacer(first, "a", second, "b")
			_, err = verify.New(ports).All(t.Context(), verify.Options{}, func(f audit.Finding) {
				findings = append(findings, names.Replace(i18n.Accept("en").Finding(f)))
			})
			require.NoError(t, err)
			require.Equal(t, c.want, findings)
		})
	}
}
