package terminal

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// visit is one passage through the open step.
type visit struct {
	*Walker
	index  int
	step   *procedure.Step
	issues map[string]string // what the service found wrong, by field
}

// state is the step as the run shows it now.
func (v *visit) state() *client.RunStep { return &v.run.Steps[v.index] }

// open reports whether the run still waits for this step.
func (v *visit) open() bool { return v.run.CurrentStep != nil && *v.run.CurrentStep == v.step.Key }

// step asks everything of a step and commits it. A step that is no longer open ends it without an error.
func (w *Walker) step(ctx context.Context, key string) error {
	i, known := w.def.StepIndex(key)
	if !known {
		return errors.New("the server's definition has no step " + key)
	}
	v := &visit{Walker: w, index: i, step: &w.def.Steps[i]}
	v.heading()
	for {
		if err := v.ask(ctx, nil); err != nil || !v.open() {
			return err
		}
		switch again, err := v.commit(ctx); {
		case err != nil || !v.open():
			return err
		case !again:
			return nil
		}
	}
}

func (v *visit) heading() {
	p := v.run.Progress
	v.linef("")
	v.linef("%s", v.Console.Mark(Strong, v.say("step", fault.Params{"number": v.index + 1, "total": len(v.def.Steps), "title": v.texts.Step(v.step)})))
	done := bar(p.Steps.Committed+p.Steps.Skipped, p.Steps.Total-p.Steps.NotApplicable)
	if p.Checklist.Total > 0 {
		done += "  " + v.say("progress", fault.Params{"completed": p.Checklist.Completed, "total": p.Checklist.Total})
	}
	v.linef("%s", v.Console.Mark(Faint, done))
	if prompt := v.texts.Prompt(v.step); prompt != "" {
		v.linef("%s", prompt)
	}
}

// ask asks the slots and the checklist; where only is not nil, those of its fields.
func (v *visit) ask(ctx context.Context, only map[string]string) error {
	wanted := func(field string) bool {
		_, yes := only[field]
		return only == nil || yes
	}
	for j := 0; j < len(v.step.Slots) && v.open(); {
		s := &v.step.Slots[j]
		if !wanted(slot.FieldOf(s.Name)) {
			j++
			continue
		}
		move, err := v.field(ctx, s)
		if err != nil {
			return err
		}
		j = max(0, j+move)
	}
	for i := range v.step.Items {
		if v.open() && wanted("checklist."+v.step.Items[i].Key) {
			return v.checklist(ctx)
		}
	}
	return nil
}

// commit closes the step once the person says so. What is refused is shown and asked again.
func (v *visit) commit(ctx context.Context) (again bool, err error) {
	for {
		sure, err := v.confirm(ctx, v.say("commit", nil))
		if err != nil || !v.open() {
			return false, err
		}
		if !sure {
			return true, nil
		}
		run, err := v.API.Commit(ctx, v.run.ID, v.step.Key, client.StepCommit{Visit: &v.state().Visit})
		var refused *ProblemError
		if errors.As(err, &refused) && refused.Status == 422 {
			if err := v.refused(ctx, refused); err != nil || !v.open() {
				return false, err
			}
			continue
		}
		if err = v.took(ctx, run, err); err == nil && !v.open() {
			v.linef("%s %s", v.Console.Mark(Good, "✓"), v.texts.Step(v.step))
		}
		return false, err
	}
}

// refused puts each issue beside its field and asks those fields again.
func (v *visit) refused(ctx context.Context, r *ProblemError) error {
	v.problem(r)
	v.issues = map[string]string{}
	for _, is := range r.Issues {
		v.issues[is.Field] = is.Message
		if !v.has(is.Field) {
			v.linef("  %s %s: %s", v.Console.Mark(Bad, "✗"), is.Field, is.Message)
		}
	}
	err := v.ask(ctx, v.issues)
	v.issues = nil
	return err
}

// has reports whether a field of an issue is asked in this step.
func (v *visit) has(field string) bool {
	if name, ok := strings.CutPrefix(field, "slots."); ok {
		_, known := v.step.SlotIndex(name)
		return known
	}
	for i := range v.step.Items {
		if field == "checklist."+v.step.Items[i].Key {
			return true
		}
	}
	return false
}

// confirm asks for a yes; Enter is one.
func (v *visit) confirm(ctx context.Context, question string) (bool, error) {
	for {
		line, err := v.Console.ReadLine(question)
		if err != nil {
			return false, err
		}
		if handled, err := v.command(ctx, line); handled || err != nil {
			if err != nil || !v.open() {
				return false, err
			}
			continue
		}
		switch v.yesOrNo(line) {
		case yes:
			return true, nil
		case no:
			return false, nil
		}
		if strings.TrimSpace(line) == "" {
			return true, nil
		}
		v.linef("  %s %s", v.Console.Mark(Bad, "✗"), v.say("answer_yes_or_no", nil))
	}
}

// checklist lets the person tick until an empty line.
func (v *visit) checklist(ctx context.Context) error {
	v.linef("  %s", v.Console.Mark(Strong, v.say("checklist", nil)))
	for {
		v.items()
		line, err := v.Console.ReadLine("  " + v.say("tick", nil))
		if err != nil {
			return err
		}
		if handled, err := v.command(ctx, line); handled || err != nil {
			if err != nil || !v.open() {
				return err
			}
			continue
		}
		if strings.TrimSpace(line) == "" {
			return nil
		}
		ticks, ok := v.ticks(line)
		if !ok {
			v.linef("  %s %s", v.Console.Mark(Bad, "✗"), v.say("tick_unknown", fault.Params{"max": len(v.step.Items)}))
			continue
		}
		if err := v.save(ctx, client.StepDraft{Checklist: ticks}); err != nil || !v.open() {
			return err
		}
	}
}

func (v *visit) items() {
	for i, it := range v.state().Checklist {
		box, star := "[ ]", " "
		if it.Completed {
			box = "[x]"
		}
		if it.Required {
			star = "*"
		}
		v.linef("  %2d %s%s %s", i+1, box, star, it.Label)
		if d := v.texts.ItemDescription(&v.step.Items[i]); d != "" {
			v.linef("         %s", v.Console.Mark(Faint, d))
		}
		if message := v.issues["checklist."+it.Key]; message != "" && !it.Completed {
			v.linef("         %s %s", v.Console.Mark(Bad, "✗"), message)
		}
	}
}

// ticks turns the numbers typed into ticks that change: "all" ticks everything.
func (v *visit) ticks(line string) ([]client.Tick, bool) {
	items := v.state().Checklist
	var ticks []client.Tick
	if word := strings.ToLower(strings.TrimSpace(line)); word == "all" || word == "tout" {
		for _, it := range items {
			ticks = append(ticks, client.Tick{Key: it.Key, Completed: true})
		}
		return ticks, true
	}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(items) {
			return nil, false
		}
		ticks = append(ticks, client.Tick{Key: items[n-1].Key, Completed: !items[n-1].Completed})
	}
	return ticks, true
}

// save saves a draft of the visit.
func (v *visit) save(ctx context.Context, d client.StepDraft) error {
	d.Visit = &v.state().Visit
	run, err := v.API.Draft(ctx, v.run.ID, v.step.Key, d)
	return v.took(ctx, run, err)
}
