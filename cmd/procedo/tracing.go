package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/exaring/otelpgx"
	"github.com/prometheus/client_golang/prometheus"
	metricnoop "go.opentelemetry.io/otel/metric/noop"

	"github.com/procedo/procedo/adapters/caching"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/tracing"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// secretURL is a URL that is shown without its password.
type secretURL string

func (u secretURL) String() string { return redacted(string(u)) }

// MarshalText returns the URL without its password.
func (u secretURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil } //nolint:unparam // the interface

// tracingFlags hold the flag for traces. The standard variables of OpenTelemetry are honoured, too.
type tracingFlags struct {
	OTLPEndpoint secretURL `name:"otlp-endpoint" help:"Collector of OpenTelemetry traces, by OTLP over HTTP." placeholder:"URL"`
}

// readTracing returns the settings of traces. They are off by default.
func (f tracingFlags) readTracing(ctx context.Context) (s tracing.Settings, on bool, err error) {
	type settings struct {
		tracing.Settings
		on bool
	}
	read, err := await(ctx, func() (s settings, err error) {
		s.Settings, s.on, err = tracing.Read("--otlp-endpoint", string(f.OTLPEndpoint))
		return s, err
	})
	var invalid tracing.InvalidError
	if errors.As(err, &invalid) {
		err = failure("tracing_setting", fault.Params{
			"name": invalid.Name, "wants": invalid.Wants, "max": tracing.MaxNumber,
		})
	}
	return read.Settings, read.on, err
}

// traces makes and sends spans. Nil means that nothing is traced: then nothing below this type is used.
type traces struct{ *tracing.Tracing }

// openTraces starts to send traces, if they are on. It also returns the logger, which then adds the ids of traces, and
// a function that sends what waits, and waits for that no longer than finishTime.
func (f tracingFlags) openTraces(
	ctx context.Context, log *slog.Logger, metrics prometheus.Registerer,
) (t *traces, traced *slog.Logger, closeTraces func(), err error) {
	settings, on, err := f.readTracing(ctx)
	if err != nil || !on {
		return nil, log, func() {}, err
	}
	opened, err := tracing.Open(settings, versionText(), log, metrics) //nolint:contextcheck // traces outlive the signal to stop
	if err != nil {
		return nil, log, nil, err
	}
	log.Info("traces are sent", "collector", settings.Shown())
	return &traces{opened}, slog.New(tracing.Logs(log.Handler())), func() { //nolint:contextcheck // as above
		ctx, cancel := context.WithTimeout(context.Background(), finishTime)
		defer cancel()
		if opened.Close(ctx) != nil {
			log.Warn("the server stops before all traces are sent")
		}
	}, nil
}

// ofHTTP returns the tracing of requests.
func (t *traces) ofHTTP() *httpadapter.Tracing {
	if t == nil {
		return nil
	}
	return &httpadapter.Tracing{Tracer: t.Tracer(), Parents: tracing.Parents()}
}

// ofUseCases returns the options of the service.
func (t *traces) ofUseCases() []app.Option {
	if t == nil {
		return nil
	}
	return []app.Option{app.WithObserver(tracing.UseCases{Tracer: t.Tracer()})}
}

// ofSQLite returns the options of an SQLite database.
func (t *traces) ofSQLite() []sqlite.Option {
	if t == nil {
		return nil
	}
	return []sqlite.Option{sqlite.WithTracing(t.Tracer(), storage.TraceGroups(t.Tracer()))}
}

// ofPostgres returns the options of a PostgreSQL database. Its spans do not show the connection: reading it takes
// longer than making the rest of the span.
func (t *traces) ofPostgres() []postgres.Option {
	if t == nil {
		return nil
	}
	statements := otelpgx.NewTracer(
		otelpgx.WithTracerProvider(t.Provider()), otelpgx.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelpgx.WithDisableConnectionDetailsInAttributes(),
	)
	return []postgres.Option{postgres.WithTracing(statements, storage.TraceGroups(t.Tracer()))}
}

// ofCaches returns caches on a server with spans.
func (t *traces) ofCaches(c caching.Caches, system string) caching.Caches {
	if t == nil {
		return c
	}
	c.Runs = tracing.NewCache[app.RunRecord](t.Tracer(), c.Runs, system, "run")
	c.Procedures = tracing.NewCache[procedure.Record](t.Tracer(), c.Procedures, system, "procedure")
	c.Pages = tracing.NewCache[caching.Page](t.Tracer(), c.Pages, system, "procedures")
	return c
}

// ofSinks returns sinks with spans.
func (t *traces) ofSinks(sinks []app.Sink) []app.Sink {
	if t == nil {
		return sinks
	}
	traced := make([]app.Sink, len(sinks))
	for i, s := range sinks {
		traced[i] = tracing.Sink(t.Tracer(), s)
	}
	return traced
}
