package terminal

import (
	"fmt"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/procedure"
)

// The values of UsedError.Reason.
const (
	// OtherStep means that the answer names a step or a visit other than the one that the run closed.
	OtherStep = "step"
	// OtherAct means that the step was skipped but the answer commits it, or the reverse.
	OtherAct = "act"
	// OtherValue means that the step was committed with other data, or skipped for another reason.
	OtherValue = "value"
	// TooFew means that the run closed more visits of steps than there are answers.
	TooFew = "few"
)

// UsedError is the error of Used if the run does not hold the first answers of a script.
type UsedError struct {
	Reason string
	Number int    // the answer's position in the script, from 1
	Step   string // the key of the step that the run closed at this position
	Visit  int
	Field  string // for OtherValue, the field that differs; empty if the reasons differ
}

func (e *UsedError) Error() string {
	return fmt.Sprintf("answers: answer %d is not in the run (%s: %s, visit %d)", e.Number, e.Reason, e.Step, e.Visit)
}

// Progress says how far an earlier attempt to send a script has come.
type Progress struct {
	Used int // the number of answers, from the first, that need not be sent again
	// ByScript is true if the run's events can all come from an attempt to send the script: nobody has saved a draft,
	// amended a step or acted as another actor.
	ByScript bool
}

// Used compares a script with the events of a run, over all visits of its steps in the order in which they were closed.
// It returns a *UsedError if the run holds anything else than the first answers, possibly none. Sensitive values are
// not compared, since events do not hold them.
func Used(def *procedure.Definition, events []client.Event, answers []Answer) (Progress, error) {
	p := Progress{ByScript: true}
	past := history{def: def, drafts: map[string]stepData{}, closed: map[string]stepData{}}
	for _, e := range events {
		p.ByScript = p.ByScript && e.Actor == events[0].Actor &&
			e.Action != "step.draft_saved" && e.Action != "step.amended"
		act, err := readAct(e)
		if err != nil {
			return p, err
		}
		if e.Action == "step.committed" || e.Action == "step.skipped" {
			for p.Used < len(answers) && answers[p.Used].Refused {
				p.Used++
			}
			if p.Used == len(answers) {
				return p, &UsedError{Reason: TooFew, Number: p.Used, Step: act.Step, Visit: act.Visit}
			}
			if differs := past.compare(e.Action, act, answers[p.Used]); differs != nil {
				differs.Number, differs.Step, differs.Visit = p.Used+1, act.Step, act.Visit
				return p, differs
			}
			p.Used++
		}
		past.add(e.Action, act)
	}
	return p, nil
}

// Continues reports whether it is certain that a run still needs all answers of a script. The first answer must name
// the open step. If it also names a visit, this must be the open visit. Otherwise, the first step that the run closed,
// if any, must be a different step.
func Continues(run *Run, events []client.Event, answers []Answer) bool {
	if len(answers) == 0 || run.CurrentStep == nil || answers[0].Step != *run.CurrentStep {
		return false
	}
	if answers[0].Visit != nil {
		return *answers[0].Visit == OpenVisit(run)
	}
	for _, e := range events {
		if e.Action == "step.committed" || e.Action == "step.skipped" {
			act, err := readAct(e)
			return err == nil && act.Step != answers[0].Step
		}
	}
	return true
}

// OpenVisit returns the number of the open step's visit, or 0 if no step is open.
func OpenVisit(run *Run) int {
	for i := range run.Steps {
		if run.CurrentStep != nil && run.Steps[i].Key == *run.CurrentStep {
			return run.Steps[i].Visit
		}
	}
	return 0
}
