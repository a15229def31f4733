package http

import (
	"net/http"
	"slices"

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
}

func (c *call) procedureResponse(status int, v app.ProcedureView, warnings ...fault.Issue) (response, error) {
	rec := v.Record
	return jsonResponse(status, procedureBody{
		DefinitionJSON: v.Definition.JSON(), Version: rec.Version, Status: string(rec.Status), Digest: rec.Digest,
		CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy, Warnings: c.issues(warnings),
	}, map[string]string{"ETag": procedureETag(rec), "Cache-Control": cacheRevalidate})
}

// savedResponse returns the response to a request that saved a definition. If the definition was unchanged, the
// response contains a warning.
func (c *call) savedResponse(saved app.Saved) (response, error) {
	rec := saved.View.Record
	switch {
	case !saved.Changed:
		unchanged := fault.Issue{Code: "definition.unchanged", Params: fault.Params{"version": rec.Version}}
		return c.procedureResponse(http.StatusOK, saved.View, append(slices.Clip(saved.Warnings), unchanged)...)
	case rec.Head.Seq > 1:
		return c.procedureResponse(http.StatusOK, saved.View, saved.Warnings...)
	}
	res, err := c.procedureResponse(http.StatusCreated, saved.View, saved.Warnings...)
	return res.withHeader("Location", "/procedures/"+rec.ID), err
}

// Values of Cache-Control.
const (
	cacheRevalidate = "no-cache" // caches must revalidate the response before each use
	cacheImmutable  = "public, max-age=31536000, immutable"
)
