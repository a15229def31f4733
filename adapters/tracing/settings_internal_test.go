package tracing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// setAll sets variables given as NAME=value.
func setAll(t *testing.T, variables []string) {
	t.Helper()
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv("OTEL_"+name, value)
	}
}

func TestTracesAreOnOnlyIfACollectorIsConfigured(t *testing.T) {
	for _, c := range []struct {
		flag      string
		variables []string
		want      string // the address; empty if off
	}{
		{"", nil, ""},
		{"", []string{"SERVICE_NAME=x", "TRACES_SAMPLER=always_on", "EXPORTER_OTLP_HEADERS=a=b"}, ""},
		{"http://c:4318", nil, "http://c:4318/v1/traces"},
		{"https://c/base/", nil, "https://c/base/v1/traces"},
		{"", []string{"EXPORTER_OTLP_ENDPOINT=http://c:4318/"}, "http://c:4318/v1/traces"},
		{"", []string{"EXPORTER_OTLP_TRACES_ENDPOINT=http://c/own?x=1"}, "http://c/own?x=1"},
		{"", []string{"EXPORTER_OTLP_TRACES_ENDPOINT=http://t", "EXPORTER_OTLP_ENDPOINT=http://c"}, "http://t"},
		{"http://f", []string{"EXPORTER_OTLP_TRACES_ENDPOINT=http://t", "EXPORTER_OTLP_ENDPOINT=http://c"}, "http://f/v1/traces"},
		{"", []string{"TRACES_EXPORTER=otlp"}, "http://localhost:4318/v1/traces"},
		{"http://c", []string{"TRACES_EXPORTER=otlp"}, "http://c/v1/traces"},
		{"http://c", []string{"TRACES_EXPORTER=none"}, ""},
		{"http://c", []string{"SDK_DISABLED=true"}, ""},
		{"http://c", []string{"SDK_DISABLED=false"}, "http://c/v1/traces"},
	} {
		t.Run(c.flag+strings.Join(c.variables, " "), func(t *testing.T) {
			setAll(t, c.variables)
			s, on, err := Read("--otlp-endpoint", c.flag)
			require.NoError(t, err)
			require.Equal(t, c.want != "", on)
			if on {
				require.Equal(t, c.want, s.endpoint.String())
			}
		})
	}
}

func TestASettingThatCannotBeUsedIsNamedButNotShown(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "s3cret.pem")
	require.NoError(t, os.WriteFile(notPEM, []byte("s3cret"), 0o600))
	for _, c := range []struct{ flag, variable, name string }{
		{"s3cret", "", "--otlp-endpoint"},
		{"c:4318", "", "--otlp-endpoint"},
		{"ftp://s3cret", "", "--otlp-endpoint"},
		{"http://u:s3cret@", "", "--otlp-endpoint"},
		{"http://s3cret\x7f", "", "--otlp-endpoint"},
		{"", "EXPORTER_OTLP_ENDPOINT=s3cret:1", ""},
		{"", "EXPORTER_OTLP_TRACES_ENDPOINT=//s3cret", ""},
		{"http://c", "EXPORTER_OTLP_HEADERS=s3cret", ""},
		{"http://c", "EXPORTER_OTLP_HEADERS=a=b,s3cret", ""},
		{"http://c", "EXPORTER_OTLP_TRACES_HEADERS=a=s3cret%zz", ""},
		{"http://c", "EXPORTER_OTLP_HEADERS=a=s3cret%0d%0ab", ""},
		{"http://c", "EXPORTER_OTLP_HEADERS=a b=s3cret", ""},
		{"http://c", "EXPORTER_OTLP_PROTOCOL=grpc", ""},
		{"http://c", "EXPORTER_OTLP_TRACES_PROTOCOL=http/json", ""},
		{"http://c", "EXPORTER_OTLP_COMPRESSION=zip", ""},
		{"http://c", "EXPORTER_OTLP_TIMEOUT=10s", ""},
		{"http://c", "EXPORTER_OTLP_TIMEOUT=0", ""},
		{"http://c", "BSP_MAX_QUEUE_SIZE=-1", ""},
		{"http://c", "BSP_SCHEDULE_DELAY=99999999999999999999", ""},
		{"http://c", "TRACES_EXPORTER=zipkin", ""},
		{"http://c", "EXPORTER_OTLP_CERTIFICATE=" + notPEM, ""},
	} {
		t.Run(c.flag+" "+c.variable, func(t *testing.T) {
			if c.variable != "" {
				setAll(t, []string{c.variable})
				name, _, _ := strings.Cut(c.variable, "=")
				c.name = "OTEL_" + name
			}
			_, _, err := Read("--otlp-endpoint", c.flag)
			var invalid InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.name, invalid.Name)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestVariablesOfTheSpecificationAreRead(t *testing.T) {
	setAll(t, []string{
		"EXPORTER_OTLP_TIMEOUT=7000", "EXPORTER_OTLP_TRACES_TIMEOUT=2000", "BSP_SCHEDULE_DELAY=100",
		"BSP_EXPORT_TIMEOUT=400", "BSP_MAX_QUEUE_SIZE=20", "BSP_MAX_EXPORT_BATCH_SIZE=30",
	})
	s, _, err := Read("", "http://c")
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, s.timeout)
	require.Equal(t, queueSettings{100 * time.Millisecond, 400 * time.Millisecond, 20, 20}, s.queue)

	require.NotNil(t, Parents())
	t.Setenv("OTEL_PROPAGATORS", "baggage, tracecontext")
	require.NotNil(t, Parents())
	t.Setenv("OTEL_PROPAGATORS", "none")
	require.Nil(t, Parents())
}
