package trail

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// lines checks an export as it is made.
type lines struct{ *verify.ExportCheck }

func (l lines) Event(e *audit.Event) error {
	var c audit.Checker
	l.Line(audit.Line{Event: e}, c.Flaws(e))
	return nil
}
func (l lines) Leaf(leaf audit.StoredLeaf) error { l.Line(audit.Line{Leaf: &leaf}, nil); return nil }
func (l lines) Note(n audit.StoredNote) error    { l.Line(audit.Line{Note: &n}, nil); return nil }

// While runs are started and committed, procedures published and checkpoints made, there is nothing to be found, in the database or in
// an export; and every run that was there before is looked at.
func TestADatabaseInUseVerifies(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "busy")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, func(string) {})
			save(t, s, 6)
			var over atomic.Bool
			var started atomic.Int64
			var working sync.WaitGroup
			for range 3 {
				working.Go(func() {
					for !over.Load() {
						run, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: "long"})
						for step := 0; step < 5 && err == nil; step++ {
							_, err = s.Execute(t.Context(), request, run.ID, commit(step))
						}
						if err == nil {
							_, err = s.MakeCheckpoints(t.Context(), keys)
						}
						if err != nil {
							t.Error(err)
							return
						}
						started.Add(1)
					}
				})
			}
			for range 4 {
				before := int(started.Load())
				done, err := s.verifier.All(t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { t.Error(f) })
				require.NoError(t, err)
				require.GreaterOrEqual(t, done.Runs, before)
				check := verify.NewExportCheck(verify.Trust{}, func(f audit.Finding) { t.Errorf("export: %s", f) })
				require.NoError(t, s.Export(t.Context(), lines{check}))
				check.End()
				require.GreaterOrEqual(t, check.Counts.Runs, before)
			}
			over.Store(true)
			working.Wait()
		})
	}
}
