package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// procedureBody is the response body for a version of a procedure: the members of its document, and its metadata.
type procedureBody struct {
	procedure.DefinitionJSON
	Version   int            `json:"version"`
	Status    string         `json:"status"`
	Digest    string         `json:"digest"`
	CreatedAt string         `json:"created_at"`
	CreatedBy string         `json:"created_by"`
	Warnings  []problemIssue `json:"warnings"`
	// WarningCount is the number of all warnings, of which Warnings lists the first.
	WarningCount int `json:"warning_count,omitzero"`
}

func (c *call) procedureResponse(status int, v app.ProcedureView, warnings fault.IssueList) (response, error) {
	rec := v.Record
	return jsonResponse(status, procedureBody{
		DefinitionJSON: c.numbers.definition(v.Definition.JSON()),
		Version:        rec.Version, Status: string(rec.Status), Digest: rec.Digest,
		CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy, Warnings: c.issues(warnings.First),
		WarningCount: warnings.Count,
	}, map[string]string{"ETag": procedureETag(rec, c.numbers), "Cache-Control": cacheRevalidate})
}

// savedRenderer renders the result of saving a definition. If the definition was unchanged, the response contains a
// warning.
func savedRenderer(ctx context.Context) renderer[app.Saved] {
	return procedureRenderer(ctx, func(saved app.Saved) app.Reply {
		rec, reply := saved.View.Record, app.Reply{Status: http.StatusOK, Warnings: saved.Warnings}
		switch {
		case !saved.Changed:
			unchanged := fault.Issue{Code: "definition.unchanged", Params: fault.Params{"version": rec.Version}}
			reply.Warnings = fault.IssueList{}
			reply.Warnings.Add(unchanged)
			reply.Warnings.Append(saved.Warnings)
		case rec.Head.Seq == 1:
			reply.Status, reply.Location = http.StatusCreated, "/procedures/"+rec.ID
		}
		return reply
	})
}

// procedureRenderer renders a procedure as the reply says. The messages of warnings are in the caller's language.
func procedureRenderer(ctx context.Context, reply func(app.Saved) app.Reply) renderer[app.Saved] {
	c := callOf(ctx)
	return renderer[app.Saved]{
		func(saved app.Saved) app.Reply {
			r := reply(saved)
			r.Language = c.locale.Language()
			return r
		},
		func(saved app.Saved, r app.Reply) (response, error) { return c.procedureReply(saved.View, r) },
	}
}

// procedureReply returns a response with a procedure, as the reply says.
func (c *call) procedureReply(v app.ProcedureView, reply app.Reply) (response, error) {
	in := *c
	in.locale = i18n.Accept(reply.Language)
	res, err := in.procedureResponse(reply.Status, v, reply.Warnings)
	if reply.Location != "" {
		res = res.withHeader("Location", reply.Location)
	}
	return res, err
}

// Values of Cache-Control.
const (
	cacheRevalidate = "no-cache" // caches must revalidate the response before each use
	cacheNever      = "no-store"
)

// cacheImmutable returns the Cache-Control of answers that never change. Where callers are authenticated, only their
// own caches may keep them.
func (s *server) cacheImmutable() string {
	const forever = "max-age=31536000, immutable"
	if s.authenticator == nil {
		return "public, " + forever
	}
	return "private, " + forever
}
