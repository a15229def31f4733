package http

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// runAnswer shows a run in the language asked for, as far as its procedure is translated.
func (c *call) runAnswer(status int, r run.Run) (answer, error) {
	texts := r.Version.In(c.locale.Wanted())
	a, err := jsonAnswer(status, runBody(r, texts), map[string]string{"ETag": runTag(r, texts.Language()), "Cache-Control": revalidate})
	if lang := texts.Language(); lang != "" {
		a = a.with("Content-Language", lang)
	}
	return a, err
}

// runRenderer returns a function that renders a run with a status.
func runRenderer(ctx context.Context, status int) func(run.Run) (answer, error) {
	return func(r run.Run) (answer, error) {
		a, err := callOf(ctx).runAnswer(status, r)
		if status == http.StatusCreated {
			a = a.with("Location", "/runs/"+r.ID)
		}
		return a, err
	}
}

func runBody(r run.Run, texts procedure.Localizer) api.Run {
	body := api.Run{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number, UserID: r.UserID, Reference: optional(r.Reference),
		Metadata: free(r.Metadata), State: api.RunState(r.State), Revision: r.Revision, Seq: r.Seq, CurrentStep: optional(r.CurrentKey()),
		Failure: failureBody(r.Failure), CreatedAt: r.CreatedAt.Format(audit.TimeFormat), StartedAt: moment(r.StartedAt),
		UpdatedAt: r.UpdatedAt.Format(audit.TimeFormat), ClosedAt: moment(r.ClosedAt),
		Progress: progressBody(r.Progress()), Steps: make([]api.RunStep, len(r.Steps)),
	}
	for i := range r.Steps {
		body.Steps[i] = stepBody(&r.Version.Steps[i], &r.Steps[i], r.Inapplicable(i), texts)
	}
	return body
}

func failureBody(f *run.Failure) *api.RunFailureReport {
	if f == nil {
		return nil
	}
	return &api.RunFailureReport{Reason: f.Reason, At: f.At.Format(audit.TimeFormat), By: f.By}
}

func progressBody(p run.Progress) api.Progress {
	body := api.Progress{
		Steps:       api.StepProgress{Total: p.Steps.Total, Committed: p.Steps.Committed, Skipped: p.Steps.Skipped, NotApplicable: p.Steps.NotApplicable},
		Checklist:   api.ChecklistProgress{Total: p.Checklist.Total, Completed: p.Checklist.Completed},
		Provisional: p.Provisional,
	}
	if tenths, ok := p.Checklist.Tenths(); ok {
		percentage := float64(tenths) / 10
		body.Checklist.Percentage = &percentage
	}
	return body
}

func stepBody(def *procedure.Step, s *run.Step, out []string, texts procedure.Localizer) api.RunStep {
	body := api.RunStep{
		Key: def.Key, Title: texts.Step(def), State: api.StepState(s.State), Visit: s.Number, EarlierVisits: len(s.Earlier), Reason: optional(s.Reason),
		CommittedAt: moment(s.CommittedAt), CommittedBy: optional(s.CommittedBy), Amended: s.Amended,
		Slots: api.Values{}, Origins: api.Origins{}, Sensitive: []string{}, NotApplicable: append([]string{}, out...), Checklist: []api.RunChecklistItem{},
	}
	for j := range s.Slots {
		held, name := s.Slots[j], def.Slots[j].Name
		if held.Value.IsAbsent() {
			continue
		}
		body.Slots[name], body.Origins[name] = valueBody(held.Value), api.Origin(held.Origin)
		if held.Value.Shape() == slot.SealedShape {
			body.Sensitive = append(body.Sensitive, name)
		}
	}
	for j, it := range s.Items {
		if len(out) > 0 && slices.Contains(out, checklist.FieldOf(it.Key)) {
			continue
		}
		body.Checklist = append(body.Checklist, api.RunChecklistItem{
			Key: it.Key, Label: texts.Item(&def.Items[j]), Required: def.Items[j].Required, Completed: it.Completed,
			CompletedAt: moment(it.At), CompletedBy: optional(it.By),
		})
	}
	return body
}

// valueBody is a value as JSON: numbers as numbers, digit for digit; a sensitive one is null.
func valueBody(v slot.Value) json.RawMessage {
	switch v.Shape() {
	case slot.NumberShape:
		return json.RawMessage(v.Text())
	case slot.SealedShape:
		return json.RawMessage("null")
	}
	return v.AppendCanonical(nil)
}

// moment is null where it has not come.
func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(audit.TimeFormat)
	return &s
}

// optional is null, or absent, where there is no text.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// free is free metadata, never null.
func free(v []byte) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage("{}")
	}
	return v
}
