package http

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// GetRunBundle handles GET /runs/{run_id}/bundle.
func (s *server) GetRunBundle(
	ctx context.Context, r api.GetRunBundleRequestObject,
) (api.GetRunBundleResponseObject, error) {
	return streamed{ctx: ctx, log: s.log, write: func(to io.Writer) error {
		return inQuery(s.as(ctx).WriteBundle(ctx, to, r.RunID, r.Params.Withhold...))
	}}, nil
}

// inQuery adds the prefix "query." to the fields of a malformed request's issues, because they are query parameters.
// It returns other errors unchanged.
func inQuery(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Malformed {
		return err
	}
	refused := *f
	refused.Issues = slices.Clone(f.Issues)
	for i := range refused.Issues {
		refused.Issues[i].Field = "query." + refused.Issues[i].Field
	}
	return &refused
}
