package terminal

import (
	"context"
	"fmt"

	"github.com/procedo/procedo/api/client"
)

// API holds the operations of the service that this package calls. If the service returns a problem, the error is a
// *ProblemError.
type API interface {
	// Definition returns the definition document of one version.
	Definition(ctx context.Context, procedureID string, version int) ([]byte, error)
	Run(ctx context.Context, id string) (*Run, error)
	// Form returns a step as a form needs it.
	Form(ctx context.Context, runID, step string) (*client.StepForm, error)
	Draft(ctx context.Context, runID, step string, d client.StepDraft) (*Run, error)
	// Commit commits a step. If tag is not empty, the service commits only if the run still has this entity tag.
	Commit(ctx context.Context, runID, step, tag string, c client.StepCommit) (*Run, error)
	Skip(ctx context.Context, runID, step string, s client.StepSkip) (*Run, error)
	Fail(ctx context.Context, runID, reason string) (*Run, error)
	// Events returns all events of a run, oldest first.
	Events(ctx context.Context, runID string) ([]client.Event, error)
}

// Run is a run together with its entity tag.
type Run struct {
	*client.Run
	Tag string
}

// ProblemError is a problem that the service returned, as a Go error.
type ProblemError struct {
	*client.Problem
	More string // a text about the issues that the problem does not list; empty if it lists all
}

func (r *ProblemError) Error() string {
	text := []byte(EscapeLine(r.Title + ". " + r.Detail))
	for _, is := range r.Issues {
		text = fmt.Appendf(text, "\n  %s", IssueLine(is.Field, is.Message, is.Code))
	}
	if r.More != "" {
		text = fmt.Appendf(text, "\n  %s", r.More)
	}
	return string(text)
}

// IssueLine formats an issue on one line: its field, its message and its code.
func IssueLine(field, message, code string) string {
	return EscapeLine(fmt.Sprintf("%s: %s (%s)", field, message, code))
}
