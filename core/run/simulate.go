package run

import (
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// maxSimulated bounds a simulation, in steps come to.
const maxSimulated = 1000

// Simulated is the path that given answers take.
type Simulated struct {
	Path []SimulatedStep
	// Rulings decided that the run ends.
	Rulings []Ruling
	// Stopped is why the walk did not come to an end; nil where it did.
	Stopped error
}

// SimulatedStep is one step that was come to.
type SimulatedStep struct {
	Step          int
	Visit         int // 0 where it was passed over
	State         StepState
	Missing       []string // fields that a commit would need besides
	NotApplicable []string // fields that do not apply
	Transition    string   // pointer of the transition that passed over the step
	Rulings       []Ruling
}

// SimulatedAnswer is what is said of one visit of a step.
type SimulatedAnswer struct {
	Step  string
	Slots map[string][]byte
	Ticks []checklist.Tick
	Skip  bool
}

// Simulate walks a new run with answers, each for one visit of its step, in their order. What is missing is left empty;
// everything else is decided as it would be.
func Simulate(b Beginning, answers []SimulatedAnswer, act Act) Simulated {
	s := simulation{waiting: map[string][]SimulatedAnswer{}, act: act}
	for _, a := range answers {
		s.waiting[a.Step] = append(s.waiting[a.Step], a)
	}
	events, err := Begin(b, act)
	for err == nil {
		if err = s.take(events); err != nil || s.run.State.Final() {
			break
		}
		if len(s.done.Path) > maxSimulated {
			err = fault.New(fault.Invalid, MaxVisitsExceeded, fault.Params{"step": s.run.CurrentKey(), "max_visits": maxSimulated})
			break
		}
		events, err = s.next()
	}
	s.done.Stopped = err
	return s.done
}

type simulation struct {
	run     Run
	act     Act
	waiting map[string][]SimulatedAnswer
	done    Simulated
}

// take folds events, and notes what they say of the path.
func (s *simulation) take(events []Event) error {
	run, err := Fold(s.run, events)
	s.run = run
	for _, e := range events {
		switch f := e.Fact.(type) {
		case Opened:
			s.done.Path = append(s.done.Path, SimulatedStep{Step: f.Step, Visit: f.Visit, State: Open, Rulings: f.Rulings})
		case StepNotApplicable:
			s.done.Path = append(s.done.Path, SimulatedStep{Step: f.Step, State: NotApplicable, Transition: f.Transition, Rulings: f.Rulings})
		case RunCompleted:
			s.done.Rulings = f.Rulings
		}
	}
	return err
}

// next closes the open step with the answer that waits for it.
func (s *simulation) next() ([]Event, error) {
	i := s.run.Current()
	def, at := &s.run.Version.Steps[i], &s.done.Path[len(s.done.Path)-1]
	answer := SimulatedAnswer{Step: def.Key}
	if w := s.waiting[def.Key]; len(w) > 0 {
		answer, s.waiting[def.Key] = w[0], w[1:]
	}
	d := decider{run: s.run, act: s.act}
	if answer.Skip {
		err := d.skip(Skip{Step: def.Key, Reason: "simulated"})
		at.State = Skipped
		return d.decision.Events, err
	}
	m, err := d.merge(i, &s.run.Steps[i].Passage, &Submission{Step: def.Key, Slots: answer.Slots, Ticks: answer.Ticks, Salts: make([]slot.Salt, len(answer.Slots))}, asSimulation)
	if err != nil {
		return nil, err
	}
	at.State, at.Missing, at.Rulings = Committed, m.missing, append(at.Rulings[:len(at.Rulings):len(at.Rulings)], m.rulings...)
	content := m.contents()
	at.NotApplicable = content.notApplicable(def)
	d.begin()
	d.emit(StepCommitted{Content: content, Rulings: m.rulings})
	err = d.leave(i, m.slots)
	return d.decision.Events, err
}
