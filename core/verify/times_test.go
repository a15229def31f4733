package verify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// setClock is a clock that a test sets.
type setClock struct{ at time.Time }

func (c *setClock) Now() time.Time { return c.at }

// TestTimesAreComparedWithTheCheckpointBefore: an event is compared with the checkpoint before the one that covers it.
// In an export, its leaf says which one that is.
func TestTimesAreComparedWithTheCheckpointBefore(t *testing.T) {
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		run  int           // the run whose time is set: checkpoints 1 to 3 cover one each, and none covers the last
		at   time.Duration // since noon; the checkpoints are made at noon, at three and at six
		want string
	}{
		"before the first checkpoint":     {0, -9000 * time.Hour, ""},
		"after the checkpoint before":     {1, time.Hour, ""},
		"at the same time":                {1, 0, ""},
		"a minute before it":              {1, -time.Minute, ""},
		"an hour before it":               {1, -time.Hour, "^warning: run .* event 1: its time is 1h0m0s before that of the check"},
		"days before it":                  {1, -100 * time.Hour, "^run .* event 1: its time is 100h0m0s before that of the checkpoint"},
		"after the second":                {2, 4 * time.Hour, ""},
		"an hour before the second":       {2, 2 * time.Hour, "^warning: run .* event 1: its time is 1h0m0s before"},
		"after the last":                  {3, 7 * time.Hour, ""},
		"an hour before the last":         {3, 5 * time.Hour, "^warning: run .* event 1: its time is 1h0m0s before"},
		"before the first, but not in it": {3, -time.Hour, "^warning: run .* event 1: its time is 7h0m0s before"},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &setClock{noon.Add(-9001 * time.Hour)}
			fx := newFixtureWith(t, clock)
			times := []time.Duration{-200 * time.Hour, time.Hour, 4 * time.Hour, 7 * time.Hour}
			times[c.run] = c.at
			var runs []string
			for i, at := range times {
				clock.at = noon.Add(at)
				runs = append(runs, fx.startRun())
				if clock.at = noon.Add(time.Duration(3*i) * time.Hour); i == len(times)-1 {
					break
				}
				_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
				require.NoError(t, err)
			}
			var out lines
			require.NoError(t, fx.Export(t.Context(), &out))
			ofExport, _ := checkLines(t, verify.Trust{}, out.all...)
			var ofAll, ofRun []string
			_, err := fx.All(t.Context(), verify.Options{}, into(&ofAll))
			require.NoError(t, err)
			_, err = fx.Verifier.Run(t.Context(), runs[c.run], verify.Options{}, into(&ofRun))
			require.NoError(t, err)
			for _, findings := range [][]string{ofExport, ofAll, ofRun} {
				if c.want == "" {
					require.Empty(t, findings)
					continue
				}
				require.Len(t, findings, 1)
				require.Regexp(t, c.want, findings[0])
			}
		})
	}
}

// into returns a function that adds each finding to a list, in English.
func into(findings *[]string) func(audit.Finding) {
	return func(f audit.Finding) { *findings = append(*findings, i18n.Accept("en").Finding(f)) }
}
