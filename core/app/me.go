package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
)

// Me returns the principal as whom the use cases are called.
func (s *UseCases) Me(ctx context.Context) (_ access.Principal, err error) {
	_, begun, err := s.admit(ctx, "Me", access.Identify)
	if err != nil {
		return access.Principal{}, err
	}
	defer begun.end(&err)
	return begun.by, nil
}
