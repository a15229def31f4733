package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api/client"
)

// Answer is what is said of one step: a commit. Without a step it is the open one's.
type Answer struct {
	Step      string         `json:"step"`
	Slots     client.Values  `json:"slots"`
	Checklist []client.Tick  `json:"checklist"`
	Origins   client.Origins `json:"origins"`
	Visit     *client.Visit  `json:"visit"`
	// Skip is the reason why the step is skipped instead.
	Skip string `json:"skip"`
	// Refused says that the service must refuse the answer: any other outcome ends the script.
	Refused bool `json:"refused"`
}

func (a Answer) give(ctx context.Context, api API, runID string) (*Run, error) {
	if a.Skip != "" {
		return api.Skip(ctx, runID, a.Step, client.StepSkip{Reason: &a.Skip, Visit: a.Visit})
	}
	return api.Commit(ctx, runID, a.Step, "", client.StepCommit{Slots: a.Slots, Checklist: a.Checklist, Origins: a.Origins, Visit: a.Visit})
}

// ReadAnswers reads a script: a JSON array of answers, in the order in which they are given.
func ReadAnswers(data []byte) ([]Answer, error) {
	var answers []Answer
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("answers: nothing is there")
	}
	if err := json.Unmarshal(data, &answers, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	return answers, nil
}

// Play gives answers to a run, a line for each, until one is refused that should not be, or accepted that should be
// refused. It returns the run as it then stands.
func Play(ctx context.Context, api API, out io.Writer, run *Run, answers []Answer) (*Run, error) {
	for n, a := range answers {
		if a.Step == "" {
			if run.CurrentStep == nil {
				return run, fmt.Errorf("answer %d: the run is %s, no step is open", n+1, run.State)
			}
			a.Step = *run.CurrentStep
		}
		next, err := a.give(ctx, api, run.ID)
		var refused *ProblemError
		switch {
		case a.Refused && errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity:
			fmt.Fprintf(out, "✗ %s: %s\n", a.Step, clean(refused.Error()))
			continue
		case err != nil:
			return run, fmt.Errorf("%s: %w", a.Step, err)
		case a.Refused:
			return next, fmt.Errorf("%s: the answer should have been refused and was not", a.Step)
		}
		run = next
		fmt.Fprintf(out, "✓ %s: %d/%d, %s\n", a.Step, run.Progress.Steps.Committed+run.Progress.Steps.Skipped, run.Progress.Steps.Total-run.Progress.Steps.NotApplicable, run.State)
	}
	return run, nil
}
