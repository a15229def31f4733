package run_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// The trail records which transitions held. An amendment finds the same from the run as it is, or knows that it cannot
// because a value was erased.
func TestAnAmendmentFindsWhichTransitionsTheRunTook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recorded, erased := map[string]bool{}, false
		execute(t, func(x executed, h *history) {
			for _, e := range x.decision.Events {
				for _, c := range conditionsOf(e.Fact) {
					recorded[c.Condition] = c.Result
				}
				_, removed := e.Fact.(run.ContentErased)
				erased = erased || removed
			}
			if h.run.State == run.Failed { // no step of it is amended
				return
			}
			for i, s := range h.run.Steps {
				if s.State == run.Committed || s.State == run.Skipped {
					requireTaken(t, h.run, i, recorded, erased)
				}
			}
		})
	})
}

// requireTaken checks what is found of the transitions of a closed step.
func requireTaken(t *rapid.T, r run.Run, i int, recorded map[string]bool, erased bool) {
	for k, transition := range r.Version.Steps[i].Transitions {
		if transition.When == nil {
			return
		}
		want, evaluated := recorded[transition.When.Pointer]
		require.True(t, evaluated, "the run has passed %s", transition.Pointer)
		taken, known, err := run.Taken(r, i, k)
		require.NoError(t, err)
		require.True(t, known || erased)
		if known {
			require.Equal(t, want, taken, "%s in a run with the steps %+v", transition.Pointer, r.Steps)
		}
		if want {
			return
		}
	}
}

func conditionsOf(f run.Fact) []run.ConditionResult {
	switch f := f.(type) {
	case run.Opened:
		return f.Conditions
	case run.StepNotApplicable:
		return f.Conditions
	case run.RunCompleted:
		return f.Conditions
	case run.Created, run.Started, run.DraftSaved, run.StepCommitted, run.StepSkipped, run.Amended, run.RunFailed,
		run.ContentErased, run.ValueErased, run.SlotRevealed, run.Refused: // these lead nowhere
	}
	return nil
}

// An amendment evaluates the conditions of its step anew, which may read an erased value. Those that led to the run's
// path keep it from giving such a value anew at most.
func TestNoErasedValueOnThePathRefusesAnotherAmendment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, _ *history) {
			amend, ok := x.command.(run.Amend)
			refusal, refused := x.err.(*fault.Error) //nolint:errorlint // as Decide returns it
			if !ok || !refused || refusal.Params["reason"] != "erased" {
				return
			}
			i, _ := x.before.Version.StepIndex(amend.Step)
			pointer, name := fmt.Sprint(refusal.Params["condition"]), fmt.Sprint(refusal.Params["name"])
			if !strings.Contains(pointer, "/transitions/") {
				require.True(t, strings.HasPrefix(pointer, fmt.Sprintf("/steps/%d/", i)), pointer)
				return
			}
			slot, given := strings.CutPrefix(name, amend.Step+".")
			require.True(t, given, "%s reads %s", pointer, name)
			require.Contains(t, amend.Slots, slot)
		})
	})
}
