package run

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// AgentRefused is the code of the refusal, of kind Forbidden, of a command that the step does not allow an agent. The
// param "step" is the key of the step, and "agents" the value of its member agents.
const AgentRefused = "step.agent"

// checkAgent returns a refusal if an agent acts and step i does not allow what needs the given value. It depends on
// nothing but the definition and who acts: commands ask it as soon as the step is known, before they look at the state
// of the run and at the data, so that a repeated command is refused in the same way.
func (d *decider) checkAgent(i int, need procedure.Agents) error {
	allowed := d.run.Version.Steps[i].Agents
	if !d.stamp.By.IsAgent() || allowed.Allow(need) {
		return nil
	}
	return fault.New(fault.Forbidden, AgentRefused, fault.Params{
		"step": d.run.Version.Steps[i].Key, "agents": allowed.String(),
	})
}

// findStep returns the index of a step that a command needs. It returns NotFound for an unknown step, and Forbidden if
// an agent acts and the step does not allow it.
func (d *decider) findStep(key string, need procedure.Agents) (int, error) {
	i, err := d.run.FindStep(key)
	if err != nil {
		return i, err
	}
	return i, d.checkAgent(i, need)
}

// ForbidsAgent returns the index of the step that does not allow an agent to do what led to an event, and true; false
// if the event is not of an agent, or is allowed. It must get the run as it was before the event.
func ForbidsAgent(before Run, e Event) (step int, forbidden bool) {
	d, need := decider{run: before, stamp: e.Stamp}, procedure.AgentsCommit
	switch f := e.Fact.(type) {
	case DraftSaved:
		step, need = f.Step, procedure.AgentsDraft
	case StepCommitted:
		step = f.Step
	case Amended:
		step = f.Step
	case StepSkipped:
		step = f.Step
	case SlotRevealed:
		step = f.Step
	case RunFailed:
		step = before.Current()
	case Created, Started, Opened, StepNotApplicable, RunCompleted, ContentErased, ValueErased, Refused:
		return 0, false // restricted by no step, or follows from another fact
	}
	return step, before.hasStep(step) && d.checkAgent(step, need) != nil
}
