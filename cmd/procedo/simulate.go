package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// simulate walks a definition with answers, and shows the path and why it was taken; stopped is 1 where it has no end.
func (m *Main) simulate(def *procedure.Definition, meta string, answers []terminal.Answer) (stopped int, err error) {
	b := run.StartParams{ID: "simulated", Version: &procedure.Version{Definition: def, Number: 1}}
	if meta != "" {
		node, err := jsondoc.Parse([]byte(meta))
		if err != nil {
			return 0, fmt.Errorf("--metadata: %w", err)
		}
		value, issues := metadata.Read(node, "/metadata", "validation.type")
		if node.Kind != jsondoc.Object || len(issues) > 0 {
			return 0, errors.New("--metadata: a JSON object is needed, whose numbers are IEEE 754 doubles")
		}
		b.Metadata = value
	}
	given := make([]run.SimulationAnswer, len(answers))
	for i, a := range answers {
		if _, known := def.StepIndex(a.Step); !known {
			return 0, fmt.Errorf("answer %d: there is no step %q", i+1, a.Step)
		}
		given[i] = run.SimulationAnswer{Step: a.Step, Slots: map[string][]byte{}, Skip: a.Skip != ""}
		for name, raw := range a.Slots {
			given[i].Slots[name] = raw
		}
		for _, t := range a.Checklist {
			given[i].Ticks = append(given[i].Ticks, checklist.Tick{Key: t.Key, Completed: t.Completed})
		}
	}
	done := run.Simulate(b, given, run.Stamp{Actor: "simulation", At: time.Now().UTC()})
	for _, p := range done.Path {
		m.printStep(def, p)
	}
	m.printRulings(done.Conditions)
	if done.Stopped == nil {
		fmt.Fprintln(m.Stdout, "= end")
		return 0, nil
	}
	f := fault.From(done.Stopped)
	_, detail := terminalLocale().Problem(f.Code, f.Params)
	fmt.Fprintf(m.Stdout, "✗ %s (%s)\n", detail, f.Code)
	for _, is := range f.Issues {
		fmt.Fprintf(m.Stdout, "  %s\n", terminal.IssueLine(is.Field, terminalLocale().Issue(is), is.Code))
	}
	return 1, nil
}

func (m *Main) printStep(def *procedure.Definition, p run.SimulationStep) {
	line := "→ " + def.Steps[p.Step].Key + ": " + string(p.State)
	if p.Visit > 1 {
		line += fmt.Sprintf(", visit %d", p.Visit)
	}
	if p.Transition != "" {
		line += ", passed over by " + p.Transition
	}
	if len(p.NotApplicable) > 0 {
		line += "; without " + strings.Join(p.NotApplicable, ", ")
	}
	if len(p.Missing) > 0 {
		line += "; missing " + strings.Join(p.Missing, ", ")
	}
	fmt.Fprintln(m.Stdout, line)
	m.printRulings(p.Conditions)
}

func (m *Main) printRulings(rulings []run.ConditionResult) {
	for _, r := range rulings {
		seen := make([]string, 0, len(r.Values))
		for _, name := range slices.Sorted(maps.Keys(r.Values)) {
			seen = append(seen, name+" = "+string(r.Values[name]))
		}
		fmt.Fprintf(m.Stdout, "    %s: %s is %t (%s)\n", r.Condition, r.Expression, r.Result, strings.Join(seen, ", "))
	}
}
