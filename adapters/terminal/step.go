package terminal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// visit is one visit through the open step. Its stops are its slots, its checklist and its commit, in this order.
type visit struct {
	*Walker
	index   int
	number  int
	step    *procedure.Step
	issues  map[string]string // what the service found wrong, by field
	cleared map[string]bool   // slots that were cleared: their default is not suggested again
}

// state is the step as the run shows it now.
func (v *visit) state() *client.RunStep { return &v.run.Steps[v.index] }

// open reports whether the run still waits for this visit.
func (v *visit) open() bool {
	return v.run.CurrentStep != nil && *v.run.CurrentStep == v.step.Key && v.state().Visit == v.number
}

// applies reports whether a field applies, as the draft now stands.
func (v *visit) applies(field string) bool { return !slices.Contains(v.state().NotApplicable, field) }

// step asks everything of a step and commits it. A step that is no longer open ends it without an error.
func (w *Walker) step(ctx context.Context, key string) error {
	i, known := w.def.StepIndex(key)
	if !known {
		return errors.New("the server's definition has no step " + key)
	}
	v := &visit{Walker: w, index: i, number: w.run.Steps[i].Visit, step: &w.def.Steps[i], cleared: map[string]bool{}}
	v.heading()
	return v.stops(ctx)
}

func (v *visit) heading() {
	p := v.run.Progress
	v.linef("")
	title := v.say("step", fault.Params{"number": v.index + 1, "total": len(v.def.Steps), "title": v.texts.Step(v.step)})
	if v.number > 1 {
		title += " " + v.say("again", fault.Params{"visit": v.number})
	}
	v.linef("%s", mark(Strong, title))
	done := bar(p.Steps.Committed+p.Steps.Skipped, p.Steps.Total-p.Steps.NotApplicable)
	if p.Checklist.Total > 0 {
		done += "  " + v.say("progress", fault.Params{"completed": p.Checklist.Completed, "total": p.Checklist.Total})
	}
	v.linef("%s", mark(Faint, done))
	if prompt := v.texts.Prompt(v.step); prompt != "" {
		v.linef("%s", prompt)
	}
	if v.step.Skippable {
		v.linef("%s", mark(Faint, v.say("skippable", nil)))
	}
}

// stops goes from stop to stop, forth and back, until the step is closed.
func (v *visit) stops(ctx context.Context) error {
	last := len(v.step.Slots) + 1
	for at := 0; v.open(); {
		move, err := v.stop(ctx, at)
		if err != nil {
			return err
		}
		at = max(0, min(last, at+move))
		for move != 0 && at > 0 && at < last && !v.asked(at) {
			at += move
		}
	}
	return nil
}

// asked reports a stop at which there is something to ask.
func (v *visit) asked(at int) bool {
	if at < len(v.step.Slots) {
		field := slot.FieldOf(v.step.Slots[at].Name)
		return v.applies(field) && (v.issues == nil || v.issues[field] != "")
	}
	return len(v.state().Checklist) > 0 && (v.issues == nil || v.hasItemIssue())
}

func (v *visit) hasItemIssue() bool {
	return slices.ContainsFunc(v.state().Checklist, func(it client.RunChecklistItem) bool { return v.issues[checklist.FieldOf(it.Key)] != "" })
}

// stop asks what is to be asked at one stop, and says where to go: 1 on, -1 back.
func (v *visit) stop(ctx context.Context, at int) (move int, err error) {
	switch {
	case at > len(v.step.Slots):
		return v.commit(ctx)
	case !v.asked(at):
		return 1, nil
	case at < len(v.step.Slots):
		return v.field(ctx, &v.step.Slots[at])
	default:
		return v.checklist(ctx)
	}
}

// commit closes the step once the person says so, if it still is what they saw. What is refused is shown and asked again.
func (v *visit) commit(ctx context.Context) (move int, err error) {
	v.issues = nil
	sure, move, err := v.confirm(ctx, v.say("commit", nil))
	if err != nil || !v.open() || move != 0 {
		return move, err
	}
	if !sure {
		return -len(v.step.Slots) - 1, nil
	}
	run, err := v.API.Commit(ctx, v.run.ID, v.step.Key, v.run.Tag, client.StepCommit{Visit: &v.number})
	var refused *ProblemError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity:
		v.refused(refused)
		return -len(v.step.Slots) - 1, nil
	case errors.As(err, &refused) && refused.Status == http.StatusPreconditionFailed: // somebody else's draft: look again
		return -len(v.step.Slots) - 1, v.took(ctx, run, err)
	}
	if err = v.took(ctx, run, err); err == nil && !v.open() {
		v.linef("%s %s", mark(Good, "✓"), v.texts.Step(v.step))
	}
	return 0, err
}

// refused puts each issue beside its field; only those are asked again.
func (v *visit) refused(r *ProblemError) {
	v.problem(r)
	v.issues = map[string]string{}
	for _, is := range r.Issues {
		v.issues[is.Field] = is.Message
		if !v.has(is.Field) {
			v.linef("  %s %s: %s", mark(Bad, "✗"), is.Field, is.Message)
		}
	}
	if len(v.issues) == 0 {
		v.issues = nil
	}
}

// has reports whether a field of an issue is asked in this step.
func (v *visit) has(field string) bool {
	if name, ok := strings.CutPrefix(field, slot.FieldOf("")); ok {
		_, known := v.step.SlotIndex(name)
		return known
	}
	return slices.ContainsFunc(v.step.Items, func(it checklist.Item) bool { return field == checklist.FieldOf(it.Key) })
}

// confirm asks for a yes; Enter is one.
func (v *visit) confirm(ctx context.Context, question string) (sure bool, move int, err error) {
	v.Console.Offer(nil)
	for {
		line, err := v.Console.ReadLine(question)
		switch {
		case err != nil:
			return false, 0, err
		case command(line) == "back":
			return false, -1, nil
		case command(line) != "":
			if err := v.command(ctx, line); err != nil || !v.open() {
				return false, 0, err
			}
			continue
		}
		switch v.yesOrNo(line) {
		case yes:
			return true, 0, nil
		case no:
			return false, 0, nil
		}
		if strings.TrimSpace(line) == "" {
			return true, 0, nil
		}
		v.linef("  %s %s", mark(Bad, "✗"), v.say("answer_yes_or_no", nil))
	}
}

// checklist lets the person tick until an empty line.
func (v *visit) checklist(ctx context.Context) (move int, err error) {
	v.linef("  %s", mark(Strong, v.say("checklist", nil)))
	v.Console.Offer(nil)
	for v.open() {
		v.items()
		line, err := v.Console.ReadLine("  " + v.say("tick", nil))
		switch {
		case err != nil:
			return 0, err
		case command(line) == "back":
			return -1, nil
		case command(line) != "":
			if err := v.command(ctx, line); err != nil {
				return 0, err
			}
			continue
		case strings.TrimSpace(line) == "":
			return 1, nil
		}
		ticks, ok := v.ticks(line)
		if !ok {
			v.linef("  %s %s", mark(Bad, "✗"), v.say("tick_unknown", fault.Params{"max": len(v.state().Checklist)}))
			continue
		}
		if err := v.save(ctx, client.StepDraft{Checklist: ticks}); err != nil {
			return 0, err
		}
	}
	return 0, nil
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
		if j := slices.IndexFunc(v.step.Items, func(def checklist.Item) bool { return def.Key == it.Key }); j >= 0 {
			if d := v.texts.ItemDescription(&v.step.Items[j]); d != "" {
				v.linef("         %s", mark(Faint, d))
			}
		}
		if message := v.issues[checklist.FieldOf(it.Key)]; message != "" && !it.Completed {
			v.linef("         %s %s", mark(Bad, "✗"), message)
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
		if err != nil || n < 1 || n > len(items) || slices.ContainsFunc(ticks, func(t client.Tick) bool { return t.Key == items[n-1].Key }) {
			return nil, false
		}
		ticks = append(ticks, client.Tick{Key: items[n-1].Key, Completed: !items[n-1].Completed})
	}
	return ticks, true
}

// save saves a draft of the visit.
func (v *visit) save(ctx context.Context, d client.StepDraft) error {
	d.Visit = &v.number
	run, err := v.API.Draft(ctx, v.run.ID, v.step.Key, d)
	return v.took(ctx, run, err)
}
