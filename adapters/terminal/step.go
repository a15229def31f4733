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

// visit asks the questions of one visit of a step: one for each slot, then the checklist, then whether to commit. The
// position of a question is its number in this order, from 0.
type visit struct {
	*Walker
	index   int
	number  int
	step    *procedure.Step
	issues  map[string]string // messages of the last refusal's issues, by field; nil if there are none
	cleared map[string]bool   // slots cleared by the person; their defaults are not offered again
}

// state returns the state of the step in the run that the service returned last.
func (v *visit) state() *client.RunStep { return &v.run.Steps[v.index] }

// open reports whether this visit is still open.
func (v *visit) open() bool {
	return v.run.CurrentStep != nil && *v.run.CurrentStep == v.step.Key && v.state().Visit == v.number
}

// applies reports whether the field's condition holds for the current draft. Fields without a condition always apply.
func (v *visit) applies(field string) bool { return !slices.Contains(v.state().NotApplicable, field) }

// step asks all questions of a step and commits it. It also returns nil if somebody else closes the step meanwhile.
func (w *Walker) step(ctx context.Context, key string) error {
	i, known := w.def.StepIndex(key)
	if !known {
		return errors.New("the server's definition has no step " + key)
	}
	v := &visit{
		Walker: w, index: i, number: w.run.Steps[i].Visit, step: &w.def.Steps[i], cleared: map[string]bool{},
	}
	v.heading()
	return v.questions(ctx)
}

func (v *visit) heading() {
	p := v.run.Progress
	v.printf("")
	title := v.say("step", fault.Params{
		"number": v.index + 1, "total": len(v.def.Steps), "title": v.texts.Step(v.step),
	})
	if v.number > 1 {
		title += " " + v.say("again", fault.Params{"visit": v.number})
	}
	v.printf("%s", styled(Strong, title))
	done := bar(p.Steps.Committed+p.Steps.Skipped, p.Steps.Total-p.Steps.NotApplicable)
	if p.Checklist.Total > 0 {
		done += "  " + v.say("progress", fault.Params{
			"completed": p.Checklist.Completed, "total": p.Checklist.Total,
		})
	}
	v.printf("%s", styled(Faint, done))
	if prompt := v.texts.Prompt(v.step); prompt != "" {
		v.printf("%s", paragraph(prompt))
	}
	if v.step.Skippable {
		v.printf("%s", styled(Faint, v.say("skippable", nil)))
	}
}

// move says which question comes next.
type move int

const (
	back    move = iota - 1 // the previous question
	again                   // the same question, unless the visit is closed
	forward                 // the next question
	restart                 // the first question
)

// questions asks one question after another until the step is closed. The person can go back to earlier questions.
func (v *visit) questions(ctx context.Context) error {
	last := len(v.step.Slots) + 1
	for at, next := 0, forward; v.open(); {
		if next == forward {
			for at < last && !v.isAsked(at) {
				at++
			}
		}
		var err error
		if next, err = v.question(ctx, at); err != nil {
			return err
		}
		switch next {
		case forward:
			at++
		case back:
			before := v.before(at)
			if before == at {
				v.printf("    %s", v.say("nothing_before", fault.Params{"later": v.hasClosedStep()}))
			}
			at = before
		case restart:
			at, next = 0, forward
		case again:
		}
		at = min(at, last)
	}
	return nil
}

// before returns the position of the nearest earlier question that applies, or the same position if there is none.
// After a refusal, moving forward visits only the fields with issues, whereas moving back also visits the other fields.
func (v *visit) before(at int) int {
	for earlier := at - 1; earlier >= 0; earlier-- {
		if v.exists(earlier) {
			return earlier
		}
	}
	return at
}

// hasClosedStep reports whether an earlier step was committed or skipped.
func (v *visit) hasClosedStep() bool {
	return slices.ContainsFunc(v.run.Steps, func(s client.RunStep) bool {
		return s.State == client.StepStateCommitted || s.State == client.StepStateSkipped || s.EarlierVisits > 0
	})
}

// exists reports whether the question at a position applies. The position must be that of a slot or of the checklist;
// it must not be that of the last question, whether to commit, which always applies.
func (v *visit) exists(at int) bool {
	if at < len(v.step.Slots) {
		return v.applies(slot.FieldOf(v.step.Slots[at].Name))
	}
	return len(v.state().Checklist) > 0
}

// isAsked reports whether a question is asked on the way forward. After a refusal, only fields with issues are asked
// for again.
func (v *visit) isAsked(at int) bool {
	switch {
	case !v.exists(at):
		return false
	case v.issues == nil:
		return true
	case at < len(v.step.Slots):
		return v.issues[slot.FieldOf(v.step.Slots[at].Name)] != ""
	}
	return v.hasItemIssue()
}

func (v *visit) hasItemIssue() bool {
	return slices.ContainsFunc(v.state().Checklist, func(it client.RunChecklistItem) bool {
		return v.issues[checklist.FieldOf(it.Key)] != ""
	})
}

func (v *visit) question(ctx context.Context, at int) (next move, err error) {
	switch {
	case at > len(v.step.Slots):
		return v.commit(ctx)
	case !v.exists(at): // the question no longer applies
		return forward, nil
	case at < len(v.step.Slots):
		return v.field(ctx, &v.step.Slots[at])
	default:
		return v.checklist(ctx)
	}
}

// commit commits the step if the person confirms it. If the step is refused, or somebody else has changed the run since
// it was shown, commit shows the problem and returns to the first question.
func (v *visit) commit(ctx context.Context) (next move, err error) {
	v.issues = nil
	sure, next, err := v.confirm(ctx, v.say("commit", nil))
	if err != nil || !v.open() || next != again {
		return next, err
	}
	if !sure {
		return restart, nil
	}
	run, err := v.API.Commit(ctx, v.run.ID, v.step.Key, v.run.Tag, client.StepCommit{Visit: &v.number})
	var refused *ProblemError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity:
		v.showRefusal(refused)
		return restart, nil
	case errors.As(err, &refused) && refused.Status == http.StatusPreconditionFailed: // changed by somebody else
		return restart, v.update(ctx, run, err)
	}
	if err = v.update(ctx, run, err); err == nil && !v.open() {
		v.printf("%s %s", styled(Good, "✓"), v.texts.Step(v.step))
	}
	return again, err
}

// showRefusal shows why the step is not committed. Issues of the step's own fields are shown later, when the field is
// asked for again; all others are shown immediately.
func (v *visit) showRefusal(r *ProblemError) {
	v.printf("%s %s. %s", styled(Bad, "✗"), r.Title, paragraph(v.refusalDetail(r)))
	v.issues = map[string]string{}
	for _, is := range r.Issues {
		v.issues[is.Field] = is.Message
		if !v.hasField(is.Field) {
			v.printf("  %s %s", styled(Bad, "✗"), paragraph(is.Message))
		}
	}
	if r.More != "" {
		v.printf("  %s %s", styled(Bad, "✗"), r.More)
	}
	if len(v.issues) == 0 {
		v.issues = nil
	}
}

// refusalDetail returns the detail of a refused commit. Unlike the service's text, it says that the answers are kept in
// the draft.
func (v *visit) refusalDetail(r *ProblemError) string {
	switch r.Code {
	case "values.invalid":
		return v.say("kept", nil)
	case "condition.failed":
		return v.say("condition_failed", r.Params)
	}
	return r.Detail
}

// hasField reports whether an issue's field is a slot or a checklist item of the step.
func (v *visit) hasField(field string) bool {
	if name, ok := strings.CutPrefix(field, slot.FieldOf("")); ok {
		_, known := v.step.SlotIndex(name)
		return known
	}
	return slices.ContainsFunc(v.step.Items, func(it checklist.Item) bool {
		return field == checklist.FieldOf(it.Key)
	})
}

// confirm asks a yes-or-no question. Enter means yes.
func (v *visit) confirm(ctx context.Context, question string) (sure bool, next move, err error) {
	v.Console.Offer(nil)
	for {
		line, err := v.Console.ReadLine(question)
		switch {
		case err != nil:
			return false, again, err
		case parseCommand(line) == "back":
			return false, back, nil
		case parseCommand(line) != "":
			if err := v.execute(ctx, line); err != nil || !v.open() {
				return false, again, err
			}
			continue
		}
		switch yesOrNo(line) {
		case yes:
			return true, again, nil
		case no:
			return false, again, nil
		}
		if strings.TrimSpace(line) == "" {
			return true, again, nil
		}
		v.printf("  %s %s", styled(Bad, "✗"), v.say("answer_yes_or_no", nil))
	}
}

// checklist asks which items to tick or untick, until the person enters an empty line.
func (v *visit) checklist(ctx context.Context) (next move, err error) {
	v.printf("  %s", styled(Strong, v.say("checklist", nil)))
	v.Console.Offer(nil)
	for v.open() {
		v.items()
		line, err := v.Console.ReadLine("  " + v.say("tick", nil))
		switch {
		case err != nil:
			return again, err
		case parseCommand(line) == "back":
			return back, nil
		case parseCommand(line) != "":
			if err := v.execute(ctx, line); err != nil {
				return again, err
			}
			continue
		case strings.TrimSpace(line) == "":
			return forward, nil
		}
		ticks, ok := v.ticks(line)
		if !ok {
			v.printf("  %s %s", styled(Bad, "✗"), v.say("tick_unknown", fault.Params{"max": len(v.state().Checklist)}))
			continue
		}
		if err := v.save(ctx, client.StepDraft{Checklist: ticks}); err != nil {
			return again, err
		}
	}
	return again, nil
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
		v.printf("  %2d %s%s %s", i+1, box, star, it.Label)
		if j := slices.IndexFunc(v.step.Items, func(def checklist.Item) bool { return def.Key == it.Key }); j >= 0 {
			if d := v.texts.ItemDescription(&v.step.Items[j]); d != "" {
				v.printf("         %s", styled(Faint, d))
			}
		}
		if message := v.issues[checklist.FieldOf(it.Key)]; message != "" && !it.Completed {
			v.printf("         %s %s", styled(Bad, "✗"), paragraph(message))
		}
	}
}

// ticks parses the numbers of the items to tick or untick. The word "all" or "tout" ticks every item.
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
		isSame := func(t client.Tick) bool { return t.Key == items[n-1].Key }
		if slices.ContainsFunc(ticks, isSame) {
			return nil, false
		}
		ticks = append(ticks, client.Tick{Key: items[n-1].Key, Completed: !items[n-1].Completed})
	}
	return ticks, true
}

// save adds values and ticks to the draft of this visit.
func (v *visit) save(ctx context.Context, d client.StepDraft) error {
	d.Visit = &v.number
	run, err := v.API.Draft(ctx, v.run.ID, v.step.Key, d)
	return v.update(ctx, run, err)
}
