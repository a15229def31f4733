package http

import (
	"net/http"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// procedureBody is a procedure as answered: the document's members, and what the service knows of the version.
type procedureBody struct {
	procedure.DefinitionJSON
	Version   int            `json:"version"`
	Status    string         `json:"status"`
	Digest    string         `json:"digest"`
	CreatedAt string         `json:"created_at"`
	CreatedBy string         `json:"created_by"`
	Warnings  []problemIssue `json:"warnings"`
}

func (c *call) procedureAnswer(status int, v app.ProcedureView, warnings ...fault.Issue) (answer, error) {
	rec := v.Record
	return jsonAnswer(status, procedureBody{
		DefinitionJSON: v.Definition.JSON(), Version: rec.Version, Status: string(rec.Status), Digest: rec.Digest,
		CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy, Warnings: c.issues(warnings),
	}, map[string]string{"ETag": procedureTag(rec), "Cache-Control": revalidate})
}

// savedAnswer answers what saving a definition did: one that was identical says so.
func (c *call) savedAnswer(saved app.Saved) (answer, error) {
	rec := saved.View.Record
	switch {
	case !saved.Changed:
		unchanged := fault.Issue{Code: "definition.unchanged", Params: fault.Params{"version": rec.Version}}
		return c.procedureAnswer(http.StatusOK, saved.View, append(saved.Warnings[:len(saved.Warnings):len(saved.Warnings)], unchanged)...)
	case rec.Head.Seq > 1:
		return c.procedureAnswer(http.StatusOK, saved.View, saved.Warnings...)
	}
	a, err := c.procedureAnswer(http.StatusCreated, saved.View, saved.Warnings...)
	return a.with("Location", "/procedures/"+rec.ID), err
}

// How answers may be kept: looked at again each time, or for ever.
const (
	revalidate = "no-cache"
	immutable  = "public, max-age=31536000, immutable"
)
