package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// VersionDefinition returns the definition of one version of a procedure.
func (s *Service) VersionDefinition(ctx context.Context, id string, version int) (_ *procedure.Version, err error) {
	ctx, observed := s.begin(ctx, "VersionDefinition")
	defer observed.end(&err)
	return s.ports.Definitions.Definition(ctx, id, version)
}
