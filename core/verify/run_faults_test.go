package verify_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// changedRun shows a verifier something else of one run than what is stored.
type changedRun struct {
	verify.Trails
	verify.Rows
	id    string
	row   func(*verify.StoredRun) (show bool)
	event func(*audit.Event) (show bool)
}

func (c changedRun) RunsIn(ctx context.Context, r audit.Range, fn func(verify.StoredRun) error) error {
	return c.Rows.RunsIn(ctx, r, func(stored verify.StoredRun) error {
		if stored.Own.ID == c.id && c.row != nil && !c.row(&stored) {
			return nil
		}
		return fn(stored)
	})
}

func (c changedRun) EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error {
	return c.Trails.EventsIn(ctx, r, func(e *audit.Event) error {
		if e.Entity.ID == c.id && c.event != nil && !c.event(e) {
			return nil
		}
		return fn(e)
	})
}

// TestWhatIsWrongWithARunIsFound: the run has four events. Checkpoint 1 covers two of them, checkpoint 2 the others.
func TestWhatIsWrongWithARunIsFound(t *testing.T) {
	noRow := func(*verify.StoredRun) bool { return false }
	noEvent := func(*audit.Event) bool { return false }
	for name, c := range map[string]struct {
		row   func(*verify.StoredRun) bool
		event func(*audit.Event) bool
		want  []string
	}{
		"nothing":   {},
		"no row":    {noRow, nil, []string{"run r: it has a trail but no row"}},
		"neither":   {noRow, noEvent, []string{"run r event 2: it is missing", "run r event 4: it is missing"}},
		"no events": {nil, noEvent, []string{"run r event 2: it is missing", "run r event 4: it is missing", "ends at event 0"}},
		"no last event": {
			nil, func(e *audit.Event) bool { return e.Seq < 4 },
			[]string{"run r event 4: it is missing, although checkpoint 2 covers it", "its trail ends at event 3"},
		},
		"no second event": {
			nil, func(e *audit.Event) bool { return e.Seq != 2 },
			[]string{"event 3: the sequence number should be 2", "event 2: it is not the event that checkpoint 1 covers"},
		},
		"other hashes": {
			nil, func(e *audit.Event) bool { e.Hash = strings.Repeat("0", 64); return true },
			[]string{
				"event 1: the hash does not", "event 2: it is not the event that checkpoint 1 covers",
				"event 4: it is not the event that checkpoint 2 covers",
			},
		},
		"the row is behind": {
			func(r *verify.StoredRun) bool { r.Own.Head.Seq = 3; return true }, nil,
			[]string{"its trail ends at event 4", "revision is 1 according to the trail, but 2 in the row"},
		},
		"unreadable rows": {
			func(r *verify.StoredRun) bool { r.Err = errCorrupt; return true }, nil, []string{"its rows cannot be read"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t)
			keys := []audit.Key{auditKey(t, "alice")}
			id := fx.startRun()
			_, err := fx.MakeCheckpoints(t.Context(), keys, "")
			require.NoError(t, err)
			_, err = fx.Execute(t.Context(), ann, id, draft(`"x"`))
			require.NoError(t, err)
			_, err = fx.MakeCheckpoints(t.Context(), keys, "")
			require.NoError(t, err)
			ports := fx.storage.Verify
			changed := changedRun{ports.Trails, ports.Rows, id, c.row, c.event}
			ports.Trails, ports.Rows = changed, changed
			var findings []string
			_, err = verify.New(ports).All(t.Context(), verify.Options{}, func(f audit.Finding) {
				findings = append(findings, strings.ReplaceAll(i18n.Accept("en").Finding(f), id, "r"))
			})
			require.NoError(t, err)
			require.Equal(t, len(c.want) == 0, len(findings) == 0)
			for _, part := range c.want {
				require.Contains(t, strings.Join(findings, "\n"), part)
			}
			require.Equal(t, name == "no row", slices.Contains(findings, "run r: it has a trail but no row"))
		})
	}
}
