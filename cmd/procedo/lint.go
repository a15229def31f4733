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
		found, def := m.lintFile(ctx, file, c.Graph)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		findings += found
		switch {
		case def == nil:
		case c.Simulate != "":
			stopped, err := m.simulate(ctx, def, c.Metadata, answers)
			if err != nil {
				return err
			}
			findings += stopped
		case c.Graph:
			fmt.Fprint(m.Stdout, def.In(terminalLocale().Wanted()).Mermaid(terminalLocale().GraphWords()))
		}
	}
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

// lintFile shows the findings and warnings for a file. If there are no findings, it returns the definition and, if
// quiet is false, shows "0 findings".
func (m *Main) lintFile(ctx context.Context, file string, quiet bool) (findings int, def *procedure.Definition) {
	doc, err := readDocument(ctx, file)
	if ctx.Err() != nil {
		return 0, nil
	}
	if err != nil {
		m.println(doc.problemLine(file, err))
		return 1, nil
	}
	root, err := jsondoc.Parse(doc.json)
	if err != nil {
		m.println(doc.problemLine(file, err))
		return 1, nil
	}
	report := app.Lint(ctx, root, cel.Language{})
	show := func(is fault.Issue, text string) {
		line, column := doc.position(root, is.Field)
		m.printf("%s:%d:%d: %s", file, line, column, text)
	}
	showMore := func(all fault.IssueList, noun string) {
		if text := moreIssues(all.Count, len(all.First), noun); text != "" {
			m.printf("%s: %s", file, text)
		}
	}
	for _, is := range report.Issues.First {
		show(is, issueLine(is))
	}
	showMore(report.Issues, "findings")
	for _, is := range report.Warnings.First {
		show(is, say("warning", fault.Params{"warning": issueLine(is)}))
	}
	showMore(report.Warnings, "warnings")
	if report.Issues.Count == 0 && !quiet {
		m.printf("%s: %s", file, count("findings", 0))
	}
	return report.Issues.Count, report.Definition
}

// moreIssues returns a line about the issues that are not listed, such as "and 12 more findings". It is empty if all
// are listed. noun is findings or warnings.
func moreIssues(all, listed int, noun string) string {
	if all <= listed {
		return ""
	}
	return say("more_"+noun, fault.Params{"count": all - listed})
}

// issueLine formats an issue on one line, in the language of the terminal.
func issueLine(is fault.Issue) string {
	return terminal.IssueLine(is.Field, terminalLocale().Issue(is), is.Code)
}

// issueLines returns a line for each issue that the error lists, and one about those that it does not list.
func issueLines(f *fault.Error) (lines []string) {
	for _, is := range f.Issues {
		lines = append(lines, issueLine(is))
	}
	if text := moreIssues(f.IssueCount(), len(f.Issues), "findings"); text != "" {
		lines = append(lines, text)
	}
	return lines
}
