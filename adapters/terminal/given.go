package terminal

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/decimal"
)

// Given returns the number of answers at the beginning of a script that a run already holds because an earlier attempt
// has sent them. ok is false if the run holds anything else, or if a step was visited more than once: the service
// returns only the last visit of each step, so the earlier answers cannot be compared.
func Given(run *Run, answers []Answer) (n int, ok bool) {
	for i := range run.Steps {
		step := &run.Steps[i]
		if step.Visit > 1 || step.EarlierVisits > 0 {
			return 0, false
		}
		if step.State != client.StepStateCommitted && step.State != client.StepStateSkipped {
			continue
		}
		for n < len(answers) && answers[n].Refused {
			n++
		}
		if n == len(answers) || !answers[n].isHeldBy(step) {
			return 0, false
		}
		n++
	}
	return n, true
}

// isHeldBy reports whether a committed or skipped step holds an answer and nothing else. Sensitive values are not
// compared.
func (a Answer) isHeldBy(step *client.RunStep) bool {
	if a.Step != "" && a.Step != step.Key {
		return false
	}
	if skipped := step.State == client.StepStateSkipped; skipped || a.Skip != "" {
		return skipped && a.Skip != ""
	}
	sensitive := map[string]bool{}
	for _, name := range step.Sensitive {
		sensitive[name] = true
	}
	for name, raw := range a.Slots {
		if held := step.Slots[name]; !sensitive[name] && !sameJSON(raw, held) {
			return false
		}
	}
	for name, held := range step.Slots {
		if !sensitive[name] && !sameJSON(a.Slots[name], held) {
			return false
		}
	}
	ticked := map[string]bool{}
	for _, t := range a.Checklist {
		ticked[t.Key] = t.Completed
	}
	for _, it := range step.Checklist {
		if ticked[it.Key] != it.Completed {
			return false
		}
	}
	return true
}

// isUntouched reports whether the open step of a run has neither values nor ticks yet.
func isUntouched(run *Run) bool {
	for i := range run.Steps {
		step := &run.Steps[i]
		if step.State != client.StepStateOpen {
			continue
		}
		if len(step.Slots) > 0 || len(step.Sensitive) > 0 {
			return false
		}
		for _, it := range step.Checklist {
			if it.Completed {
				return false
			}
		}
	}
	return true
}

// IsLeftBy reports whether the state of a run can be the result of an interrupted attempt to send these answers: the
// run holds the first of the answers, possibly none, and nothing else.
func IsLeftBy(run *Run, answers []Answer) bool {
	_, ok := Given(run, answers)
	return ok && isUntouched(run)
}

// sameJSON reports whether two JSON values are equal. It compares numbers by value and treats an empty value as null.
func sameJSON(a, b []byte) bool {
	if len(a) == 0 {
		a = []byte("null")
	}
	if len(b) == 0 {
		b = []byte("null")
	}
	x, errX := decimal.ParseGiven(string(bytes.TrimSpace(a)))
	y, errY := decimal.ParseGiven(string(bytes.TrimSpace(b)))
	if errX == nil && errY == nil {
		return x.Equal(y)
	}
	left, right := jsontext.Value(bytes.Clone(a)), jsontext.Value(bytes.Clone(b))
	return left.Canonicalize() == nil && right.Canonicalize() == nil && bytes.Equal(left, right)
}
