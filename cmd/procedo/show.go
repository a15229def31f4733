package main

import (
	"context"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
)

type showCmd struct {
	database
	Server string `help:"Use this server instead of a database." placeholder:"URL"`
	tokenFlag
	RunID string `arg:"" name:"run" help:"Id of the run."`
}

// Run shows a run: its state, and what each step holds.
func (c showCmd) Run(ctx context.Context, m *Main) error {
	api, done, err := c.connectAPI(ctx, c.Server, c.tokenFlag, "")
	if err != nil {
		return err
	}
	defer done()
	run, err := api.Run(ctx, c.RunID)
	if err != nil {
		return err
	}
	document, err := api.Definition(ctx, run.ProcedureID, run.ProcedureVersion)
	if err != nil {
		return err
	}
	texts, err := terminal.ReadTexts(document, terminalLocale(), cel.Language{})
	if err != nil {
		return err
	}
	texts.Show(m.Stdout, run)
	resume := runCmd{database: c.database, Server: c.Server, tokenFlag: c.tokenFlag}
	m.println(terminal.StateLine(terminalLocale(), run, resume.resumeCommand(run.ID)))
	return nil
}
