package procedo

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api/client"
)

// Run is a run with its entity tag, with which a commit can require that nobody has changed the run.
type Run struct {
	*client.Run
	Tag string
}

// runIn returns the run in an answer.
func runIn(res *http.Response, err error) (*Run, error) {
	run, err := Decode[client.Run](res, err)
	if err != nil {
		return nil, err
	}
	return &Run{run, ETag(res)}, nil
}

// Start starts a run of a procedure.
func (c *Client) Start(ctx context.Context, s client.RunStart) (*Run, error) {
	return runIn(c.API.StartRun(ctx, nil, s))
}

// Run returns a run.
func (c *Client) Run(ctx context.Context, id string) (*Run, error) {
	return runIn(c.API.GetRun(ctx, id, nil))
}

// Draft saves values and ticks of the open step, which is not committed yet.
func (c *Client) Draft(ctx context.Context, runID, step string, d client.StepDraft) (*Run, error) {
	return runIn(c.API.SaveDraft(ctx, runID, step, nil, d))
}

// Commit commits a step. If tag is not empty, it is refused when the run has another tag by now. If the data are
// refused, the error is a *Problem with the code "values.invalid" and all issues.
func (c *Client) Commit(ctx context.Context, runID, step, tag string, s client.StepCommit) (*Run, error) {
	params := &client.CommitStepParams{}
	if tag != "" {
		params.IfMatch = &tag
	}
	return runIn(c.API.CommitStep(ctx, runID, step, params, s))
}

// Amend corrects a committed step.
func (c *Client) Amend(ctx context.Context, runID, step string, a client.StepAmend) (*Run, error) {
	return runIn(c.API.AmendStep(ctx, runID, step, nil, a))
}

// Skip skips a step.
func (c *Client) Skip(ctx context.Context, runID, step string, s client.StepSkip) (*Run, error) {
	return runIn(c.API.SkipStep(ctx, runID, step, nil, s))
}

// Fail ends a run as failed.
func (c *Client) Fail(ctx context.Context, runID, reason string) (*Run, error) {
	return runIn(c.API.FailRun(ctx, runID, nil, client.RunFailure{Reason: reason}))
}

// Definition returns the definition document of a version, as JSON.
func (c *Client) Definition(ctx context.Context, procedureID string, version int) ([]byte, error) {
	return Read(c.API.GetProcedureVersion(ctx, procedureID, version, nil))
}

// Bundle returns the evidence of a run: what is needed to verify it without the service.
func (c *Client) Bundle(ctx context.Context, runID string) ([]byte, error) {
	return Read(c.API.GetRunBundle(ctx, runID, nil))
}
