package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Texts are the texts of one version of a procedure in a person's language.
type Texts struct{ w Walker }

// ReadTexts returns the texts of a definition document that the service returned.
func ReadTexts(document []byte, locale i18n.Locale, language condition.Language) (*Texts, error) {
	def, texts, err := readDefinition(document, locale, language)
	return &Texts{Walker{Locale: locale, def: def, texts: texts}}, err
}

// Name returns the name of the procedure.
func (t *Texts) Name() string { return t.w.texts.Name() }

// Step returns the title of a step, or its key if there is no such step.
func (t *Texts) Step(key string) string {
	if i, known := t.w.def.StepIndex(key); known {
		return t.w.texts.Step(&t.w.def.Steps[i])
	}
	return key
}

// Moment formats an RFC 3339 time for a person, in the local time zone. It returns any other text unchanged.
func Moment(locale i18n.Locale, at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	t = t.Local()
	date := locale.Value(t.Format(time.DateOnly))
	return locale.Text("format.moment", fault.Params{"date": date, "time": t.Format("15:04")})
}

// Show writes a run as plain lines: who started it and when, and what each step holds.
func (t *Texts) Show(out io.Writer, run *Run) {
	w := &t.w
	w.run = run
	line := func(format string, args ...any) { fmt.Fprintln(out, indented(fmt.Sprintf(format, args...))) }
	line("%s (%s)", w.texts.Name(), w.say("show.version", fault.Params{
		"id": run.ProcedureID, "version": run.ProcedureVersion,
	}))
	started := fault.Params{"at": Moment(w.Locale, run.CreatedAt)}
	if run.UserID != nil {
		started["user"] = *run.UserID
	}
	if run.Reference != nil {
		started["reference"] = *run.Reference
	}
	line("%s", w.say("show.started", started))
	if f := run.Failure; f != nil {
		failed := fault.Params{"at": Moment(w.Locale, f.At), "by": f.By}
		if f.Reason != nil {
			failed["text"] = *f.Reason
		}
		line("%s", w.say("show.failed", failed))
	}
	for i := range run.Steps {
		line("")
		t.showStep(line, i)
	}
	line("")
	if run.Diverged {
		line("%s", w.say("show.diverged", fault.Params{"id": run.ID}))
	}
}

func (t *Texts) showStep(line func(string, ...any), i int) {
	w, step := &t.w, &t.w.run.Steps[i]
	title := w.say("step", fault.Params{"number": i + 1, "total": len(w.run.Steps), "title": step.Title})
	if step.Visit > 1 {
		title += " " + w.say("again", fault.Params{"visit": step.Visit})
	}
	state := fault.Params{"state": string(step.State), "amended": step.Amended}
	if step.CommittedAt != nil && step.CommittedBy != nil {
		state["at"], state["by"] = Moment(w.Locale, *step.CommittedAt), *step.CommittedBy
	}
	line("%s", w.say("show.step", fault.Params{"title": title, "text": w.say("show.state", state)}))
	if step.Reason != nil {
		line("  %s", w.say("show.reason", fault.Params{"text": *step.Reason}))
	}
	known, ok := w.def.StepIndex(step.Key)
	if !ok {
		return
	}
	def := &w.def.Steps[known]
	for j := range def.Slots {
		if text, given := t.value(step, def, j); given {
			line("  %s", w.say("show.value", fault.Params{"label": w.texts.Label(&def.Slots[j]), "text": text}))
		}
	}
	for _, it := range step.Checklist {
		box, label := "[ ]", it.Label
		if it.Completed {
			box = "[x]"
		}
		if at := slices.IndexFunc(def.Items, func(d checklist.Item) bool { return d.Key == it.Key }); at >= 0 {
			label = w.texts.Item(&def.Items[at])
		}
		line("  %s %s", box, label)
	}
}

// value returns the value of a slot as text, and whether the step holds one. A sensitive value is hidden.
func (t *Texts) value(step *client.RunStep, def *procedure.Step, i int) (text string, given bool) {
	s := &def.Slots[i]
	if slices.Contains(step.Sensitive, s.Name) {
		return hidden, true
	}
	raw, given := step.Slots[s.Name]
	if !given || string(raw) == "null" {
		return "", false
	}
	if isTemporal(s) || s.Type.Numeric() {
		if v, issue := s.Check(raw); issue == nil {
			text = t.w.Locale.Value(v.Text())
			if s.Unit != "" {
				text += " " + s.Unit
			}
			return text, true
		}
	}
	if v, issue := s.Check(raw); issue == nil && v.Shape() == slot.ListShape && len(v.List()) > 1 {
		return t.w.Locale.Join(t.w.optionWordings(s, v.List())), true
	}
	return t.w.shown(s, raw), true
}

// indented escapes a text and indents its second and further lines, so that none looks like a line of its own.
func indented(text string) string { return strings.ReplaceAll(Escape(text), "\n", "\n    ") }
