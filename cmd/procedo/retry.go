package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// maxSearched is the maximum number of open runs, the newest first, that unfinishedRun searches.
const maxSearched = maxPage

// quietTime is the time without events after which a run is no longer being executed by a script, since scripts send
// their answers without a pause.
const quietTime = 2 * time.Second

// unfinishedRun returns the open run that an earlier attempt with the same answers started but could not finish, or
// nil. The run must have the same procedure, version, user, actor and reference, and hold only the first answers. Each
// of its events must come from such an attempt, and no process may be executing it.
func (c runCmd) unfinishedRun(ctx context.Context, api apiClient, answers []terminal.Answer) (*terminal.Run, error) {
	actor, err := c.recordedActor(ctx, api)
	if err != nil {
		return nil, err
	}
	version := c.Version
	if version == 0 {
		latest, err := procedo.Decode[client.Procedure](api.GetProcedure(ctx, c.Procedure, nil))
		if procedo.IsRefused(err) {
			return nil, nil // starting the run will report it
		}
		if err != nil {
			return nil, err
		}
		version = latest.Version
	}
	params := client.ListRunsParams{ProcedureID: &c.Procedure}
	if c.Reference != "" {
		params.Reference = &c.Reference
	}
	if user := cmp.Or(c.user(), actor); user != "" {
		params.UserID = &user
	}
	runs, _, err := api.openRuns(ctx, params, maxSearched)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	def, err := api.definition(ctx, c.Procedure, version)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		hasMetadata := r.Metadata == nil || len(*r.Metadata) > 0 // nil if they were erased
		if r.ProcedureVersion != version || (r.Reference != nil) != (c.Reference != "") || hasMetadata {
			continue
		}
		events, err := api.Events(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if !isAttempt(def, events, answers, actor) {
			continue
		}
		if left, err := api.isLeft(ctx, r.ID, events, answers); err != nil || left {
			if err != nil {
				return nil, err
			}
			return api.Run(ctx, r.ID)
		}
	}
	return nil, nil
}

// definition reads and parses the definition of one version.
func (r apiClient) definition(ctx context.Context, id string, version int) (*procedure.Definition, error) {
	document, err := r.Definition(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return terminal.ReadDefinition(document, terminalLocale(), cel.Language{})
}

// recordedActor returns the actor as the trail would record it; empty if the service does not say.
func (c runCmd) recordedActor(ctx context.Context, api apiClient) (string, error) {
	me, err := procedo.Decode[client.Me](api.GetMe(ctx))
	if procedo.IsRefused(err) { // a service of an earlier release
		return c.actor(), nil
	}
	if err != nil {
		return "", shown(err)
	}
	return me.Actor, nil
}

// isAttempt reports whether the events of a run can come from an earlier attempt of the actor that did not send all
// answers.
func isAttempt(def *procedure.Definition, events []client.Event, answers []terminal.Answer, actor string) bool {
	p, err := terminal.Used(def, events, answers)
	return err == nil && p.ByScript && p.Used < len(answers) &&
		len(events) > 0 && (actor == "" || events[0].Actor == actor)
}

// isLeft reports whether no process executes a run any more: its last event is a refusal, or it has no new events for
// quietTime.
func (r apiClient) isLeft(
	ctx context.Context, id string, events []client.Event, answers []terminal.Answer,
) (bool, error) {
	expectsRefusal := slices.ContainsFunc(answers, func(a terminal.Answer) bool { return a.Refused })
	if strings.HasSuffix(events[len(events)-1].Action, "_refused") && !expectsRefusal {
		return true, nil
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(quietTime):
	}
	later, err := r.Run(ctx, id)
	if err != nil {
		return false, err
	}
	return later.CurrentStep != nil && later.Seq == events[len(events)-1].Seq, nil
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
		if run == nil {
			run, err = c.begin(ctx, api)
			return run, answers, err
		}
		m.println(say("continued", fault.Params{"run": run.ID}))
	} else if run, err = c.begin(ctx, api); err != nil {
		return nil, nil, err
	}
	used, err := c.used(ctx, api, run, answers)
	if err != nil {
		return nil, nil, err
	}
	if used > 0 {
		m.println(say("given", fault.Params{"count": used}))
	}
	return run, answers[used:], nil
}

// used returns the number of answers, from the first, that a run already holds. If the run holds other data, it returns
// an error that says how to continue, except where the script certainly holds only the answers that are left.
func (c runCmd) used(
	ctx context.Context, api apiClient, run *terminal.Run, answers []terminal.Answer,
) (int, error) {
	events, err := api.Events(ctx, run.ID)
	if err != nil {
		return 0, err
	}
	def, err := api.definition(ctx, run.ProcedureID, run.ProcedureVersion)
	if err != nil {
		return 0, err
	}
	p, err := terminal.Used(def, events, answers)
	var differs *terminal.UsedError
	switch {
	case !errors.As(err, &differs):
		return p.Used, err
	case len(answers) == 0 || terminal.Continues(run, events, answers):
		return 0, nil
	}
	c.Answers = ""
	params := fault.Params{
		"run": run.ID, "number": differs.Number, "step": terminal.StepTitle(run, differs.Step),
		"visit": differs.Visit, "field": differs.Field, "command": c.resumeCommand(run.ID),
	}
	why := say("answers_other_"+differs.Reason, params)
	if run.CurrentStep == nil {
		return 0, errors.New(why + " " + say("answers_other_ended", nil))
	}
	params["open"], params["key"] = terminal.StepTitle(run, *run.CurrentStep), *run.CurrentStep
	params["open_visit"] = terminal.OpenVisit(run)
	return 0, errors.New(why + " " + say("answers_other", params))
}
