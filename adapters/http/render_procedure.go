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
	procedure.Written
	Version   int           `json:"version"`
	Status    string        `json:"status"`
	Digest    string        `json:"digest"`
	CreatedAt string        `json:"created_at"`
	CreatedBy string        `json:"created_by"`
	Warnings  []fault.Issue `json:"warnings"`
}

func procedureAnswer(status int, v app.ProcedureView) (answer, error) {
	rec := v.Record
	return jsonAnswer(status, procedureBody{
		Written: v.Definition.Written(), Version: rec.Version, Status: string(rec.Status), Digest: rec.Digest,
		CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy, Warnings: []fault.Issue{},
	}, map[string]string{"ETag": procedureTag(rec), "Cache-Control": revalidate})
}

// savedAnswer answers what saving a definition did.
func savedAnswer(result any) (answer, error) {
	saved := result.(app.Saved) //nolint:forcetypeassert // the use cases of procedures have this result and no other
	status := http.StatusOK
	if saved.Changed && saved.View.Record.Head.Seq == 1 {
		status = http.StatusCreated
	}
	a, err := procedureAnswer(status, saved.View)
	if status == http.StatusCreated {
		a = a.with("Location", "/procedures/"+saved.View.Record.ID)
	}
	return a, err
}

// How answers may be kept: looked at again each time, or for ever.
const (
	revalidate = "no-cache"
	immutable  = "public, max-age=31536000, immutable"
)
