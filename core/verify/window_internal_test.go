package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
)

// If the window has forgotten lines that a checkpoint covers, the checkpoint cannot be compared with them. This is only
// a warning.
func TestCheckpointThatCoversForgottenLinesYieldsAWarning(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "k")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	var warned []string
	check := NewExportCheck(Trust{}, func(f audit.Finding) {
		require.True(t, f.Warning, i18n.Accept("en").Finding(f))
		warned = append(warned, f.Entity.ID)
	})
	check.window.limit = 5
	var heads []audit.Head
	appendEvents := func(n int) {
		for range n {
			var head audit.Head
			if len(heads) > 0 {
				head = heads[len(heads)-1]
			}
			e, err := audit.Seal(audit.Run("r"), head, audit.Entry{
				Action: "step.opened", OccurredAt: time.Unix(1, 0), Payload: []byte("{}"),
			})
			require.NoError(t, err)
			heads = append(heads, e.Head())
			check.Line(audit.Line{Event: &e}, audit.Checked{})
		}
	}
	last := audit.Checkpoint{}
	sign := func(seq int) { // signs a checkpoint that covers the events up to seq
		tree := audit.NewTree([]audit.Leaf{{Entity: audit.Run("r"), Head: heads[seq-1]}})
		c := audit.Checkpoint{
			Number: last.Number + 1, Time: time.Unix(1, 0), Previous: audit.Genesis, Leaves: 1, Root: tree.Root(),
			Until: audit.Cursor{Position: int64(seq), Entity: audit.Run("r"), Seq: int64(seq)},
		}
		if last.Number > 0 {
			c.Previous = last.Hash()
		}
		c.Keys = audit.PublicKeys(keys)
		note, err := c.Sign(keys)
		require.NoError(t, err)
		last = c
		check.Line(audit.Line{Note: &audit.StoredNote{Number: c.Number, Note: note}}, audit.Checked{})
	}
	appendEvents(8)
	sign(4)
	sign(8) // the window has forgotten the events of both checkpoints
	appendEvents(2)
	sign(10) // this checkpoint, too, may cover forgotten lines
	appendEvents(1)
	sign(11)
	check.End()
	require.Equal(t, []string{"1", "2", "3"}, warned)
}
