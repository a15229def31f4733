package encoding

import (
	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Replay rebuilds the state of a run from its sealed events. It is used to verify a run and to show a past state.
type Replay struct {
	Run run.Run // state after the last applied event

	version *procedure.Version
	runID   string
	broken  bool
}

// MeaningOf returns the meaning of a run's conditions, according to the first event of its trail.
func MeaningOf(created *audit.Event) condition.Meaning {
	var p createdPayload
	if created.Action != string(run.ActionCreated) || json.Unmarshal(created.Open().Payload, &p) != nil {
		return condition.Binary // the replay reports what is wrong with the event
	}
	return p.Meaning
}

// NewReplay returns a replay for a run of the version. With a nil version, Apply ignores all events.
func NewReplay(v *procedure.Version, runID string) *Replay { return &Replay{version: v, runID: runID} }

// Next opens and applies the next event; see Apply.
func (r *Replay) Next(e *audit.Event) (run.Fact, error) { return r.Apply(e, e.Open()) }

// Apply applies the next event and returns its fact; o is the opened event. An event that cannot be decoded or applied
// is an error and ends the replay. After the end, Apply returns neither a fact nor an error.
func (r *Replay) Apply(e *audit.Event, o audit.Opened) (run.Fact, error) {
	if r.broken || r.version == nil {
		return nil, nil //nolint:nilnil // the replay has ended: there is neither a fact nor a new error
	}
	fact, err := Unmarshal(r.version, r.runID, e.Action, o)
	if err == nil {
		r.Run, err = run.Evolve(r.Run, run.Event{Stamp: run.Stamp{By: audit.PrincipalOf(e.Actor, o), At: e.OccurredAt}, Fact: fact})
	}
	if err != nil {
		r.broken = true
		return nil, err
	}
	return fact, nil
}
