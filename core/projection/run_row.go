package projection

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// RunRow is the row of a run itself, without its steps.
type RunRow struct {
	ID, ProcedureID                           string
	ProcedureVersion                          int
	UserID, Reference                         string
	Metadata                                  jsontext.Value
	State                                     run.State
	Revision                                  int64
	Head                                      audit.Head // last event of the run's trail
	CurrentStep                               string     // key of the open step; empty if no step is open
	Failure                                   *run.Failure
	Refusals                                  int
	LastRefusal                               string // see run.Run.LastRefusal
	Divergences                               string // JSON array of run.Divergence; empty if there are none
	Erased                                    string // JSON array of run.ErasedText; empty if there are none
	CreatedAt, StartedAt, UpdatedAt, ClosedAt time.Time
	LastEventAt                               time.Time
}

// RunRowOf returns the row of a run; headHash is the hash of the last event of the run's trail.
func RunRowOf(r run.Run, headHash string) RunRow {
	return RunRow{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number, UserID: r.UserID, Reference: r.Reference,
		Metadata: r.Metadata, State: r.State, Revision: r.Revision, Head: audit.Head{Seq: r.Seq, Hash: headHash},
		CurrentStep: r.CurrentKey(), Failure: r.Failure,
		Refusals: r.Refusals, LastRefusal: r.LastRefusal, Divergences: listText(r.Divergences), Erased: listText(r.Erased),
		CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, UpdatedAt: r.UpdatedAt, ClosedAt: r.ClosedAt,
		LastEventAt: r.LastEventAt,
	}
}

// Size returns the length of the row's texts, in bytes. Short ones, such as ids, are left out.
func (r *RunRow) Size() int {
	size := len(r.Metadata) + len(r.LastRefusal) + len(r.Divergences)
	if r.Failure != nil {
		size += len(r.Failure.Reason)
	}
	return size
}

// ErasedTexts returns the texts of the run that were erased.
func (r RunRow) ErasedTexts() []run.ErasedText {
	all, _ := readList[run.ErasedText](r.Erased, "erased") // verification reports a list that cannot be read
	return all
}

// listText returns a list as a JSON array, and an empty text for an empty list.
func listText[T any](all []T) string {
	if len(all) == 0 {
		return ""
	}
	text, _ := json.Marshal(all) // cannot fail: strings and booleans
	return string(text)
}

func readList[T any](text, column string) (all []T, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &all, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrRows, column, err)
	}
	return all, nil
}

// Restore returns the run that is stored in the rows. It returns ErrRows if the rows contradict each other or the
// definition.
func Restore(v *procedure.Version, own RunRow, rows Rows) (run.Run, error) {
	steps, err := assemble(v, rows)
	if err != nil {
		return run.Run{}, err
	}
	divergences, err := readList[run.Divergence](own.Divergences, "divergences")
	if err != nil {
		return run.Run{}, err
	}
	erased, err := readList[run.ErasedText](own.Erased, "erased")
	if err != nil {
		return run.Run{}, err
	}
	r := run.Run{
		ID: own.ID, Version: v, UserID: own.UserID, Reference: own.Reference, Metadata: own.Metadata, State: own.State,
		Revision: own.Revision, Seq: own.Head.Seq, Steps: steps, Failure: own.Failure,
		CreatedAt: own.CreatedAt, StartedAt: own.StartedAt, UpdatedAt: own.UpdatedAt, ClosedAt: own.ClosedAt,
		LastEventAt: own.LastEventAt, Refusals: own.Refusals, LastRefusal: own.LastRefusal, Divergences: divergences,
		Erased: erased,
	}
	if r.CurrentKey() != own.CurrentStep {
		return run.Run{}, fmt.Errorf(
			"%w: run %s: current_step %q is not the open step", ErrRows, own.ID, own.CurrentStep,
		)
	}
	return run.Measured(r), nil
}
