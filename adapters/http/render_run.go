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
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
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
	header := map[string]string{"ETag": runETag(r, texts.Language(), c.numbers), "Cache-Control": cacheRevalidate}
	outlook := r.Outlook(ctx)
	if err := budget.Interrupted(ctx); err != nil {
		return response{}, err
	}
	data, err := runJSON(r, outlook, texts, c.numbers, c.issues(reply.Warnings.First))
	header["Content-Type"] = "application/json"
	if lang := texts.ContentLanguage(); lang != "" {
		header["Content-Language"] = lang
	}
	return response{reply.Status, header, data}, err
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

func failureBody(f *run.Failure) *api.RunFailureReport {
	if f == nil {
		return nil
	}
	return &api.RunFailureReport{Reason: optional(f.Reason), At: f.At.Format(audit.TimeFormat), By: f.By}
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
