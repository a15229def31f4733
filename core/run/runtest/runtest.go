// Package runtest generates random procedures and commands for tests of runs and of their storage.
package runtest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// samples holds, for each slot type, raw JSON values that a slot without further rules accepts, and raw values that it
// refuses. Some accepted values, such as null, count as absent.
var samples = map[slot.Type]struct{ valid, invalid []string }{
	slot.String:   {[]string{`"a"`, `"é \u0041"`, `""`, `null`}, []string{`1`, `"a\nb"`, `[]`}},
	slot.LongText: {[]string{`"two\nlines"`, `"x"`, `"  "`}, []string{`true`, `{}`}},
	slot.Integer: {
		[]string{`0`, `3.0`, `1e3`, `12345678901234567890`, `null`},
		[]string{`"3"`, `3.9`, `true`, `1e101`},
	},
	slot.Decimal:  {[]string{`0.1`, `-2.50`, `1e-7`, `10`}, []string{`"0.1"`, `[1]`, `1e-101`}},
	slot.Bool:     {[]string{`true`, `false`}, []string{`"true"`, `0`}},
	slot.DateOnly: {[]string{`"2024-02-29"`, `"0001-01-01"`}, []string{`"2023-02-29"`, `"2024-2-9"`, `20240229`}},
	slot.DateTime: {
		[]string{`"2026-11-23T09:30:00+01:00"`, `"2026-11-23T09:30:00.123456789Z"`},
		[]string{`"2026-11-23"`, `"2026-11-23T09:30:00"`},
	},
	slot.TimeOfDay: {[]string{`"09:30:00"`, `"23:59:59.5"`}, []string{`"24:00:00"`, `"9:30"`}},
	slot.Enum:      {[]string{`"a"`, `"b"`, `null`}, []string{`"c"`, `1`, `"A"`}},
	slot.MultiEnum: {[]string{`["a"]`, `["b","a"]`, `[]`}, []string{`"a"`, `["a","a"]`, `["c"]`, `[1]`}},
	slot.Email:     {[]string{`"a@example.org"`}, []string{`"a"`, `"A <a@example.org>"`}},
	slot.Phone:     {[]string{`"+33 1 23 45 67 89"`}, []string{`"0123"`, `"call me"`}},
	slot.URL:       {[]string{`"https://example.org/x"`}, []string{`"ftp://example.org"`, `"http:"`}},
}

// Version draws a procedure of one to four steps with slots of all types, some of them sensitive, and checklist items.
// Half of the procedures may also have conditions, branches, loops and skips.
func Version(language condition.Language) *rapid.Generator[*procedure.Version] {
	return rapid.Custom(func(t *rapid.T) *procedure.Version {
		steps := []object{}
		for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
			steps = append(steps, drawStep(t, i))
		}
		if rapid.Bool().Draw(t, "conditional") {
			addConditions(t, steps)
		}
		doc := map[string]any{
			"id":         "random",
			"name":       "Random",
			"steps":      steps,
			"max_visits": rapid.IntRange(1, 4).Draw(t, "max_visits"),
		}
		v, issues := read(t, doc, language)
		// Random transitions may make a step or the end unreachable. They are removed until the definition is valid.
		for _, s := range steps {
			if issues.Count > 0 {
				delete(s, "transitions")
				v, issues = read(t, doc, language)
			}
		}
		if issues.Count > 0 {
			t.Fatalf("%v", issues)
		}
		return v
	})
}

// object is a JSON object in a definition.
type object = map[string]any

type testingT interface {
	Fatalf(format string, args ...any)
}

// read parses a definition as version 1 of its procedure.
func read(t testingT, doc any, language condition.Language) (*procedure.Version, fault.IssueList) {
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatalf("%v", err)
	}
	root, err := jsondoc.Parse(text)
	if err != nil {
		t.Fatalf("%v", err)
	}
	read, issues := procedure.Read(context.Background(), root, language)
	if issues.Count > 0 {
		return nil, issues
	}
	return &procedure.Version{
		Definition: read.Definition, Number: 1, Digest: procedure.Digest(read.Canonical()),
	}, issues
}

// MustVersion parses a definition as version 1 of its procedure. It fails the test if the definition has issues.
func MustVersion(t testingT, doc []byte, language condition.Language) *procedure.Version {
	v, issues := read(t, json.RawMessage(doc), language)
	if issues.Count > 0 {
		t.Fatalf("%v in %s", issues, doc)
	}
	return v
}

// MustOlderVersion is like MustVersion, for a version whose conditions have the meaning Binary: it was published before
// numbers in conditions were exact.
func MustOlderVersion(t testingT, doc []byte, language condition.Language) *procedure.Version {
	v := MustVersion(t, doc, language)
	rec := procedure.VersionRecord{ID: v.ID, Version: v.Number, Digest: v.Digest, Meaning: condition.Binary}
	older, err := procedure.Compile(rec, v.Canonical(), language)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return older
}

// addConditions adds random conditions, transitions and skips to steps.
func addConditions(t *rapid.T, steps []object) {
	// expressions holds the conditions to draw from. They read the metadata and the slots defined so far.
	expressions := []string{"has(run.metadata.on)", "run.metadata.?n.orValue(0.0) > 1.0"}
	oneInThree := func() bool { return rapid.IntRange(0, 2).Draw(t, "condition") == 0 }
	draw := func() string { return rapid.SampledFrom(expressions).Draw(t, "expression") }
	for i, s := range steps {
		if oneInThree() {
			s["when"] = draw()
		}
		s["skippable"] = rapid.Bool().Draw(t, "skippable")
		for _, sl := range s["slots"].([]object) {
			if oneInThree() {
				sl["when"] = draw()
			}
			if oneInThree() {
				sl["required_when"] = draw()
			}
			if sl["sensitive"] != true {
				name := fmt.Sprintf(`steps["step-%d"].%s`, i, sl["name"])
				expressions = append(expressions, expressionOn(name, sl["type"].(slot.Type)))
			}
		}
		for _, it := range s["checklist_items"].([]object) {
			if oneInThree() {
				it["when"] = draw()
			}
		}
		var transitions []object
		for range rapid.IntRange(0, 2).Draw(t, "transitions") {
			to := "end"
			if n := rapid.IntRange(0, len(steps)).Draw(t, "to"); n < len(steps) {
				to = fmt.Sprintf("step-%d", n)
			}
			transitions = append(transitions, object{"when": draw(), "to": to})
		}
		if transitions != nil && rapid.IntRange(0, 3).Draw(t, "default") == 0 {
			delete(transitions[len(transitions)-1], "when")
		}
		s["transitions"] = transitions
	}
}

// expressionOn returns a condition on a slot. The condition can hold only if the slot has a value.
func expressionOn(name string, typ slot.Type) string {
	switch typ {
	case slot.Bool:
		return "has(" + name + ") && " + name
	case slot.Integer:
		return "has(" + name + ") && " + name + " > 1"
	case slot.Decimal:
		return "has(" + name + ") && " + name + " * 2.0 > 1.0"
	case slot.Enum:
		return "has(" + name + ") && " + name + " == 'a'"
	case slot.MultiEnum:
		return "has(" + name + ") && 'a' in " + name
	case slot.DateTime:
		return "has(" + name + ") && " + name + " > timestamp('2026-11-23T08:30:00Z')"
	default:
		return "has(" + name + ")"
	}
}

func drawStep(t *rapid.T, i int) object {
	slots, items := []object{}, []object{}
	for j := range rapid.IntRange(0, 5).Draw(t, "slots") {
		typ := rapid.SampledFrom(slot.Types).Draw(t, "type")
		s := object{
			"name": fmt.Sprintf("s%d", j), "type": typ,
			"required":  rapid.Bool().Draw(t, "required"),
			"sensitive": rapid.IntRange(0, 3).Draw(t, "sensitive") == 0,
		}
		if typ == slot.Enum || typ == slot.MultiEnum {
			s["options"] = []string{"a", "b"}
		}
		slots = append(slots, s)
	}
	for j := range rapid.IntRange(0, 3).Draw(t, "items") {
		required := rapid.Bool().Draw(t, "required")
		items = append(items, object{"key": fmt.Sprintf("i%d", j), "label": "Item", "required": required})
	}
	agents := rapid.SampledFrom([]string{"commit", "commit", "draft", "none"}).Draw(t, "agents")
	return object{
		"key": fmt.Sprintf("step-%d", i), "title": "Step", "slots": slots, "checklist_items": items, "agents": agents,
	}
}

// Command draws a command on a run, with valid or invalid values. Most commands are for the open step; some are for
// another step or for an unknown step.
func Command(t *rapid.T, r run.Run) run.Command {
	key := "unknown"
	if n := rapid.IntRange(-1, len(r.Steps)+8).Draw(t, "step"); n >= len(r.Steps) && r.Current() >= 0 {
		key = r.CurrentKey()
	} else if n >= 0 && n < len(r.Steps) {
		key = r.Version.Steps[n].Key
	}
	sub := drawSubmission(t, r, key)
	reason := rapid.SampledFrom([]string{"", " ", "because", "parce que"}).Draw(t, "reason")
	switch rapid.IntRange(0, 9).Draw(t, "command") {
	case 0, 1, 2:
		return run.Draft{Submission: sub}
	case 3:
		return run.Amend{Submission: sub, Reason: reason}
	case 5:
		return run.Skip{Step: key, Reason: reason, Visit: sub.Visit}
	case 4:
		if rapid.IntRange(0, 4).Draw(t, "fail") == 0 { // rarely, because it ends the run
			return run.Fail{Reason: reason}
		}
		fallthrough
	case 6:
		i, ok := r.Version.StepIndex(key)
		if ok && len(r.Version.Steps[i].Slots) > 0 && rapid.Bool().Draw(t, "erase") {
			s := rapid.SampledFrom(r.Version.Steps[i].Slots).Draw(t, "slot")
			return Erasure(r, key, s.Name, sub.Visit, reason)
		}
		if ok && len(r.Version.Steps[i].Slots) > 0 && rapid.Bool().Draw(t, "reveal") {
			s := rapid.SampledFrom(r.Version.Steps[i].Slots).Draw(t, "slot")
			return run.Reveal{Step: key, Slot: s.Name, Visit: sub.Visit, Reason: reason}
		}
		fallthrough
	default:
		return run.Commit{Submission: sub}
	}
}

// drawSubmission draws the input of a command for the step with the given key.
func drawSubmission(t *rapid.T, r run.Run, key string) run.Submission {
	sub := run.Submission{
		Step:  key,
		Slots: map[string][]byte{},
		Visit: rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 3}).Draw(t, "visit"),
	}
	i, ok := r.Version.StepIndex(key)
	if !ok {
		return sub
	}
	valid := rapid.IntRange(0, 3).Draw(t, "valid") > 0 // whether all values are valid and all items ticked
	inapplicable := r.Outlook(context.Background()).Inapplicable[i]
	for _, s := range r.Version.Steps[i].Slots {
		conditional := s.When != nil || slices.Contains(inapplicable, slot.FieldOf(s.Name))
		if conditional && rapid.IntRange(0, 3).Draw(t, "applies") > 0 {
			continue
		}
		if rapid.IntRange(0, 3).Draw(t, "given") == 0 && !valid {
			continue
		}
		values := samples[s.Type].valid
		if !valid && rapid.Bool().Draw(t, "wrong") {
			values = samples[s.Type].invalid
		}
		sub.Slots[s.Name] = []byte(rapid.SampledFrom(values).Draw(t, "value"))
		if rapid.IntRange(0, 3).Draw(t, "origin") == 0 {
			sub.Origins = map[string]slot.Origin{s.Name: slot.Agent}
		}
	}
	if rapid.IntRange(0, 7).Draw(t, "unexpected") == 0 {
		sub.Slots["unexpected"] = []byte(`"plain"`)
	}
	for _, it := range r.Version.Steps[i].Items {
		if it.When != nil && rapid.IntRange(0, 3).Draw(t, "applies") > 0 {
			continue
		}
		if valid || rapid.Bool().Draw(t, "named") {
			completed := valid || rapid.Bool().Draw(t, "ticked")
			sub.Ticks = append(sub.Ticks, checklist.Tick{Key: it.Key, Completed: completed})
		}
	}
	return sub
}

// Epoch is the time of the first event in tests.
var Epoch = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Begin starts a run of a version, and returns the run and its events.
func Begin(t testingT, v *procedure.Version) (run.Run, []run.Event) {
	return BeginWith(t, v, nil)
}

// BeginWith is like Begin, for a run with metadata, which is a JSON object or nil.
func BeginWith(t testingT, v *procedure.Version, metadata []byte) (run.Run, []run.Event) {
	events, err := run.Start(
		context.Background(),
		run.StartParams{ID: "run-1", Version: v, UserID: "bob", Metadata: metadata},
		run.Stamp{By: access.Unproven("alice"), At: Epoch},
	)
	if err != nil {
		t.Fatalf("%v", err)
	}
	r, err := run.Fold(run.Run{}, events)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r, events
}
