package http

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// This file exists for speed: runs are rendered after each commit. It writes the type Run of the contract, with its
// members in the same order, as the generic encoder would; a test compares the two.

// runJSON returns a run as JSON, as the type Run of the contract. The warnings may be empty.
func runJSON(
	r run.Run, outlook run.Outlook, texts procedure.Localizer, numbers numberForm, warnings []problemIssue,
) ([]byte, error) {
	return buildJSON(func(j *jsonBuffer) {
		j.numbers = numbers
		j.begin()
		j.runHead(r)
		j.open("erased", '[')
		for _, text := range r.Erased {
			j.element(string(text))
		}
		j.close(']')
		j.progress(outlook.Progress)
		j.open("steps", '[')
		for i := range r.Steps {
			j.step(&r.Version.Steps[i], &r.Steps[i], outlook.Inapplicable[i], texts)
		}
		j.close(']')
		if len(warnings) > 0 {
			j.warnings(warnings)
		}
		j.truth("diverged", r.Diverged())
		j.close('}')
	})
}

// runHead adds what describes the run as a whole.
func (j *jsonBuffer) runHead(r run.Run) {
	j.text("id", r.ID)
	j.text("procedure_id", r.Version.ID)
	j.number("procedure_version", int64(r.Version.Number))
	if slices.Contains(r.Erased, run.ErasedUserID) {
		j.null("user_id")
	} else {
		j.text("user_id", r.UserID)
	}
	j.optional("reference", r.Reference)
	j.metadata(r)
	j.text("state", string(r.State))
	j.number("revision", r.Revision)
	j.number("seq", r.Seq)
	j.optional("current_step", r.CurrentKey())
	if r.Failure == nil {
		j.null("failure")
	} else {
		j.open("failure", '{')
		j.optional("reason", r.Failure.Reason)
		j.time("at", r.Failure.At)
		j.text("by", r.Failure.By)
		j.close('}')
	}
	j.time("created_at", r.CreatedAt)
	j.time("started_at", r.StartedAt)
	j.time("updated_at", r.UpdatedAt)
	j.time("closed_at", r.ClosedAt)
}

// metadata adds the metadata of a run: an empty object if there is none, and null if it was erased.
func (j *jsonBuffer) metadata(r run.Run) {
	body := metadataBody(r.Metadata, r.Erased)
	if body == nil {
		j.null("metadata")
		return
	}
	data, err := json.Marshal(*body, json.Deterministic(true)) // free JSON, which need not be in a normal form
	if j.err == nil {
		j.err = err
	}
	j.raw("metadata", data)
}

func (j *jsonBuffer) warnings(warnings []problemIssue) {
	all := make([]api.Issue, len(warnings))
	for i, w := range warnings {
		all[i] = api.Issue{Field: w.Field, Code: w.Code, Params: w.Params, Message: w.Message}
	}
	data, err := json.Marshal(all, json.Deterministic(true))
	if j.err == nil {
		j.err = err
	}
	j.raw("warnings", data)
}

func (j *jsonBuffer) progress(p run.Progress) {
	j.open("progress", '{')
	j.open("steps", '{')
	j.number("total", int64(p.Steps.Total))
	j.number("committed", int64(p.Steps.Committed))
	j.number("skipped", int64(p.Steps.Skipped))
	j.number("not_applicable", int64(p.Steps.NotApplicable))
	j.close('}')
	j.open("checklist", '{')
	j.number("total", int64(p.Checklist.Total))
	j.number("completed", int64(p.Checklist.Completed))
	if tenths, ok := p.Checklist.Tenths(); ok {
		j.number("percentage", int64(tenths/10))
		if rest := tenths % 10; rest != 0 {
			j.bytes = append(j.bytes, '.', byte('0'+rest))
		}
	} else {
		j.null("percentage")
	}
	j.close('}')
	j.truth("provisional", p.Provisional)
	j.close('}')
}

// step adds a step to the open array. The parameter inapplicable holds the fields of the slots and items that do not
// apply.
func (j *jsonBuffer) step(def *procedure.Step, s *run.Step, inapplicable []string, texts procedure.Localizer) {
	j.begin()
	j.text("key", def.Key)
	j.text("title", texts.Step(def))
	j.text("state", string(s.State))
	j.number("visit", int64(s.Number))
	j.number("earlier_visits", int64(len(s.Earlier)))
	j.time("committed_at", s.CommittedAt)
	j.optional("committed_by", s.CommittedBy)
	j.truth("amended", s.Amended)
	j.optional("reason", s.Reason)
	j.values(def, s)
	j.open("not_applicable", '[')
	for _, field := range inapplicable {
		j.element(field)
	}
	j.close(']')
	j.open("checklist", '[')
	j.items(def, s, inapplicable, texts)
	j.close(']')
	j.close('}')
}

// values adds the values of a step with their origins, and the names of those that are sensitive or erased.
func (j *jsonBuffer) values(def *procedure.Step, s *run.Step) {
	var few [32]int
	given := few[:0] // the slots that have values, in their order
	for i := range s.Slots {
		if !s.Slots[i].Value.IsAbsent() {
			given = append(given, i)
		}
	}
	sorted := slices.Clone(given) // the members of objects are sorted by name
	slices.SortFunc(sorted, func(a, b int) int { return strings.Compare(def.Slots[a].Name, def.Slots[b].Name) })
	j.open("slots", '{')
	for _, i := range sorted {
		j.separate()
		j.quote(def.Slots[i].Name)
		j.bytes = append(j.bytes, ':')
		j.bytes = j.numbers.appendValue(j.bytes, s.Slots[i].Value)
	}
	j.close('}')
	j.open("origins", '{')
	for _, i := range sorted {
		j.separate()
		j.quote(def.Slots[i].Name)
		j.bytes = append(j.bytes, ':')
		j.quote(string(s.Slots[i].Origin))
	}
	j.close('}')
	j.open("sensitive", '[')
	for _, i := range given {
		if !s.Slots[i].IsErased() && s.Slots[i].Value.Shape() == slot.SealedShape {
			j.element(def.Slots[i].Name)
		}
	}
	j.close(']')
	j.open("erased", '[')
	for _, i := range given {
		if s.Slots[i].IsErased() {
			j.element(def.Slots[i].Name)
		}
	}
	if s.ReasonErased() { // unambiguous: a skipped step has no values, so none of its slots is listed
		j.element("reason")
	}
	j.close(']')
}

// appendValue appends a value as JSON. A number keeps its digits; a sensitive value is null.
func (f numberForm) appendValue(dst []byte, v slot.Value) []byte {
	switch {
	case v.Shape() == slot.SealedShape:
		return append(dst, "null"...)
	case f == stringNumbers:
		return v.AppendCanonical(dst) // a string for a number
	}
	return v.AppendRaw(dst)
}

// items adds the items of a step that apply or may still apply to the open array.
func (j *jsonBuffer) items(def *procedure.Step, s *run.Step, inapplicable []string, texts procedure.Localizer) {
	var excluded map[string]bool
	if len(inapplicable) > 0 {
		excluded = make(map[string]bool, len(inapplicable))
		for _, field := range inapplicable {
			excluded[field] = true
		}
	}
	for i := range s.Items {
		it := &s.Items[i]
		if excluded != nil && excluded[checklist.FieldOf(it.Key)] {
			continue
		}
		j.begin()
		j.text("key", it.Key)
		j.text("label", texts.Item(&def.Items[i]))
		j.truth("required", def.Items[i].Required)
		j.truth("completed", it.Completed)
		j.time("completed_at", it.At)
		j.optional("completed_by", it.By)
		j.close('}')
	}
}
