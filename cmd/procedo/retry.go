package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// maxSearched is the maximum number of open runs, the newest first, that unfinishedRun searches.
const maxSearched = 20

// unfinishedRun returns the open run that an earlier attempt with the same answers started but could not finish, or
// nil. The run must have the same procedure, version, user, actor and reference, and hold only answers from the
// beginning of the list. Its last event must be a refusal: otherwise, another process may still be executing the run.
func (c runCmd) unfinishedRun(ctx context.Context, api apiClient, answers []terminal.Answer) (*terminal.Run, error) {
	version := c.Version
	if version == 0 {
		latest, err := api.GetProcedureWithResponse(ctx, c.Procedure, nil)
		if err != nil || latest.JSON200 == nil {
			return nil, err // if there is no such procedure, starting the run will report it
		}
		version = latest.JSON200.Version
	}
	params := client.ListRunsParams{ProcedureID: &c.Procedure}
	if c.Reference != "" {
		params.Reference = &c.Reference
	}
	if user := c.userID(); user != "" {
		params.UserID = &user
	}
	runs, _, err := api.openRuns(ctx, params, maxSearched)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.ProcedureVersion != version || (r.Reference != nil) != (c.Reference != "") {
			continue
		}
		run, err := api.Run(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		refused, err := api.endsWithRefusal(ctx, r.ID, c.actor())
		if err != nil {
			return nil, err
		}
		if refused && terminal.IsLeftBy(run, answers) {
			return run, nil
		}
	}
	return nil, nil
}

// endsWithRefusal reports whether the last event of a run is a refusal of a command by the actor.
func (r apiClient) endsWithRefusal(ctx context.Context, runID, actor string) (bool, error) {
	kind := client.ListAuditEventsParamsEntityTypeRun
	params := client.ListAuditEventsParams{EntityType: &kind, EntityID: &runID, Limit: new(1)}
	page, err := r.ListAuditEventsWithResponse(ctx, &params)
	if err != nil {
		return false, err
	}
	if page.JSON200 == nil {
		return false, responseError(page.Status(), page.Body)
	}
	if len(page.JSON200.Items) == 0 {
		return false, nil
	}
	last := page.JSON200.Items[0]
	return last.Actor == actor && strings.HasSuffix(last.Action, "_refused"), nil
}

// userID returns the user of the run to start: --user or else the actor.
func (c runCmd) userID() string {
	if c.UserID != "" {
		return c.UserID
	}
	return c.actor()
}

// beginScript starts or continues a run for the answers of a script. It returns the run and the answers that the run
// does not hold yet. If an earlier attempt could not finish its run, beginScript continues that run.
func (c runCmd) beginScript(
	ctx context.Context, m *Main, api apiClient, answers []terminal.Answer,
) (run *terminal.Run, left []terminal.Answer, err error) {
	if c.Resume == "" {
		if run, err = c.unfinishedRun(ctx, api, answers); err != nil {
			return nil, nil, err
		}
	}
	if run != nil {
		fmt.Fprintln(m.Stdout, say("continued", fault.Params{"run": run.ID}))
	} else if run, err = c.begin(ctx, api); err != nil {
		return nil, nil, err
	}
	if n, ok := terminal.Given(run, answers); ok && n > 0 && n < len(answers) {
		fmt.Fprintln(m.Stdout, say("given", fault.Params{"count": n}))
		answers = answers[n:]
	}
	return run, answers, nil
}
