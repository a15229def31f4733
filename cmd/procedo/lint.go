package main

import (
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

type lintCmd struct {
	Files []string `arg:"" help:"Definition files, JSON or YAML (.yaml, .yml), or folders of them."`
}

// Run checks each file and shows every finding as file:line:column; any makes the exit status 1. Nothing is saved.
func (c lintCmd) Run(m *Main) error {
	files, err := definitionFiles(c.Files)
	if err != nil {
		return err
	}
	findings := 0
	for _, file := range files {
		findings += m.lintFile(file)
	}
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

func (m *Main) lintFile(file string) (findings int) {
	doc, err := readDocument(file)
	if err != nil {
		fmt.Fprintf(m.Stdout, "%s: %v\n", file, err)
		return 1
	}
	root, err := jsondoc.Parse(doc.json)
	if err != nil {
		line, column := doc.errorPosition(err)
		fmt.Fprintf(m.Stdout, "%s:%d:%d: %s\n", file, line, column, notJSON(err))
		return 1
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
	if len(report.Issues) == 0 {
		fmt.Fprintf(m.Stdout, "%s: no findings\n", file)
	}
	return len(report.Issues)
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
