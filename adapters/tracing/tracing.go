// Package tracing makes OpenTelemetry traces and sends them to a collector, by OTLP over HTTP. It is used only if a
// collector is configured.
//
// Spans hold no submitted values, no texts of errors and no names of actors; see encode.go for what is left out of
// spans that libraries make.
package tracing

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// scope is the name of the tracer.
const scope = "github.com/procedo/procedo"

// maxAttribute is the maximum length of an attribute, such as the text of a statement, unless a variable of the SDK
// sets another.
const maxAttribute = 4096

// Tracing makes spans and sends them.
type Tracing struct {
	provider *sdk.TracerProvider
	version  string
}

// Open starts to send spans to the collector of the settings.
func Open(s Settings, version string, log *slog.Logger, metrics prometheus.Registerer) (*Tracing, error) {
	// What the SDK finds wrong, such as an unknown sampler, is logged.
	limited := newLimitedLog(log)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { limited.warn("tracing", "error", err) }))
	described, err := describe(version)
	if err != nil {
		return nil, err
	}
	limits := sdk.NewSpanLimits() // of variables, or the defaults
	if limits.AttributeValueLengthLimit < 0 {
		limits.AttributeValueLengthLimit = maxAttribute
	}
	q, err := newQueue(s.queue, newExporter(s, version), log, metrics)
	if err != nil {
		return nil, err
	}
	q.start()
	return &Tracing{version: version, provider: sdk.NewTracerProvider(
		sdk.WithResource(described), sdk.WithRawSpanLimits(limits), sdk.WithSpanProcessor(q),
	)}, nil
}

// describe returns the resource: what is known of this process, and the attributes of OTEL_SERVICE_NAME and
// OTEL_RESOURCE_ATTRIBUTES.
func describe(version string) (*resource.Resource, error) {
	return resource.New(context.Background(),
		resource.WithSchemaURL(semconv.SchemaURL),
		resource.WithAttributes(semconv.ServiceName("procedo"), semconv.ServiceVersion(version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
}

// Provider returns the provider of tracers, for libraries.
func (t *Tracing) Provider() trace.TracerProvider { return t.provider }

// Tracer returns the tracer of the service.
func (t *Tracing) Tracer() trace.Tracer {
	return t.provider.Tracer(scope, trace.WithInstrumentationVersion(t.version))
}

// Parents returns what reads the parent of a request's span from its headers. It is nil if OTEL_PROPAGATORS names other
// forms than that of W3C.
func Parents() propagation.TextMapPropagator {
	names := os.Getenv("OTEL_PROPAGATORS")
	if names == "" || slices.Contains(list(names), "tracecontext") {
		return propagation.TraceContext{}
	}
	return nil
}

// list returns the elements of a list that is separated by commas.
func list(text string) []string {
	all := strings.Split(text, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// Close sends the spans that wait, unless ctx ends before.
func (t *Tracing) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }
