package main

import (
	"context"
	"strconv"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

type listCmd struct {
	database
	Server string `help:"Use this server instead of a database." placeholder:"URL"`
	tokenFlag
	All   bool `help:"Also list archived procedures and runs that have ended."`
	Limit int  `default:"50" help:"Number of runs to list, the newest first." placeholder:"N"`
}

// Run lists the procedures and the runs.
func (c listCmd) Run(ctx context.Context, m *Main) error {
	if c.Limit < 1 {
		return failure("at_least", fault.Params{"flag": "--limit", "given": strconv.Itoa(c.Limit), "min": "1"})
	}
	api, done, err := c.connectAPI(ctx, c.Server, c.tokenFlag, "")
	if err != nil {
		return err
	}
	defer done()
	procedures, err := api.procedures(ctx, c.All)
	if err != nil {
		return err
	}
	runs := api.openRuns
	if c.All {
		runs = api.runs
	}
	found, more, err := runs(ctx, client.ListRunsParams{}, c.Limit)
	if err != nil {
		return err
	}
	return m.list(ctx, newLister(api), procedures, found, more)
}

// list prints procedures and runs, one per line.
func (m *Main) list(
	ctx context.Context, l lister, procedures []client.ProcedureSummary, runs []client.RunSummary, more bool,
) error {
	m.println(say("list_procedures", nil))
	if len(procedures) == 0 {
		m.println("  " + say("list_no_procedure", nil))
	}
	for _, p := range procedures {
		line, err := l.procedureLine(ctx, p)
		if err != nil {
			return err
		}
		m.println("  " + line)
	}
	m.println(say("list_runs", nil))
	if len(runs) == 0 {
		m.println("  " + say("list_no_run", nil))
	}
	for _, r := range runs {
		line, err := l.runLine(ctx, r)
		if err != nil {
			return err
		}
		m.println("  " + line)
	}
	if more {
		m.println("  " + say("list_more", nil))
	}
	return nil
}
