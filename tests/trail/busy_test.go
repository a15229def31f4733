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

// exportVerifier is an exporter that verifies the export instead of writing it.
type exportVerifier struct{ *verify.ExportCheck }

func (v exportVerifier) Event(e *audit.Event) error {
	v.Line(audit.Line{Event: e}, new(audit.Checker).Check(e))
	return nil
}

func (v exportVerifier) Leaf(leaf audit.StoredLeaf) error {
	v.Line(audit.Line{Leaf: &leaf}, audit.Checked{})
	return nil
}

func (v exportVerifier) Note(n audit.StoredNote) error {
	v.Line(audit.Line{Note: &n}, audit.Checked{})
	return nil
}

// The database and an export are verified while runs are written and checkpoints are made. Both verifications must have
// no findings. Each must include all runs that existed when it began.
func TestADatabaseInUseIsVerifiedWithoutFindings(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "busy")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, func(string) {})
			save(t, s, 6)
			var stopped atomic.Bool
			var started atomic.Int64
			var writers sync.WaitGroup
			for range 3 {
				writers.Go(func() {
					for !stopped.Load() {
						run, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: "long"})
						for step := 0; step < 5 && err == nil; step++ {
							_, err = s.Execute(t.Context(), request, run.ID, commit(step))
						}
						if err == nil {
							_, err = s.MakeCheckpoints(t.Context(), keys, "")
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
				rules := verify.Options{Rules: true}
				done, err := s.verifier.All(t.Context(), rules, func(f audit.Finding) { t.Error(f) })
				require.NoError(t, err)
				require.GreaterOrEqual(t, done.Runs, before)
				check := verify.NewExportCheck(verify.Trust{}, func(f audit.Finding) { t.Errorf("export: %s", f) })
				require.NoError(t, s.Export(t.Context(), exportVerifier{check}))
				check.End()
				require.GreaterOrEqual(t, check.Counts.Runs, before)
			}
			stopped.Store(true)
			writers.Wait()
		})
	}
}
