package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// report returns a report of a run in Markdown: what each step holds, who did it, and what a reviewer should see. Texts
// that people wrote stand in fenced blocks, so that they are read as data.
func (s *Server) report(ctx context.Context, id string) ([]byte, error) {
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, id, nil))
	if err != nil {
		return nil, err
	}
	locale := callerOf(ctx).locale
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n\n%s\n", locale.Text("assistant.report.title", fault.Params{"run": run.ID}),
		locale.Text("assistant.report.head", fault.Params{
			"procedure": run.ProcedureID, "version": run.ProcedureVersion, "state": string(run.State),
			"revision": run.Revision,
		}))
	if run.Reference != nil {
		fmt.Fprintf(&text, "\n%s", fenced(*run.Reference))
	}
	for _, step := range run.Steps {
		fmt.Fprintf(&text, "\n## %s\n\n%s", step.Key, fenced(stepLines(locale, step)))
	}
	for r, err := range s.exceptions(ctx, id) {
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "\n## %s\n\n%s", locale.Text("assistant.report.exception", fault.Params{
			"seq": r.Seq, "kind": r.Kind,
		}), fenced(exceptionLines(locale, r)))
	}
	return []byte(text.String()), nil
}

// stepLines returns what a report says of a step.
func stepLines(locale i18n.Locale, step client.RunStep) string {
	lines := []string{step.Title, locale.Text("assistant.report.state", fault.Params{"state": string(step.State)})}
	if step.CommittedBy != nil && step.CommittedAt != nil {
		lines = append(lines, locale.Text("assistant.report.by", fault.Params{
			"actor": *step.CommittedBy, "at": *step.CommittedAt,
		}))
	}
	values := shownValues(step)
	for _, name := range sortedNames(values) {
		line := name + ": " + string(values[name])
		if origin := step.Origins[name]; origin != "" && origin != "manual" {
			line += " (" + string(origin) + ")"
		}
		lines = append(lines, line)
	}
	for _, name := range step.Sensitive {
		lines = append(lines, locale.Text("assistant.report.sensitive", fault.Params{"slot": name}))
	}
	for _, name := range step.Erased {
		lines = append(lines, locale.Text("assistant.report.erased", fault.Params{"slot": name}))
	}
	for _, item := range step.Checklist {
		mark := "[ ] "
		if item.Completed {
			mark = "[x] "
		}
		lines = append(lines, mark+item.Label)
	}
	if step.Reason != nil {
		lines = append(lines, *step.Reason)
	}
	return strings.Join(lines, "\n")
}

// exceptionLines returns what a report says of an exception.
func exceptionLines(locale i18n.Locale, e client.RunException) string {
	lines := []string{locale.Text("assistant.report.by", fault.Params{"actor": e.Actor, "at": e.OccurredAt})}
	if e.Step != nil {
		lines = append(lines, *e.Step)
	}
	if e.Code != nil {
		lines = append(lines, *e.Code)
	}
	for _, issue := range e.Issues {
		lines = append(lines, withField(issue.Field, issue.Message))
	}
	for _, name := range e.Slots {
		lines = append(lines, "slots."+name)
	}
	if e.Reason != nil {
		lines = append(lines, *e.Reason)
	}
	return strings.Join(lines, "\n")
}

// fenced returns a text as a block of code. Its fence is longer than any run of backticks in the text.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + text + "\n" + fence + "\n"
}
