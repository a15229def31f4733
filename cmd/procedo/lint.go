package main

import (
	"context"
	"fmt"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

type lintCmd struct {
	Simulate string `help:"Simulate a run with the answers in this file; - is standard input." placeholder:"FILE"`
	Metadata string `help:"Metadata of the simulated run, as a JSON object." placeholder:"JSON"`
	Graph    bool   `help:"Print the paths through each definition as a Mermaid flowchart."`

	Files []string `arg:"" help:"Definition files (.json, .yaml, .yml), or folders of them."`
}

// Help is shown by --help below the summary.
func (lintCmd) Help() string {
	return "A file for --simulate is a JSON or YAML list of {step, slots, checklist, skip}, as for run --answers. " +
		"The simulation shows the path and the conditions that led to it."
}

// Run checks each file and shows every finding with file, line and column. With findings the exit status is 1.
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
			fmt.Fprint(m.Stdout, def.Mermaid(graphWords()))
		}
	}
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

// graphWords returns the words of flowcharts in the language of the terminal.
func graphWords() procedure.GraphWords {
	return procedure.GraphWords{
		When:      func(e string) string { return say("graph_when", fault.Params{"expression": e}) },
		Skippable: say("graph_skippable", nil), NotApplicable: say("graph_not_applicable", nil),
		End: say("graph_end", nil),
	}
}

// lintFile shows the findings and warnings for a file. If there are no findings, it returns the definition and, if
// quiet is false, shows "0 findings".
func (m *Main) lintFile(file string, quiet bool) (findings int, def *procedure.Definition) {
	doc, err := readDocument(file)
	if err != nil {
		fmt.Fprintln(m.Stdout, doc.problemLine(file, err))
		return 1, nil
	}
	root, err := jsondoc.Parse(doc.json)
	if err != nil {
		fmt.Fprintln(m.Stdout, doc.problemLine(file, err))
		return 1, nil
	}
	report := app.Lint(root, cel.Language{})
	show := func(is fault.Issue, text string) {
		line, column := doc.position(root, is.Field)
		fmt.Fprintf(m.Stdout, "%s:%d:%d: %s\n", file, line, column, text)
	}
	for _, is := range report.Issues {
		show(is, issueLine(is))
	}
	for _, is := range report.Warnings {
		show(is, say("warning", fault.Params{"warning": issueLine(is)}))
	}
	if len(report.Issues) == 0 && !quiet {
		fmt.Fprintf(m.Stdout, "%s: %s\n", file, count("findings", 0))
	}
	return len(report.Issues), report.Definition
}

// issueLine formats an issue on one line, in the language of the terminal.
func issueLine(is fault.Issue) string {
	return terminal.IssueLine(is.Field, terminalLocale().Issue(is), is.Code)
}
