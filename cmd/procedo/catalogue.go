package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// maxPage is the largest page that the API allows.
const maxPage = 200

// connectAPI returns a client of the server or, if server is "", of a service in this process that only reads. The
// database of this service must exist. It also returns a function that closes the service.
func (d database) connectAPI(
	ctx context.Context, server string, token tokenFlag, actor string,
) (api apiClient, done func(), err error) {
	if server != "" {
		api, err = newAPIClient(ctx, server, token, actor)
		return api, func() {}, err
	}
	w, err := d.openReading(ctx)
	if err != nil {
		return api, nil, err
	}
	if api, err = w.readInProcess(d, actor); err != nil {
		return api, nil, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), w.close())
	}
	return api, func() { w.close() }, nil
}

// procedures returns the procedures in the order of their ids. It leaves out archived ones unless withArchived is true.
func (r apiClient) procedures(ctx context.Context, withArchived bool) ([]client.ProcedureSummary, error) {
	params := client.ListProceduresParams{Limit: new(maxPage)}
	if !withArchived {
		params.Status = new(client.ProcedureStatusActive)
	}
	return all(r.calls.Procedures(ctx, params))
}

// runs returns the newest runs that match the parameters, up to the given limit. It also reports whether older runs
// match, too.
func (r apiClient) runs(
	ctx context.Context, params client.ListRunsParams, limit int,
) (found []client.RunSummary, more bool, err error) {
	params.Limit = new(min(maxPage, limit+1))
	for run, err := range r.calls.Runs(ctx, params) {
		if err != nil {
			return nil, false, shown(err)
		}
		if len(found) == limit {
			return found, true, nil
		}
		found = append(found, run)
	}
	return found, false, nil
}

// openRuns is like runs but returns only runs that have not ended.
func (r apiClient) openRuns(
	ctx context.Context, params client.ListRunsParams, limit int,
) (all []client.RunSummary, more bool, err error) {
	params.State = client.FilterState{client.RunStatePending, client.RunStateInProgress}
	return r.runs(ctx, params, limit)
}

// lister formats procedures and runs as lines. It needs the texts of each version and keeps them, so that it reads each
// version only once.
type lister struct {
	api   apiClient
	texts map[versionKey]*terminal.Texts
}

type versionKey struct {
	procedure string
	version   int
}

func newLister(api apiClient) lister { return lister{api, map[versionKey]*terminal.Texts{}} }

func (l lister) textsOf(ctx context.Context, procedure string, version int) (*terminal.Texts, error) {
	key := versionKey{procedure, version}
	if t := l.texts[key]; t != nil {
		return t, nil
	}
	document, err := l.api.Definition(ctx, procedure, version)
	if err != nil {
		return nil, err
	}
	t, err := terminal.ReadTexts(document, terminalLocale(), cel.Language{})
	if err == nil {
		l.texts[key] = t
	}
	return t, err
}

// procedureLine returns a line about a procedure.
func (l lister) procedureLine(ctx context.Context, p client.ProcedureSummary) (string, error) {
	t, err := l.textsOf(ctx, p.ID, p.Version)
	if err != nil {
		return "", err
	}
	return say("list_procedure", fault.Params{
		"name": t.Name(), "id": p.ID, "version": p.Version, "archived": p.Status == client.ProcedureStatusArchived,
	}), nil
}

// runLine returns a line about a run.
func (l lister) runLine(ctx context.Context, r client.RunSummary) (string, error) {
	t, err := l.textsOf(ctx, r.ProcedureID, r.ProcedureVersion)
	if err != nil {
		return "", err
	}
	params := fault.Params{
		"run": r.ID, "name": t.Name(), "state": string(r.State),
		"at": terminal.Moment(terminalLocale(), r.CreatedAt),
	}
	if r.UserID != nil {
		params["user"] = *r.UserID
	}
	if r.CurrentStep != nil {
		params["step"] = t.Step(*r.CurrentStep)
	}
	if r.Reference != nil {
		params["reference"] = *r.Reference
	}
	return strings.TrimSpace(say("list_run", params)), nil
}
