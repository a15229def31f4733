package app

import (
	"fmt"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Restore makes a run of what is stored of it: its own row, its head's hash and the rows of its steps. Rows that contradict
// each other or the definition are run.ErrRows.
func Restore(v *procedure.Version, s RunSummary, headHash string, rows run.Rows) (RunRecord, error) {
	steps, err := run.Assemble(v, rows)
	if err != nil {
		return RunRecord{}, err
	}
	rec := RunRecord{Head: audit.Head{Seq: s.Seq, Hash: headHash}, Run: s.run()}
	rec.Run.Version, rec.Run.Steps = v, steps
	if rec.Run.CurrentKey() != s.CurrentStep {
		return RunRecord{}, fmt.Errorf("%w: run %s: current_step %q is not the open step", run.ErrRows, s.ID, s.CurrentStep)
	}
	return rec, nil
}

// run is what the row says, without definition and steps.
func (s RunSummary) run() run.Run {
	return run.Run{
		ID: s.ID, UserID: s.UserID, Reference: s.Reference, Metadata: s.Metadata, State: s.State, Revision: s.Revision, Seq: s.Seq,
		Failure: s.Failure, CreatedAt: s.CreatedAt, StartedAt: s.StartedAt, UpdatedAt: s.UpdatedAt, ClosedAt: s.ClosedAt,
	}
}

// Summary is the run's own row: what Restore takes.
func Summary(r run.Run) RunSummary {
	return RunSummary{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number, UserID: r.UserID, Reference: r.Reference, Metadata: r.Metadata,
		State: r.State, Revision: r.Revision, Seq: r.Seq, CurrentStep: r.CurrentKey(), Failure: r.Failure,
		CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, UpdatedAt: r.UpdatedAt, ClosedAt: r.ClosedAt,
	}
}
