package run

import (
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// maxSimulated limits the number of steps that a simulation reaches.
const maxSimulated = 1000

// Simulation is the path that the given answers lead to.
type Simulation struct {
	Path []SimulationStep
	// Conditions are those that led to the end of the run.
	Conditions []ConditionResult
	// Stopped is the reason why the run did not reach its end; nil where it did.
	Stopped error
}

// SimulationStep is a step that the simulation reached.
type SimulationStep struct {
	Step          int
	Visit         int // 0 where the step was passed over
	State         StepState
	Missing       []string // fields that a commit would also require
	NotApplicable []string // fields that do not apply
	Transition    string   // pointer of the transition that passed over the step
	Conditions    []ConditionResult
}

// SimulationAnswer is the input for one visit of a step.
type SimulationAnswer struct {
	Step  string
	Slots map[string][]byte
	Ticks []checklist.Tick
	Skip  bool
}

// Simulate executes a new run with answers. Each answer is for one visit of its step, in their order. Missing values
// are left empty; everything else is decided as in a real run.
func Simulate(p StartParams, answers []SimulationAnswer, stamp Stamp) Simulation {
	s := simulator{answers: map[string][]SimulationAnswer{}, stamp: stamp}
	for _, a := range answers {
		s.answers[a.Step] = append(s.answers[a.Step], a)
	}
	events, err := Start(p, stamp)
	for err == nil {
		if err = s.take(events); err != nil || s.run.State.Final() {
			break
		}
		if len(s.result.Path) > maxSimulated {
			err = fault.New(
				fault.Invalid, MaxVisitsExceeded, fault.Params{"step": s.run.CurrentKey(), "max_visits": maxSimulated},
			)
			break
		}
		events, err = s.next()
	}
	s.result.Stopped = err
	return s.result
}

type simulator struct {
	run     Run
	stamp   Stamp
	answers map[string][]SimulationAnswer // those not yet used, by step
	result  Simulation
}

// take folds events and adds the steps that they reach to the path.
func (s *simulator) take(events []Event) error {
	run, err := Fold(s.run, events)
	s.run = run
	for _, e := range events {
		switch f := e.Fact.(type) {
		case Opened:
			s.reach(SimulationStep{Step: f.Step, Visit: f.Visit, State: Open, Conditions: f.Conditions})
		case StepNotApplicable:
			s.reach(SimulationStep{
				Step: f.Step, State: NotApplicable, Transition: f.Transition, Conditions: f.Conditions,
			})
		case RunCompleted:
			s.result.Conditions = f.Conditions
		case Created, Started, DraftSaved, StepCommitted, StepSkipped, Amended, RunFailed, ValueErased, Refused:
			// not part of the path
		}
	}
	return err
}

func (s *simulator) reach(step SimulationStep) { s.result.Path = append(s.result.Path, step) }

// next closes the open step with the next answer for it.
func (s *simulator) next() ([]Event, error) {
	i := s.run.Current()
	def, at := &s.run.Version.Steps[i], &s.result.Path[len(s.result.Path)-1]
	answer := SimulationAnswer{Step: def.Key}
	if w := s.answers[def.Key]; len(w) > 0 {
		answer, s.answers[def.Key] = w[0], w[1:]
	}
	d := decider{run: s.run, stamp: s.stamp}
	if answer.Skip {
		err := Skip{Step: def.Key, Reason: "simulated"}.decide(&d)
		at.State = Skipped
		return d.decision.Events, err
	}
	submission := Submission{
		Step: def.Key, Slots: answer.Slots, Ticks: answer.Ticks, Salts: make([]slot.Salt, len(answer.Slots)),
	}
	m, err := d.merge(i, &s.run.Steps[i].Visit, &submission, simulateMode)
	if err != nil {
		return nil, err
	}
	at.State, at.Missing, at.Conditions = Committed, m.missing, slices.Concat(at.Conditions, m.conditions)
	content := m.content()
	at.NotApplicable = content.InapplicableFields(def)
	d.startWork()
	d.emit(StepCommitted{Content: content, Conditions: m.conditions})
	err = d.advance(i, m.slots)
	return d.decision.Events, err
}
