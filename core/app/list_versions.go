package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// ListVersions returns at most limit versions of a procedure, newest first. If beforeVersion is not 0, it returns only
// versions with lower numbers.
func (s *Service) ListVersions(
	ctx context.Context, id string, beforeVersion, limit int,
) ([]procedure.VersionRecord, error) {
	if _, err := s.ports.Procedures.Head(ctx, id); err != nil {
		return nil, err
	}
	return s.ports.Procedures.Versions(ctx, id, beforeVersion, limit)
}
