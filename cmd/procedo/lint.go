package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

type lintCmd struct {
	Simulate string `help:"Walk each definition with the answers of this file, a JSON or YAML list of {step, slots, checklist, skip}, and show the path and why; - is standard input." placeholder:"FILE"`
	Metadata string `help:"Metadata of the simulated run, a JSON object." placeholder:"JSON"`
	Graph    bool   `help:"Print the ways through each definition as a Mermaid flowchart."`

	Files []string `arg:"" help:"Definition files, JSON or YAML (.yaml, .yml), or folders of them."`
}

// Run checks each file and shows every finding as file:line:column; any makes the exit status 1. Nothing is saved.
func (c lintCmd) Run(ctx context.Context, m *Main) error {
	files, err := definitionFiles(c.Files)
	if err != nil {
		return err
	}
	var answers []terminal.Answer
	if c.Simulate != "" {
		if answers, err = readScript(ctx, c.Simulate); err != nil {
			return err
		}
	}
	findings := 0
	for _, file := range files {
		found, def := m.lintFile(file, c.Graph)
		findings += found
		switch {
		case def == nil:
		case c.Simulate != "":
			stopped, err := m.simulate(def, c.Metadata, answers)
			if err != nil {
				return err
			}
			findings += stopped
		case c.Graph:
			fmt.Fprint(m.Stdout, def.Mermaid())
		}
	}
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

// lintFile shows what there is to say of a file; quiet, nothing where there is nothing. A definition without findings is
// returned.
func (m *Main) lintFile(file string, quiet bool) (findings int, def *procedure.Definition) {
	doc, err := readDocument(file)
	if err != nil {
		fmt.Fprintf(m.Stdout, "%s: %v\n", file, err)
		return 1, nil
	}
	root, err := jsondoc.Parse(doc.json)
	if err != nil {
		line, column := doc.errorPosition(err)
		fmt.Fprintf(m.Stdout, "%s:%d:%d: %s\n", file, line, column, notJSON(err))
		return 1, nil
	}
	report := app.Lint(root, cel.Language{})
	show := func(kind string, is fault.Issue) {
		line, column := doc.position(root, is.Field)
		fmt.Fprintf(m.Stdout, "%s:%d:%d: %s%s\n", file, line, column, kind, terminal.IssueLine(is.Field, terminalLocale().Issue(is), is.Code))
	}
	for _, is := range report.Issues {
		show("", is)
	}
	for _, is := range report.Warnings {
		show("warning: ", is)
	}
	if len(report.Issues) == 0 && !quiet {
		fmt.Fprintf(m.Stdout, "%s: no findings\n", file)
	}
	return len(report.Issues), report.Definition
}

// notJSON says why a text is refused, in the language of the terminal.
func notJSON(err error) string {
	var at *jsondoc.Error
	if !errors.As(err, &at) {
		return err.Error()
	}
	_, detail := terminalLocale().Problem("request.malformed", fault.Params{"reason": at.Reason, "offset": at.Offset, "pointer": at.Pointer})
	return detail
}
