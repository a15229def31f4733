// Package postgrestest observes for tests what a PostgreSQL database is asked.
package postgrestest

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres"
)

// WithTrips returns an option that calls f at each round trip of the driver, with the statements that it sends. These
// are a batch, a statement by itself, or one that is only prepared, as the driver does with a query by itself that is
// new to its connection. The driver does not tell of two trips that depend on the connection alone: it prepares the
// statements of a batch that are new to the connection, and asks a connection that was idle whether it is alive.
func WithTrips(f func(statements ...string)) postgres.Option {
	return postgres.WithTracing(tracer(f), nil)
}

type tracer func(statements ...string)

var _ interface {
	pgx.QueryTracer
	pgx.BatchTracer
	pgx.PrepareTracer
	pgx.CopyFromTracer
} = tracer(nil)

func (f tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	f(data.SQL)
	return ctx
}

func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (f tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	var all []string
	for _, q := range data.Batch.QueuedQueries {
		all = append(all, q.SQL)
	}
	f(all...)
	return ctx
}

func (tracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// prepared is the key of the statement that is prepared in a context.
type prepared struct{}

func (tracer) TracePrepareStart(ctx context.Context, _ *pgx.Conn, data pgx.TracePrepareStartData) context.Context {
	return context.WithValue(ctx, prepared{}, data.SQL)
}

func (f tracer) TracePrepareEnd(ctx context.Context, _ *pgx.Conn, data pgx.TracePrepareEndData) {
	if text, ok := ctx.Value(prepared{}).(string); ok && !data.AlreadyPrepared {
		f("PREPARE " + text)
	}
}

func (f tracer) TraceCopyFromStart(
	ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData,
) context.Context {
	f("COPY " + data.TableName.Sanitize())
	return ctx
}

func (tracer) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}
