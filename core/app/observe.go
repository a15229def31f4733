package app

import "context"

// Observer is told about each use case that is called, for example to trace it. It must not be slow and cannot change
// the result.
type Observer interface {
	// Begin is called when a use case begins. It returns the context that the use case and its ports get, and a
	// function that is called with the error of the use case when it ends.
	Begin(ctx context.Context, useCase string) (context.Context, func(error))
}

// WithObserver returns an option that sets the observer of the use cases.
func WithObserver(o Observer) Option { return func(s *Service) { s.observer = o } }

// observation is a use case that an observer was told about. The zero observation is one without an observer.
type observation struct{ ended func(error) }

// begin tells the observer that a use case begins.
func (s *Service) begin(ctx context.Context, useCase string) (context.Context, observation) {
	if s.observer == nil {
		return ctx, observation{}
	}
	ctx, ended := s.observer.Begin(ctx, useCase)
	return ctx, observation{ended}
}

// end tells the observer that the use case has ended with the given error, or with nil.
func (o observation) end(err *error) {
	if o.ended != nil {
		o.ended(*err)
	}
}
