package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// GetRun handles GET /runs/{run_id}.
func (s *server) GetRun(ctx context.Context, r api.GetRunRequestObject) (api.GetRunResponseObject, error) {
	var view run.Run
	var err error
	if at := r.Params.At; at != nil {
		view, err = s.service.RunAt(ctx, r.RunID, *at)
	} else {
		view, err = s.service.Run(ctx, r.RunID)
	}
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	tag := runETag(view, view.Version.In(c.locale.Wanted()).Language())
	if r.Params.At != nil {
		tag = pastETag(tag, view)
	}
	if matchesETag(r.Params.IfNoneMatch, tag) {
		return notModified(map[string]string{"ETag": tag, "Cache-Control": cacheRevalidate}), nil
	}
	res, err := c.runResponse(ctx, http.StatusOK, view)
	return res.withHeader("ETag", tag), err
}
