package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
)

// GetRun handles GET /runs/{run_id}.
func (s *server) GetRun(ctx context.Context, r api.GetRunRequestObject) (api.GetRunResponseObject, error) {
	if r.Params.At != nil {
		return s.pastRun(ctx, r.RunID, *r.Params.At, r.Params.IfNoneMatch)
	}
	return s.presentRun(ctx, r.RunID, r.Params.IfNoneMatch)
}

// presentRun returns a response with the current state of a run, from the cache if the rendered answer is current.
func (s *server) presentRun(ctx context.Context, id string, ifNoneMatch *string) (api.GetRunResponseObject, error) {
	c := callOf(ctx)
	kept, known := cachedAnswer(s.runAnswers, id, c.locale.Wanted(), c.numbers)
	rec, changed, err := s.as(ctx).RunIfChanged(ctx, id, known)
	if err != nil {
		return nil, err
	}
	countAnswer(s.runAnswers, known, changed)
	if !changed {
		return kept.to(ifNoneMatch), nil
	}
	language := rec.Run.Version.In(c.locale.Wanted()).Language()
	tag := runETag(rec.Run, language, c.numbers)
	// An answer that is out of date is replaced in any case: what it shows may have been erased.
	if known == (audit.Head{}) && matchesETag(ifNoneMatch, tag) {
		return answer{tag: tag}.to(ifNoneMatch), nil
	}
	res, err := c.runResponse(ctx, http.StatusOK, rec.Run)
	if err != nil {
		return nil, err
	}
	rendered := answer{language, c.numbers, tag, res}
	keepAnswer(s.runAnswers, id, rec.Head, rec.Run.Version.AllLanguages(), rendered)
	return rendered.to(ifNoneMatch), nil
}

// pastRun returns a response with the state of a run after its event with the given seq.
func (s *server) pastRun(
	ctx context.Context, id string, seq int64, ifNoneMatch *string,
) (api.GetRunResponseObject, error) {
	view, err := s.as(ctx).RunAt(ctx, id, seq)
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	tag := pastETag(runETag(view, view.Version.In(c.locale.Wanted()).Language(), c.numbers), view)
	if matchesETag(ifNoneMatch, tag) {
		return answer{tag: tag}.to(ifNoneMatch), nil
	}
	res, err := c.runResponse(ctx, http.StatusOK, view)
	return res.withHeader("ETag", tag), err
}
