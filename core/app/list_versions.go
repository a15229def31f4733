package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/procedure"
)

// ListVersions returns a page of at most limit versions of a procedure, newest first. If beforeVersion is not 0, it
// returns only versions with lower numbers. The records are short: their texts are ids, names and digests.
func (s *UseCases) ListVersions(
	ctx context.Context, id string, beforeVersion, limit int,
) (_ Page[procedure.VersionRecord], err error) {
	ctx, begun, err := s.admit(ctx, "ListVersions", access.Read)
	if err != nil {
		return Page[procedure.VersionRecord]{}, err
	}
	defer begun.end(&err)
	if _, err := s.ports.Procedures.Head(ctx, id); err != nil {
		return Page[procedure.VersionRecord]{}, err
	}
	all, err := s.ports.Procedures.Versions(ctx, id, beforeVersion, limit+1)
	return Page[procedure.VersionRecord]{Items: all[:min(limit, len(all))], More: len(all) > limit}, err
}
