package run

import (
	"context"
	"slices"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
)

// maxSimulatedSteps limits the length of a simulation's path.
const maxSimulatedSteps = 1000

// Simulation is the result of Simulate.
type Simulation struct {
	Path []SimulationStep // the steps in the order in which the run opened them or passed over them
	// Conditions are the results of the transition conditions that ended the run.
	Conditions []ConditionResult
	// Stopped is the reason why the run did not reach its end; nil if the run reached it.
	Stopped error
}

// SimulationStep is a step that the simulated run opened or passed over.
type SimulationStep struct {
	Step          int
	Visit         int // 0 if the step was passed over
	State         StepState
	Missing       []string // required fields without a value or tick; a real commit would be refused
	NotApplicable []string // fields that do not apply
	Transition    string   // JSON pointer of the transition that passed over the step; empty if none did
	Conditions    []ConditionResult
}

// SimulationAnswer is the input for one visit of a step.
type SimulationAnswer struct {
	Step  string // empty: for a visit whose step has no answer of its own left; see Simulate
	Slots map[string][]byte
	Ticks []checklist.Tick
	Skip  bool
}

// Simulate executes a new run with the given answers. The first answer for a step is used at its first visit, the next
// one at its next visit, and so on. A visit without an answer for its step uses the next answer that names no step.
// Missing values are left empty; everything else is decided as in a real run. All decisions share one budget. If ctx is
// cancelled, the result is useless.
func Simulate(ctx context.Context, p StartParams, answers []SimulationAnswer, stamp Stamp) Simulation {
	stamp.By.Agent = nil // the path does not depend on who acts, and an agent may try out what is left to people
	s := simulator{answers: map[string][]SimulationAnswer{}, stamp: stamp, budget: budget.New(ctx)}
	for _, a := range answers {
		s.answers[a.Step] = append(s.answers[a.Step], a)
	}
	events, err := start(p, stamp, s.budget)
	for err == nil && s.budget.Err() == nil {
		if err = s.apply(events); err != nil || s.run.State.Final() {
			break
		}
		if len(s.result.Path) > maxSimulatedSteps {
			err = fault.New(
				fault.Invalid, MaxVisitsExceeded, fault.Params{"step": s.run.CurrentKey(), "max_visits": maxSimulatedSteps},
			)
			break
		}
		events, err = s.closeStep()
	}
	s.result.Stopped = err
	return s.result
}

type simulator struct {
	budget  *budget.Budget // of the whole simulation
	run     Run
	stamp   Stamp
	answers map[string][]SimulationAnswer // answers that have not been used yet, by step key
	result  Simulation
}

// apply applies events to the run. In the path it closes the step that they close, and adds those that they open or
// pass over. A step that the run cannot leave stays open there.
func (s *simulator) apply(events []Event) error {
	if err := checkSize(s.run, events, MaxSize); err != nil {
		return err
	}
	run, err := Fold(s.run, events)
	if err != nil {
		return err
	}
	s.run = run
	for _, e := range events {
		switch f := e.Fact.(type) {
		case Opened:
			s.addStep(SimulationStep{Step: f.Step, Visit: f.Visit, State: Open, Conditions: f.Conditions})
		case StepNotApplicable:
			s.addStep(SimulationStep{
				Step: f.Step, State: NotApplicable, Transition: f.Transition, Conditions: f.Conditions,
			})
		case StepCommitted:
			s.last().State = Committed
		case StepSkipped:
			s.last().State = Skipped
		case RunCompleted:
			s.result.Conditions = f.Conditions
		case Created, Started, DraftSaved, Amended, RunFailed, ContentErased, ValueErased, SlotRevealed, Refused:
			// not part of the path
		}
	}
	return nil
}

// last returns the last step of the path, which is the open one until events close it.
func (s *simulator) last() *SimulationStep { return &s.result.Path[len(s.result.Path)-1] }

func (s *simulator) addStep(step SimulationStep) { s.result.Path = append(s.result.Path, step) }

// closeStep returns the events that close the open step with its next answer.
func (s *simulator) closeStep() ([]Event, error) {
	i := s.run.Current()
	def, at := &s.run.Version.Steps[i], s.last()
	answer := SimulationAnswer{}
	for _, key := range []string{def.Key, ""} {
		if left := s.answers[key]; len(left) > 0 {
			answer, s.answers[key] = left[0], left[1:]
			break
		}
	}
	d := decider{run: s.run, stamp: s.stamp, budget: s.budget}
	if answer.Skip {
		err := Skip{Step: def.Key, Reason: "simulated"}.decide(&d)
		return d.decision.Events, err
	}
	submission := Submission{
		Step: def.Key, Slots: answer.Slots, Ticks: answer.Ticks,
		Secrets: Secrets{Salts: make([]commitment.Salt, len(answer.Slots))},
	}
	m, err := d.merge(i, &s.run.Steps[i].Visit, &submission, simulateMode)
	if err != nil {
		return nil, err
	}
	at.Missing, at.Conditions = m.missing, slices.Concat(at.Conditions, m.conditions)
	content := m.content()
	at.NotApplicable = content.InapplicableFields(def)
	d.startWork()
	d.emit(StepCommitted{Content: content, Conditions: m.conditions})
	err = d.advance(i, m.slots)
	return d.decision.Events, err
}
