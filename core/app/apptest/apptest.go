// Package apptest calls the use cases in tests.
package apptest

import (
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
)

// Actor is the actor of the use cases that New returns.
const Actor = "ann"

// New returns the use cases over the ports as Actor, who is not authenticated and may do everything.
func New(p app.Ports, options ...app.Option) *app.UseCases { return As(app.New(p, options...), Actor) }

// As returns the use cases as an actor who is not authenticated and may do everything.
func As(s *app.Service, actor string) *app.UseCases {
	return s.As(access.Unproven(actor))
}
