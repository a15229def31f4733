package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetRunStep handles GET /runs/{run_id}/steps/{step_key}.
func (s *server) GetRunStep(ctx context.Context, r api.GetRunStepRequestObject) (api.GetRunStepResponseObject, error) {
	view, err := s.as(ctx).Step(ctx, r.RunID, r.StepKey)
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	texts := view.Run.Version.In(c.locale.Wanted())
	tag := stepETag(view, texts.Language(), c.numbers)
	if matchesETag(r.Params.IfNoneMatch, tag) {
		return answer{tag: tag}.to(r.Params.IfNoneMatch), nil
	}
	form, err := view.Run.StepForm(ctx, view.Step, view.At)
	if err != nil {
		return nil, err
	}
	header := map[string]string{"ETag": tag, "Cache-Control": cacheRevalidate}
	if language := texts.ContentLanguage(); language != "" {
		header["Content-Language"] = language
	}
	return jsonResponse(http.StatusOK, newStepForm(view, form, texts, c.numbers), header)
}
