package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// simulate executes a definition with answers, and shows the path and the conditions that led to it. It returns 1
// finding if the run stops before its end, and 0 otherwise.
func (m *Main) simulate(
	ctx context.Context, def *procedure.Definition, meta string, answers []terminal.Answer,
) (findings int, err error) {
	start := run.StartParams{ID: "simulated", Version: &procedure.Version{Definition: def, Number: 1}}
	if meta != "" {
		node, err := jsondoc.Parse([]byte(meta))
		if err != nil {
			return 0, failure("metadata", nil)
		}
		value, issues := metadata.Read(node, "/metadata", "validation.type")
		if node.Kind != jsondoc.Object || issues.Count > 0 {
			return 0, failure("metadata", nil)
		}
		start.Metadata = value
	}
	var given []run.SimulationAnswer
	for i, a := range answers {
		if _, known := def.StepIndex(a.Step); !known && a.Step != "" {
			return 0, failure("answer_step", fault.Params{"number": i + 1, "step": a.Step})
		}
		if a.Refused { // a refused answer does not change a run, so the simulation leaves it out
			continue
		}
		answer := run.SimulationAnswer{Step: a.Step, Slots: map[string][]byte{}, Skip: a.Skip != ""}
		for name, raw := range a.Slots {
			answer.Slots[name] = raw
		}
		for _, t := range a.Checklist {
			answer.Ticks = append(answer.Ticks, checklist.Tick{Key: t.Key, Completed: t.Completed})
		}
		given = append(given, answer)
	}
	done := run.Simulate(ctx, start, given, run.Stamp{By: access.Unproven("simulation"), At: time.Now().UTC()})
	for _, p := range done.Path {
		m.printStep(def, p)
	}
	m.printConditions(done.Conditions)
	if done.Stopped == nil {
		m.println(say("simulated_end", nil))
		return 0, nil
	}
	f := fault.From(done.Stopped)
	_, detail := terminalLocale().Problem(f.Code, f.Params)
	m.printf("✗ %s (%s)", detail, f.Code)
	for _, text := range issueLines(f) {
		m.printf("  %s", text)
	}
	return 1, nil
}

// printStep shows a step that the simulation reached.
func (m *Main) printStep(def *procedure.Definition, p run.SimulationStep) {
	params := fault.Params{
		"step": def.Steps[p.Step].Key, "state": string(p.State), "transition": p.Transition,
		"not_applicable": p.NotApplicable, "missing": p.Missing,
	}
	if p.Visit > 1 {
		params["visit"] = p.Visit
	}
	m.println(say("simulated_step", params))
	m.printConditions(p.Conditions)
}

// printConditions shows conditions with their results and the values that they read.
func (m *Main) printConditions(conditions []run.ConditionResult) {
	for _, c := range conditions {
		values := make([]string, 0, len(c.Values))
		for _, name := range slices.Sorted(maps.Keys(c.Values)) {
			values = append(values, name+" = "+string(c.Values[name]))
		}
		m.println(say("simulated_condition", fault.Params{
			"condition": c.Condition, "expression": c.Expression, "result": c.Result,
			"values": strings.Join(values, ", "),
		}))
	}
}
