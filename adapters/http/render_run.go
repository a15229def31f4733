package http

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// runResponse returns a response with a run. The texts of the run are in the requested language if the procedure has a
// translation.
func (c *call) runResponse(ctx context.Context, status int, r run.Run) (response, error) {
	return c.runResponseIn(ctx, r.Version.In(c.locale.Wanted()), r, app.Reply{Status: status})
}

// runResponseIn returns a response with a run, and with the status and the warnings of the reply.
func (c *call) runResponseIn(
	ctx context.Context, texts procedure.Localizer, r run.Run, reply app.Reply,
) (response, error) {
	header := map[string]string{"ETag": runETag(r, texts.Language()), "Cache-Control": cacheRevalidate}
	outlook := r.Outlook(ctx)
	if err := budget.Interrupted(ctx); err != nil {
		return response{}, err
	}
	body := runBody(r, outlook, texts)
	for _, w := range c.issues(reply.Warnings.First) {
		body.Warnings = append(body.Warnings, api.Issue{Field: w.Field, Code: w.Code, Params: w.Params, Message: w.Message})
	}
	res, err := jsonResponse(reply.Status, body, header)
	if lang := texts.Language(); lang != "" {
		res = res.withHeader("Content-Language", lang)
	}
	return res, err
}

// runRenderer renders a run as a response with the given status.
func runRenderer(ctx context.Context, status int) renderer[run.Run] {
	c := callOf(ctx)
	reply := func(r run.Run) app.Reply {
		reply := app.Reply{Status: status, Language: r.Version.In(c.locale.Wanted()).Language()}
		if status == http.StatusCreated {
			reply.Location = "/runs/" + r.ID
		}
		return reply
	}
	// The command is done by then, so that its result is rendered even if the deadline has just passed.
	ctx = context.WithoutCancel(ctx)
	render := func(r run.Run, reply app.Reply) (response, error) { return c.runReply(ctx, r, reply) }
	return renderer[run.Run]{reply, render}
}

// runReply returns a response with a run, as the reply says.
func (c *call) runReply(ctx context.Context, r run.Run, reply app.Reply) (response, error) {
	res, err := c.runResponseIn(ctx, r.Version.InLanguage(reply.Language), r, reply)
	if reply.Location != "" {
		res = res.withHeader("Location", reply.Location)
	}
	return res, err
}

func runBody(r run.Run, outlook run.Outlook, texts procedure.Localizer) api.Run {
	body := api.Run{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number,
		UserID:    userBody(r.UserID, r.Erased),
		Reference: optional(r.Reference), Metadata: metadataBody(r.Metadata, r.Erased), Erased: erasedBody(r.Erased),
		State: api.RunState(r.State), Revision: r.Revision, Seq: r.Seq, CurrentStep: optional(r.CurrentKey()),
		Failure: failureBody(r.Failure), Diverged: r.Diverged(),
		CreatedAt: r.CreatedAt.Format(audit.TimeFormat), StartedAt: timeBody(r.StartedAt),
		UpdatedAt: r.UpdatedAt.Format(audit.TimeFormat), ClosedAt: timeBody(r.ClosedAt),
		Progress: progressBody(outlook.Progress), Steps: make([]api.RunStep, len(r.Steps)),
	}
	for i := range r.Steps {
		body.Steps[i] = stepBody(&r.Version.Steps[i], &r.Steps[i], outlook.Inapplicable[i], texts)
	}
	return body
}

func failureBody(f *run.Failure) *api.RunFailureReport {
	if f == nil {
		return nil
	}
	return &api.RunFailureReport{Reason: optional(f.Reason), At: f.At.Format(audit.TimeFormat), By: f.By}
}

func progressBody(p run.Progress) api.Progress {
	body := api.Progress{
		Steps: api.StepProgress{
			Total: p.Steps.Total, Committed: p.Steps.Committed, Skipped: p.Steps.Skipped,
			NotApplicable: p.Steps.NotApplicable,
		},
		Checklist:   api.ChecklistProgress{Total: p.Checklist.Total, Completed: p.Checklist.Completed},
		Provisional: p.Provisional,
	}
	if tenths, ok := p.Checklist.Tenths(); ok {
		percentage := float64(tenths) / 10
		body.Checklist.Percentage = &percentage
	}
	return body
}

// stepBody returns a step for a response. The parameter inapplicable holds the fields of the slots and items that do
// not apply.
func stepBody(def *procedure.Step, s *run.Step, inapplicable []string, texts procedure.Localizer) api.RunStep {
	body := api.RunStep{
		Key: def.Key, Title: texts.Step(def), State: api.StepState(s.State),
		Visit: s.Number, EarlierVisits: len(s.Earlier), Reason: optional(s.Reason),
		CommittedAt: timeBody(s.CommittedAt), CommittedBy: optional(s.CommittedBy), Amended: s.Amended,
		Slots: api.Values{}, Origins: api.Origins{}, Sensitive: []string{}, Erased: []string{},
		NotApplicable: append([]string{}, inapplicable...), Checklist: []api.RunChecklistItem{},
	}
	for j := range s.Slots {
		sv, name := s.Slots[j], def.Slots[j].Name
		if sv.Value.IsAbsent() {
			continue
		}
		body.Slots[name], body.Origins[name] = valueBody(sv.Value), api.Origin(sv.Origin)
		switch {
		case sv.IsErased():
			body.Erased = append(body.Erased, name)
		case sv.Value.Shape() == slot.SealedShape:
			body.Sensitive = append(body.Sensitive, name)
		}
	}
	if s.ReasonErased() { // unambiguous: a skipped step has no values, so none of its slots is listed
		body.Erased = append(body.Erased, "reason")
	}
	excluded := make(map[string]bool, len(inapplicable))
	for _, field := range inapplicable {
		excluded[field] = true
	}
	for j, it := range s.Items {
		if excluded[checklist.FieldOf(it.Key)] {
			continue
		}
		body.Checklist = append(body.Checklist, api.RunChecklistItem{
			Key: it.Key, Label: texts.Item(&def.Items[j]), Required: def.Items[j].Required, Completed: it.Completed,
			CompletedAt: timeBody(it.At), CompletedBy: optional(it.By),
		})
	}
	return body
}

// valueBody returns a value as JSON. A number keeps its digits; a sensitive value is null.
func valueBody(v slot.Value) json.RawMessage {
	switch v.Shape() {
	case slot.NumberShape:
		return json.RawMessage(v.Text())
	case slot.SealedShape:
		return json.RawMessage("null")
	}
	return v.AppendCanonical(nil)
}

// timeBody returns a time as text, or nil for the zero time.
func timeBody(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(audit.TimeFormat)
	return &s
}

// optional returns a pointer to s, or nil if it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// deref returns the value that p points to, or the zero value if p is nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// userBody returns the user of a run, or nil if it was erased.
func userBody(user string, erased []run.ErasedText) *string {
	if slices.Contains(erased, run.ErasedUserID) {
		return nil
	}
	return &user
}

// metadataBody returns the metadata of a run: an empty object if there is none, and nil if it was erased.
func metadataBody(v []byte, erased []run.ErasedText) *api.RunMetadata {
	if slices.Contains(erased, run.ErasedMetadata) {
		return nil
	}
	body := json.RawMessage(v)
	if len(v) == 0 {
		body = json.RawMessage("{}")
	}
	return &body
}

func erasedBody(erased []run.ErasedText) []string {
	names := make([]string, len(erased))
	for i, text := range erased {
		names[i] = string(text)
	}
	return names
}
