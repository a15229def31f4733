package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// VersionDefinition returns the definition of one version of a procedure.
func (s *Service) VersionDefinition(ctx context.Context, id string, version int) (*procedure.Version, error) {
	return s.ports.Definitions.Definition(ctx, id, version)
}
