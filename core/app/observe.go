package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
)

// Observer is told about each use case that is called, for example to trace it. It must not be slow and cannot change
// the result.
type Observer interface {
	// Begin is called when a use case begins. It returns the context that the use case and its ports get, and a
	// function that is called with the error of the use case when it ends.
	Begin(ctx context.Context, useCase string) (context.Context, func(error))
}

// WithObserver returns an option that sets the observer of the use cases.
func WithObserver(o Observer) Option { return func(s *Service) { s.observer = o } }

// beginning is a use case that has begun.
type beginning struct {
	by    access.Principal // the principal with the entry that admitted them; zero if nobody asked for the use case
	ended func(error)      // nil if there is no observer
}

// begin tells the observer that a use case begins which the service carries out for itself.
func (s *Service) begin(ctx context.Context, useCase string) (context.Context, beginning) {
	var b beginning
	if s.observer != nil {
		ctx, b.ended = s.observer.Begin(ctx, useCase)
	}
	return ctx, b
}

// admit is like begin, for a use case that the principal asks for. Without the permission, it returns fault.Forbidden,
// and the use case has ended.
func (s *UseCases) admit(
	ctx context.Context, useCase string, to access.Permission,
) (context.Context, beginning, error) {
	ctx, b := s.begin(ctx, useCase)
	by, err := s.by.Admit(to)
	if b.by = by; err != nil {
		b.end(&err)
	}
	return ctx, b, err
}

// end tells the observer that the use case has ended with the given error, or with nil.
func (b *beginning) end(err *error) {
	if b.ended != nil {
		b.ended(*err)
	}
}
