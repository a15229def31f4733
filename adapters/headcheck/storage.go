package headcheck

import (
	"context"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Share returns the ports of a storage. Those who ask for the head of a run or of a procedure at the same moment share
// one query.
func Share(s storage.Storage) app.Ports {
	p := s.App
	p.Runs = runs{p.Runs, NewGroup(source{p.Runs, s.RunHeads}, storage.ErrNoRun)}
	p.Procedures = procedures{p.Procedures, NewGroup(source{p.Procedures, s.ProcedureHeads}, storage.ErrNoProcedure)}
	return p
}

// header is the part of the ports that reads one head.
type header interface {
	Head(ctx context.Context, id string) (audit.Head, error)
}

// source combines the ports that read one head and many.
type source struct {
	header
	storage.HeadReader
}

type runs struct {
	app.Runs
	heads *Group
}

// Head returns the head of the run's chain, from a query that may be shared.
func (r runs) Head(ctx context.Context, id string) (audit.Head, error) { return r.heads.Head(ctx, id) }

type procedures struct {
	app.Procedures
	heads *Group
}

// Head returns the head of the procedure's chain, from a query that may be shared.
func (p procedures) Head(ctx context.Context, id string) (audit.Head, error) {
	return p.heads.Head(ctx, id)
}
