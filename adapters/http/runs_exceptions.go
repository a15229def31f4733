package http

import (
	"context"
	"maps"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

const exceptionCursor = "exceptions"

// exceptionBody is an exception in a response, RunException in the contract.
type exceptionBody struct {
	Seq         int64                  `json:"seq"`
	Kind        app.ExceptionKind      `json:"kind"`
	Action      string                 `json:"action"`
	Actor       string                 `json:"actor"`
	OccurredAt  string                 `json:"occurred_at"`
	Step        *string                `json:"step"`
	Visit       *int                   `json:"visit"`
	Reason      *string                `json:"reason"`
	Code        *string                `json:"code"`
	Issues      []problemIssue         `json:"issues"`
	Slots       []string               `json:"slots"`
	Origins     map[string]slot.Origin `json:"origins"`
	Divergences []run.Divergence       `json:"divergences"`
	Texts       []run.ErasedText       `json:"texts"`
	Places      []commitment.Place     `json:"places"`
	Unproven    bool                   `json:"unproven,omitzero"`
}

// ListRunExceptions handles GET /runs/{run_id}/exceptions.
func (s *server) ListRunExceptions(
	ctx context.Context, r api.ListRunExceptionsRequestObject,
) (api.ListRunExceptionsResponseObject, error) {
	after, err := parseNumberCursor(exceptionCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	all, err := s.as(ctx).Exceptions(ctx, r.RunID, after, app.PageSize{Items: limitOf(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	if len(all.Items) == 0 && all.More {
		return emptyPage(ctx, makeCursor(exceptionCursor, strconv.FormatInt(all.After, 10)))
	}
	key := func(x app.Exception) string { return strconv.FormatInt(x.Seq, 10) }
	return pageResponse(ctx, exceptionCursor, all.Page, key, func(x app.Exception) any { return callOf(ctx).exception(x) })
}

// emptyPage returns the response with a page without items of a list that continues at the cursor.
func emptyPage(ctx context.Context, next string) (response, error) {
	header := map[string]string{"Cache-Control": cacheRevalidate}
	if u := callOf(ctx).url; u != nil {
		header["Link"] = nextLink(u, next)
	}
	return jsonResponse(http.StatusOK, listBody{Items: jsontext.Value("[]"), NextCursor: next}, header)
}

func (c *call) exception(x app.Exception) exceptionBody {
	b := exceptionBody{
		Seq: x.Seq, Kind: x.Kind, Action: x.Action, Actor: x.Actor, OccurredAt: x.At.Format(audit.TimeFormat),
		Step: optional(x.Step), Reason: optional(x.Reason), Code: optional(x.Code), Issues: c.issues(x.Issues),
		Slots: append([]string{}, x.Slots...), Origins: map[string]slot.Origin{},
		Divergences: append([]run.Divergence{}, x.Divergences...),
		Texts:       append([]run.ErasedText{}, x.Texts...), Places: append([]commitment.Place{}, x.Erased...),
		Unproven: x.Unproven,
	}
	if x.Visit > 0 {
		b.Visit = &x.Visit
	}
	maps.Copy(b.Origins, x.Origins)
	return b
}
