package encoding

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// fact writes the members of the payload of a fact.
func (w *writer) fact(fact run.Fact) {
	switch f := fact.(type) {
	case run.Created:
		w.created(&f)
	case run.Started:
	case run.Opened:
		w.opened(&f)
	case run.DraftSaved:
		w.content(&f.Content, contentMembers{})
	case run.StepCommitted:
		w.content(&f.Content, contentMembers{conditions: f.Conditions})
	case run.Amended:
		w.content(&f.Content, contentMembers{f.Conditions, f.Divergences, f.Reason})
	case run.StepSkipped:
		w.typedText("reason", f.Reason)
		w.visit(f.Step, f.Visit)
	case run.StepNotApplicable:
		w.conditions(f.Conditions)
		w.text("step", w.version.Steps[f.Step].Key)
		w.text("transition", f.Transition)
	case run.RunCompleted:
		w.conditions(f.Conditions)
	case run.RunFailed:
		w.typedText("reason", f.Reason)
	case run.ContentErased:
		w.contentErased(&f)
	case run.ValueErased:
		w.typedText("reason", f.Reason)
		w.text("slot", w.version.Steps[f.Step].Slots[f.Slot].Name)
		w.visit(f.Step, f.Visit)
	case run.Refused:
		w.refused(&f)
	default:
		w.fail(fmt.Errorf("encoding: no payload for a fact of type %T", fact))
	}
}

func (w *writer) created(f *run.Created) {
	v := w.version
	w.number("conditions", int64(v.Meaning))
	w.text("digest", v.Digest)
	if len(f.Metadata) > 0 {
		w.name("metadata")
		w.placeAt("metadata")
		w.typedJSON(f.Metadata)
	}
	w.text("procedure_id", v.ID)
	w.number("procedure_version", int64(v.Number))
	w.typedText("reference", f.Reference)
	w.typedText("user_id", f.UserID)
}

func (w *writer) opened(f *run.Opened) {
	if def := &w.version.Steps[f.Step]; len(f.Carried) > 0 {
		w.name("carried")
		w.out = append(w.out, '[')
		for _, j := range f.Carried {
			w.comma('[')
			w.quote(def.Slots[j].Name)
		}
		w.out = append(w.out, ']')
	}
	w.conditions(f.Conditions)
	w.visit(f.Step, f.Visit)
}

// visit writes the members that identify a visit.
func (w *writer) visit(step, number int) {
	w.text("step", w.version.Steps[step].Key)
	w.number("visit", int64(number))
}

// contentMembers are members that only some payloads with content have.
type contentMembers struct {
	conditions  []run.ConditionResult
	divergences []run.Divergence
	reason      string
}

// content writes a payload with the content of a visit.
func (w *writer) content(c *run.Content, more contentMembers) {
	def := &w.version.Steps[c.Step]
	w.texts("applicable", c.ApplicableFields(def))
	w.ticks(c.Ticks)
	w.conditions(more.conditions)
	w.divergences(more.divergences)
	w.texts("not_applicable", c.InapplicableFields(def))
	w.entries(def, c.Slots, more.reason)
	w.visit(c.Step, c.Visit)
}

func (w *writer) ticks(ticks []checklist.Tick) {
	if len(ticks) == 0 {
		return
	}
	w.name("checklist")
	w.out = append(w.out, '[')
	for i := range ticks {
		w.comma('[')
		w.open()
		w.boolean("completed", ticks[i].Completed)
		w.name("key")
		w.quote(ticks[i].Key)
		w.close()
	}
	w.out = append(w.out, ']')
}

// entries writes the origins, the reason and the values of a content. Manual origins are left out.
func (w *writer) entries(def *procedure.Step, entries []run.Entry, reason string) {
	var buffer [16]*run.Entry
	sorted, origins := buffer[:0], false
	for i := range entries {
		e := &entries[i]
		sorted, origins = append(sorted, e), origins || hasOrigin(e)
	}
	slices.SortFunc(sorted, func(a, b *run.Entry) int {
		return cmp.Compare(def.Slots[a.Slot].Name, def.Slots[b.Slot].Name)
	})
	if origins {
		w.name("origins")
		w.open()
		for _, e := range sorted {
			if hasOrigin(e) {
				w.key(def.Slots[e.Slot].Name)
				w.quote(string(e.Origin))
			}
		}
		w.close()
	}
	w.typedText("reason", reason)
	if len(sorted) == 0 {
		return
	}
	w.name("slots")
	w.open()
	for i, e := range sorted {
		if i > 0 && sorted[i-1].Slot == e.Slot {
			w.fail(fmt.Errorf("encoding: two values of slot %d", e.Slot))
		}
		w.key(def.Slots[e.Slot].Name)
		w.slotValue(def.Slots[e.Slot].Name, e.Value)
	}
	w.close()
}

func hasOrigin(e *run.Entry) bool { return e.Origin != slot.Manual && e.Origin != "" }

// slotValue writes a value of a slot. A seal and null are written without a commitment, because they reveal nothing.
func (w *writer) slotValue(name string, value slot.Value) {
	if value.IsAbsent() || value.Shape() == slot.SealedShape {
		w.out = value.AppendCanonical(w.out)
		return
	}
	w.placeAt("slots")
	w.placeIn(name)
	w.value = value.AppendCanonical(w.value[:0])
	w.commit()
}

// conditions writes the results of conditions.
func (w *writer) conditions(results []run.ConditionResult) {
	if len(results) == 0 {
		return
	}
	w.name("decisions")
	w.out = append(w.out, '[')
	for i := range results {
		r := &results[i]
		w.comma('[')
		w.open()
		w.name("condition")
		w.quote(r.Condition)
		w.name("expression")
		w.quote(r.Expression)
		w.boolean("result", r.Result)
		w.valuesRead(i, r)
		w.close()
	}
	w.out = append(w.out, ']')
}

// valuesRead writes the values that the condition with the given index read.
func (w *writer) valuesRead(i int, r *run.ConditionResult) {
	if len(r.Values) == 0 {
		return
	}
	var buffer [8]string
	names := buffer[:0]
	for name := range r.Values {
		names = append(names, name)
	}
	slices.SortFunc(names, compareUTF16)
	w.name("values")
	w.open()
	for _, name := range names {
		w.key(name)
		w.placeAt("decisions")
		w.placeIndex(i)
		w.place = append(w.place, "/values"...)
		w.placeIn(name)
		w.typedJSON(r.Values[name])
	}
	w.close()
}

// compareUTF16 compares names as RFC 8785 sorts them: by their UTF-16 code units.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return cmp.Compare(firstUnit(x), firstUnit(y))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

// firstUnit returns a number that sorts a rune as its UTF-16 code units do: for a surrogate pair, both units as one.
func firstUnit(r rune) uint32 {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return uint32(high)<<16 | uint32(low)
	}
	return uint32(r) << 16
}

func (w *writer) divergences(all []run.Divergence) {
	if len(all) == 0 {
		return
	}
	w.name("divergences")
	w.out = append(w.out, '[')
	for i := range all {
		d := &all[i]
		w.comma('[')
		w.open()
		w.name("condition")
		w.quote(d.Condition)
		w.boolean("decided", d.Decided)
		w.name("expression")
		w.quote(d.Expression)
		w.boolean("now", d.Now)
		w.name("step")
		w.quote(d.Step)
		w.close()
	}
	w.out = append(w.out, ']')
}

func (w *writer) contentErased(f *run.ContentErased) {
	if len(f.Targets) > 0 {
		w.name("erased")
		w.out = append(w.out, '[')
		for _, t := range f.Targets {
			w.comma('[')
			w.erased(t)
		}
		w.out = append(w.out, ']')
	}
	w.places(f.Places)
	w.typedText("reason", f.Reason)
}

func (w *writer) erased(t run.ErasedTarget) {
	w.open()
	if t.Text == "" {
		w.text("slot", w.version.Steps[t.Step].Slots[t.Slot].Name)
	}
	visited := t.Text == "" || t.Text == run.ErasedSkipReason
	if visited {
		w.text("step", w.version.Steps[t.Step].Key)
	}
	w.text("text", string(t.Text))
	if visited {
		w.number("visit", int64(t.Visit))
	}
	w.close()
}

func (w *writer) places(places []commitment.Place) {
	if len(places) == 0 {
		return
	}
	w.name("places")
	w.out = append(w.out, '[')
	for i := range places {
		w.comma('[')
		w.open()
		w.name("place")
		w.quote(places[i].Pointer)
		w.name("seq")
		w.integer(places[i].Seq)
		w.close()
	}
	w.out = append(w.out, ']')
}

// refused writes the payload of a refusal. It has commitments for steps and fields that the definition does not have:
// somebody typed these names, so they may contain anything.
func (w *writer) refused(f *run.Refused) {
	def := (*procedure.Step)(nil)
	if i, known := w.version.StepIndex(f.Step); known {
		def = &w.version.Steps[i]
	}
	w.text("code", f.Code)
	w.text("command", f.Command)
	w.typedText("input", f.Input)
	w.issues(def, f)
	w.number("issues_omitted", int64(f.Omitted))
	if len(f.Params) > 0 {
		w.other("params", f.Params)
	}
	if f.Partial {
		w.boolean("partial", true)
	}
	if def != nil {
		w.text("step", f.Step)
	} else {
		w.typedText("step", f.Step)
	}
	w.number("unrecorded", int64(f.Unrecorded))
}

func (w *writer) issues(def *procedure.Step, f *run.Refused) {
	if len(f.Issues) == 0 {
		return
	}
	w.name("issues")
	w.out = append(w.out, '[')
	for i := range f.Issues {
		is := &f.Issues[i]
		w.comma('[')
		w.open()
		w.name("code")
		w.quote(is.Code)
		w.name("field")
		switch {
		case is.Field == "":
			w.out = append(w.out, "null"...)
		case isDeclared(def, is.Field):
			w.out, _ = jsontext.AppendQuote(w.out, is.Field) // what is not UTF-8 is replaced
		default:
			w.placeAt("issues")
			w.placeIndex(i)
			w.place = append(w.place, "/field"...)
			w.commitText(is.Field)
		}
		if len(is.Params) > 0 {
			w.other("params", is.Params)
		}
		w.close()
	}
	w.out = append(w.out, ']')
}
