package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// ListVersions returns at most limit versions of a procedure with numbers less than below, newest first. If below is 0,
// it begins with the newest version.
func (s *Service) ListVersions(ctx context.Context, id string, below, limit int) ([]procedure.VersionRecord, error) {
	if _, err := s.ports.Procedures.Head(ctx, id); err != nil {
		return nil, err
	}
	return s.ports.Procedures.Versions(ctx, id, below, limit)
}
