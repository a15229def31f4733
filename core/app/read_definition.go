package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/procedure"
)

// VersionDefinition returns the definition of one version of a procedure.
func (s *UseCases) VersionDefinition(ctx context.Context, id string, version int) (_ *procedure.Version, err error) {
	ctx, begun, err := s.admit(ctx, "VersionDefinition", access.Read)
	if err != nil {
		return nil, err
	}
	defer begun.end(&err)
	return s.ports.Definitions.Definition(ctx, id, version)
}
