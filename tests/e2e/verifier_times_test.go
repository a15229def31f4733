package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// TestBothVerifiersCompareTimes writes trails whose hashes are right and whose times are not.
func TestBothVerifiersCompareTimes(t *testing.T) {
	e := evidence{dir: t.TempDir()}
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "k")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		events     []time.Duration // their times after the start
		checkpoint int             // how many events come before the checkpoint, which is made at the start; 0: none is made
		warnings   int
		valid      bool
	}{
		"in order":                      {[]time.Duration{0, 0, time.Hour}, 0, 0, true},
		"clocks of replicas differ":     {[]time.Duration{0, -2 * time.Second, 0}, 0, 0, true},
		"a clock was corrected":         {[]time.Duration{0, -time.Hour, -24 * time.Hour}, 0, 2, true},
		"no clock is that wrong":        {[]time.Duration{0, -25 * time.Hour}, 0, 0, false},
		"under way at the checkpoint":   {[]time.Duration{-time.Minute, -time.Minute}, 1, 0, true},
		"an hour before the checkpoint": {[]time.Duration{-2 * time.Hour, -time.Hour, -time.Hour}, 1, 1, true},
		"long before the checkpoint":    {[]time.Duration{-49 * time.Hour, -48 * time.Hour, 0}, 1, 0, false},
	} {
		for _, export := range []bool{false, true} { // the checkpoints of an export come last, after leaves that name them
			head, lines, last := audit.Head{}, []string{}, []string{}
			for i, d := range c.events {
				entry := audit.Entry{Action: "step.opened", Actor: "ann", OccurredAt: start.Add(d), Payload: []byte("{}")}
				sealed, err := audit.Seal(audit.Run("r"), head, entry)
				require.NoError(t, err)
				head = sealed.Head()
				lines = append(lines, string(asJSON(t, sealed)))
				if i+1 != c.checkpoint {
					continue
				}
				leaf := audit.Leaf{Entity: audit.Run("r"), Head: head}
				made := audit.Checkpoint{
					Number: 1, Time: start, Previous: audit.Genesis, Leaves: 1, Root: audit.NewTree([]audit.Leaf{leaf}).Root(),
					Until: audit.Cursor{Position: 1, Entity: audit.Run("r"), Seq: head.Seq}, Keys: audit.PublicKeys(keys),
				}
				signed, err := made.Sign(keys)
				require.NoError(t, err)
				note := string(asJSON(t, audit.Line{Note: &audit.StoredNote{Number: 1, Note: signed}}))
				if !export {
					lines = append(lines, note)
					continue
				}
				first := string(asJSON(t, audit.Line{Leaf: &audit.StoredLeaf{Leaf: leaf, Number: 1}}))
				lines, last = append([]string{first}, lines...), []string{note}
			}
			file := filepath.Join(e.dir, "trail")
			require.NoError(t, os.WriteFile(file, []byte(strings.Join(append(lines, last...), "\n")+"\n"), 0o600))
			valid := e.requireAgreement(t, name, file)
			ours, _, _ := procedo(t, e.dir, "audit", "verify", file)
			require.Equal(t, c.valid, valid, "%s\n%s", name, ours)
			theirs, _ := verifyIndependently(t, file)
			require.Equal(t, c.warnings, strings.Count(ours, "warning: run r event "), "%s\n%s", name, ours)
			require.Equal(t, c.warnings, strings.Count(theirs, "warning: run r event "), "%s\n%s", name, theirs)
		}
	}
}
