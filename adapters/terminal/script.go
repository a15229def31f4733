package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	// Refused says that the service must refuse the answer: any other outcome ends the script.
	Refused bool `json:"refused"`
}

// ReadAnswers reads a script: a JSON array of answers, in the order in which they are given.
func ReadAnswers(data []byte) ([]Answer, error) {
	var answers []Answer
	if err := json.Unmarshal(data, &answers, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	return answers, nil
}

// Play gives answers to a run, a line for each, until one is refused that should not be, or accepted that should be
// refused. It returns the run as it then stands.
func Play(ctx context.Context, api API, out io.Writer, run *client.Run, answers []Answer) (*client.Run, error) {
	for n, a := range answers {
		if a.Step == "" {
			if run.CurrentStep == nil {
				return run, fmt.Errorf("answer %d: the run is %s, no step is open", n+1, run.State)
			}
			a.Step = *run.CurrentStep
		}
		next, err := api.Commit(ctx, run.ID, a.Step, client.StepCommit{Slots: a.Slots, Checklist: a.Checklist, Origins: a.Origins, Visit: a.Visit})
		var refused *ProblemError
		switch {
		case a.Refused && errors.As(err, &refused):
			fmt.Fprintf(out, "✗ %s: %s\n", a.Step, refused)
			continue
		case err != nil:
			return run, fmt.Errorf("%s: %w", a.Step, err)
		case a.Refused:
			return next, fmt.Errorf("%s: the answer should have been refused and was not", a.Step)
		}
		run = next
		fmt.Fprintf(out, "✓ %s: %d/%d, %s\n", a.Step, run.Progress.Steps.Committed, run.Progress.Steps.Total, run.State)
	}
	return run, nil
}
