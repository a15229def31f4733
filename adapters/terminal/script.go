package terminal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// Answer is the input for one step: the data to commit, or the reason to skip the step.
type Answer struct {
	Step      string         `json:"step"` // empty for the open step
	Slots     client.Values  `json:"slots"`
	Checklist []client.Tick  `json:"checklist"`
	Origins   client.Origins `json:"origins"`
	Visit     *client.Visit  `json:"visit"`
	// Skip is the reason to skip the step. If it is empty, the step is committed.
	Skip string `json:"skip"`
	// Refused means that the service is expected to refuse the answer. If the service accepts it, Play stops.
	Refused bool `json:"refused"`
}

func (a Answer) send(ctx context.Context, api API, runID string) (*Run, error) {
	if a.Skip != "" {
		return api.Skip(ctx, runID, a.Step, client.StepSkip{Reason: a.Skip, Visit: a.Visit})
	}
	return api.Commit(ctx, runID, a.Step, "", client.StepCommit{
		Slots: a.Slots, Checklist: a.Checklist, Origins: a.Origins, Visit: a.Visit,
	})
}

// The values of AnswersError.Reason.
const (
	NotAList      = "not_a_list"
	UnknownMember = "unknown_member"
	WrongType     = "wrong_type"
)

// AnswersError is the error of ReadAnswers for valid JSON that is not a script.
type AnswersError struct {
	Reason  string
	Pointer string // JSON pointer
	Found   string // the JSON type, for WrongType
}

func (e *AnswersError) Error() string {
	switch e.Reason {
	case NotAList:
		return "answers: the file must contain a list"
	case UnknownMember:
		return "answers: " + e.Pointer + ": unknown member"
	}
	return "answers: " + e.Pointer + ": unexpected " + e.Found
}

// ReadAnswers parses a script: a JSON array of answers, in the order in which they are sent. If the JSON is valid but
// is not a script, the error is an *AnswersError.
func ReadAnswers(data []byte) ([]Answer, error) {
	var answers []Answer
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("answers: the file is empty")
	}
	err := json.Unmarshal(data, &answers, json.RejectUnknownMembers(true))
	var wrong *json.SemanticError
	switch {
	case err == nil:
		return answers, nil
	case !errors.As(err, &wrong):
		return nil, fmt.Errorf("answers: %w", err)
	case wrong.JSONPointer == "":
		return nil, &AnswersError{Reason: NotAList}
	case errors.Is(err, json.ErrUnknownName):
		return nil, &AnswersError{Reason: UnknownMember, Pointer: string(wrong.JSONPointer)}
	}
	kind := map[jsontext.Kind]string{'{': "object", '[': "array"}[wrong.JSONKind]
	return nil, &AnswersError{
		Reason: WrongType, Pointer: string(wrong.JSONPointer), Found: cmp.Or(kind, wrong.JSONKind.String()),
	}
}

// Play sends answers to a run and writes one line about each answer to out. It stops with an error at an unexpected
// refusal, and at an answer that is accepted although it is marked Refused. It returns the run in its last known state.
func Play(
	ctx context.Context, api API, out io.Writer, locale i18n.Locale, run *Run, answers []Answer,
) (*Run, error) {
	for n, a := range answers {
		if a.Step == "" {
			if run.CurrentStep == nil {
				return run, errors.New(locale.Text("terminal.answer_left", fault.Params{
					"number": n + 1, "text": StateLine(locale, run, ""),
				}))
			}
			a.Step = *run.CurrentStep
		}
		title := StepTitle(run, a.Step)
		next, err := a.send(ctx, api, run.ID)
		var refused *ProblemError
		switch {
		case a.Refused && errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity:
			params := fault.Params{"step": EscapeLine(title), "problem": refused.Error()}
			fmt.Fprintln(out, Escape(locale.Text("terminal.refused", params))) // a line for each issue
			continue
		case err != nil:
			return run, fmt.Errorf("%s: %w", EscapeLine(title), err)
		case a.Refused:
			return next, errors.New(locale.Text("terminal.not_refused", fault.Params{"step": title}))
		}
		run = next
		steps := run.Progress.Steps
		fmt.Fprintln(out, EscapeLine(locale.Text("terminal.answered", fault.Params{
			"step": title, "done": steps.Committed + steps.Skipped, "total": steps.Total - steps.NotApplicable,
			"state": string(run.State),
		})))
	}
	return run, nil
}

// StepTitle returns the title of a step, or the key if the run has no such step.
func StepTitle(run *Run, key string) string {
	for i := range run.Steps {
		if run.Steps[i].Key == key {
			return run.Steps[i].Title
		}
	}
	return key
}

// StateLine returns a line with the id of a run and either its state or, if a step is open, the title of that step and
// the command that continues the run.
func StateLine(locale i18n.Locale, run *Run, command string) string {
	if run.CurrentStep == nil {
		return locale.Text("terminal.stands", fault.Params{"id": run.ID, "state": string(run.State)})
	}
	step := StepTitle(run, *run.CurrentStep)
	return EscapeLine(locale.Text("terminal.resume", fault.Params{"id": run.ID, "step": step, "command": command}))
}
