package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// maxOffered is the maximum number of runs to choose from.
const maxOffered = 20

// offer lists the procedures that can be started and the runs that can be continued. At a terminal, it asks for one of
// them and returns the runCmd that executes it, or false if the person leaves. Without a terminal, it returns an error
// after the list.
func (c runCmd) offer(ctx context.Context, m *Main, api apiClient, atTerminal bool) (chosen bool, _ runCmd, err error) {
	procedures, err := api.procedures(ctx, false)
	if err != nil {
		return false, c, err
	}
	runs, more, err := api.openRuns(ctx, client.ListRunsParams{}, maxOffered)
	if err != nil {
		return false, c, err
	}
	l := newLister(api)
	if !atTerminal {
		return false, c, errors.Join(m.list(ctx, l, procedures, runs, more), failure("run_what", nil))
	}
	if len(procedures)+len(runs) == 0 {
		return false, c, failure("nothing_to_run", nil)
	}
	console, restore, err := terminal.Open(os.Stdin, os.Stdout)
	if err != nil {
		return false, c, err
	}
	choice, err := await(ctx, func() (*runCmd, error) { return c.ask(ctx, console, l, procedures, runs) })
	err = errors.Join(err, restore())
	if ctx.Err() != nil {
		m.println("") // the cursor is behind the question
	}
	if choice == nil {
		return false, c, err
	}
	return true, *choice, err
}

// ask shows procedures and runs with numbers, and asks for a number. It returns nil if the person leaves.
func (c runCmd) ask(
	ctx context.Context, console terminal.Console, l lister, procedures []client.ProcedureSummary,
	runs []client.RunSummary,
) (*runCmd, error) {
	n := 0
	show := func(line string, err error) error {
		n++
		terminal.Printf(console, "  %d  %s", n, line)
		return err
	}
	terminal.Printf(console, "%s", say("offer_start", nil))
	for _, p := range procedures {
		if err := show(l.procedureLine(ctx, p)); err != nil {
			return nil, err
		}
	}
	if len(runs) > 0 {
		terminal.Printf(console, "%s", say("offer_continue", nil))
	}
	for _, r := range runs {
		if err := show(l.runLine(ctx, r)); err != nil {
			return nil, err
		}
	}
	for {
		line, err := console.ReadLine(say("offer_which", nil))
		if errors.Is(err, io.EOF) || err == nil && (strings.TrimSpace(line) == "" || terminal.IsQuit(line)) {
			return nil, nil //nolint:nilnil // the person has left
		}
		if err != nil {
			return nil, err
		}
		switch i, failed := strconv.Atoi(strings.TrimSpace(line)); {
		case failed != nil || i < 1 || i > n:
			terminal.Printf(console, "%s", terminalLocale().Text("terminal.number_from_to", fault.Params{"max": n}))
		case i <= len(procedures):
			c.Procedure = procedures[i-1].ID
			return &c, nil
		default:
			c.Resume = runs[i-1-len(procedures)].ID
			return &c, nil
		}
	}
}
