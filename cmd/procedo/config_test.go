package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/cmd/internal/command"
	"github.com/procedo/procedo/core/audit"
)

// shownSettings runs procedo config with --json and returns the settings by name.
func shownSettings(t *testing.T, args ...string) map[string]setting {
	t.Helper()
	var out, diagnostics bytes.Buffer
	m := Main{Stdout: &out, Stderr: &diagnostics}
	require.Equal(t, 0, m.Run(t.Context(), append([]string{"config", "--json"}, args...)), diagnostics.String())
	var shown struct{ Settings []setting }
	require.NoError(t, json.Unmarshal(out.Bytes(), &shown))
	all := map[string]setting{}
	for _, s := range shown.Settings {
		require.NotContains(t, all, s.Name)
		all[s.Name] = s
	}
	return all
}

func TestConfigShowsEverySettingOfServeAndWhereItComesFrom(t *testing.T) {
	private, public, err := audit.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "k")
	require.NoError(t, err)
	key := writeFile(t, "key", private+"\n")
	t.Setenv("PROCEDO_LISTEN", "127.0.0.1:9000")
	t.Setenv("PROCEDO_DATABASE_URL", "sqlite:a.db")
	t.Setenv("PROCEDO_AUDIT_REFUSALS", "false")
	t.Setenv("GOGC", "77")
	all := shownSettings(t, "--database-url", "sqlite:b.db", "--host", "x", "--host", "y", "--audit-key-file", key,
		"--checkpoint-every", "90s", "--demo")
	for _, want := range []setting{
		{Name: "database-url", Value: "sqlite:b.db", Source: fromFlag, From: "--database-url"}, // not the variable
		{Name: "listen", Value: "127.0.0.1:9000", Source: fromVariable, From: "PROCEDO_LISTEN"},
		{Name: "audit-refusals", Value: false, Source: fromVariable, From: "PROCEDO_AUDIT_REFUSALS"},
		{Name: "host", Value: []any{"x", "y"}, Source: fromFlag, From: "--host"},
		{Name: "checkpoint-every", Value: "1m30s", Source: fromFlag, From: "--checkpoint-every"},
		{Name: "demo", Value: true, Source: fromFlag, From: "--demo"},
		{Name: "cache-url", Value: "memory:", Source: fromDefault},
		{Name: "refusal-limit", Value: 1000.0, Source: fromDefault},
		{Name: "max-connections", Value: float64(connectionLimit(maxOpenFiles())), Source: fromDefault},
		{Name: "audit-key", Value: []any{public}, Source: fromFile, From: key, Secret: true},
		{Name: "GOGC", Value: "77", Source: fromVariable, From: "GOGC"},
	} {
		require.Equal(t, want, all[want.Name])
	}
	commands := newProgram().Commands
	serve := commands[slices.IndexFunc(commands, func(c *command.Command) bool { return c.Name == "serve" })]
	for _, f := range serve.Flags {
		require.Contains(t, all, f.Name, "a new flag of serve must be shown")
	}
}

func TestConfigShowsNoSecret(t *testing.T) {
	const word = "Gehe1m"
	private, _, err := audit.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{9}, 64)), "k")
	require.NoError(t, err)
	secretPart := private[strings.LastIndex(private, "+")+1:]
	key, password := writeFile(t, "key", private+"\n"), writeFile(t, "password", word+"\n")
	whsec := "whsec_" + "R2VoZTFtR2VoZTFtR2VoZTFtR2VoZTFtR2VoZTFtR2Vo"
	for name, given := range map[string][]string{
		"in the user of the database URL":        {"--database-url=postgres://procedo:" + word + "@127.0.0.1/procedo"},
		"in the settings of the database URL":    {"--database-url=postgres://127.0.0.1/procedo?password=" + word},
		"for the key of a client certificate":    {"--database-url=postgres://127.0.0.1/p?sslpassword=" + word + "&a=b"},
		"in a database URL that is not valid":    {"--database-url=postgres://u:" + word + "/%zz@h/d"},
		"in settings of a URL that is not valid": {"--database-url=postgres://h%zz/d?password=" + word},
		"in a database URL of several hosts":     {"--database-url=postgres://u:" + word + "@a:1,b:2/d"},
		"in a URL of an unknown kind":            {"--database-url=mysql://u:" + word + "@h/d"},
		"in the cache URL":                       {"--cache-url=valkey://u:" + word + "@127.0.0.1"},
		"in a cache URL that is not valid":       {"--cache-url=redis://u:" + word + "@127.0.0.1"},
		"in a file":                              {"--database-url=postgres://127.0.0.1/d", "--database-password-file=" + password},
		"in the path of a webhook":               {"--audit-sink=https://example.com/" + word},
		"in the settings of a webhook":           {"--audit-sink=https://example.com/?key=" + word},
		"in the user of a webhook":               {"--audit-sink=https://u:" + word + "@example.com/"},
		"in a sink that is not valid":            {"--audit-sink=https://u:" + word + "%zz@example.com/"},
		"in the file of keys":                    {"--audit-key-file=" + key},
		"in the variables":                       {"--database-url=postgres://127.0.0.1/d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PGPASSWORD", word)
			t.Setenv("PGSSLPASSWORD", word)
			t.Setenv("PROCEDO_AUDIT_KEY", private)
			t.Setenv("PROCEDO_AUDIT_SINK_SECRET", whsec)
			for _, language := range []string{"C", "fr_FR"} {
				for _, form := range [][]string{{"config"}, {"config", "--json"}} {
					t.Setenv("LC_ALL", language)
					var out bytes.Buffer
					m := Main{Stdout: &out, Stderr: &out}
					m.Run(t.Context(), append(form, given...))
					require.Contains(t, out.String(), "cache-url")
					for _, secret := range []string{word, secretPart, whsec} {
						require.NotContains(t, out.String(), secret)
					}
				}
			}
		})
	}
}

func TestConfigFailsWhereServeWould(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--listen", "0.0.0.0:8080"}, {"--listen", "nowhere"}, {"--refusal-limit=-1"}, {"--cache-url", "memory:?x=1"},
		{"--cache-url", "redis://h"}, {"--cache-url", "none:x"}, {"--cache-url", ""}, {"--database-url", "mysql:x"},
		{"--audit-sink", "ftp://x"}, {"--audit-sink", "https://example.com/"}, {"--checkpoint-every", "1ms"},
		{"--database-url", "postgres://h/d?pool_max_conns=1"}, {"--host", "a/b"},
		{"--database-password-file", writeFile(t, "p", "x")}, // of SQLite
		{"--database-url", "postgres://h/d", "--database-password-file", writeFile(t, "p", "\n")},
		{"--audit-key-file", writeFile(t, "k", "no key")},
		{"--listen", "127.0.0.1:99999"}, {"--listen", "127.0.0.1:-1"}, {"--listen", "127.0.0.1:nowhere"},
		{"--pprof", "127.0.0.1:65536"}, {"--max-connections=-1"}, {"--request-limit=-1"},
		{"--pprof", "6060"}, {"--pprof", "0.0.0.0:6060"}, {"--otlp-endpoint", "collector:4318"},
	} {
		var out, diagnostics bytes.Buffer
		m := Main{Stdout: &out, Stderr: &diagnostics}
		require.Equal(t, 1, m.Run(t.Context(), append([]string{"config"}, args...)), args)
		require.Contains(t, out.String(), "database-url", "it is shown all the same")
		require.NotEmpty(t, diagnostics.String())
		var served bytes.Buffer
		m = Main{Stdout: &served, Stderr: &served}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		require.Equal(t, 1, m.Run(ctx, append([]string{"serve"}, args...)), args)
		stop()
		require.Equal(t, diagnostics.String(), served.String(), "the same words")
	}
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, files, "neither opens the database")
}

func TestConfigFailsForVariablesOfTracesThatServeRefuses(t *testing.T) {
	for name, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_HEADERS": "no pair", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "0",
		"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_BSP_MAX_QUEUE_SIZE": "many", "OTEL_TRACES_EXPORTER": "zipkin",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
			t.Setenv(name, value)
			var out, diagnostics bytes.Buffer
			m := Main{Stdout: &out, Stderr: &diagnostics}
			require.Equal(t, 1, m.Run(t.Context(), []string{"config"}))
			require.Contains(t, diagnostics.String(), name)
		})
	}
}

func TestConfigShowsTheVariablesOfTraces(t *testing.T) {
	const word = "Gehe1m"
	for name, value := range map[string]string{
		"OTEL_SERVICE_NAME": "procedo-qa", "OTEL_BSP_SCHEDULE_DELAY": "1000",
		"OTEL_EXPORTER_OTLP_HEADERS": "api-key=" + word, "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x=" + word,
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://u:" + word + "@127.0.0.1:4318",
	} {
		t.Setenv(name, value)
	}
	all := shownSettings(t, "--otlp-endpoint", "http://u:"+word+"@127.0.0.1:4318")
	for _, want := range []setting{
		{Name: "OTEL_SERVICE_NAME", Value: "procedo-qa"}, {Name: "OTEL_BSP_SCHEDULE_DELAY", Value: "1000"},
		{Name: "OTEL_EXPORTER_OTLP_HEADERS", Secret: true}, {Name: "OTEL_EXPORTER_OTLP_TRACES_HEADERS", Secret: true},
		{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://u:xxxxx@127.0.0.1:4318", Secret: true},
	} {
		want.Source, want.From = fromVariable, want.Name
		require.Equal(t, want, all[want.Name])
	}
	require.Equal(t, setting{
		Name: "otlp-endpoint", Value: "http://u:xxxxx@127.0.0.1:4318", Source: fromFlag, From: "--otlp-endpoint", Secret: true,
	}, all["otlp-endpoint"])
}

func TestConfigNamesVariablesThatNothingReads(t *testing.T) {
	t.Setenv("PROCEDO_LISTNE", "x")
	t.Setenv("PROCEDO_LISTEN", "127.0.0.1:1")
	var out, diagnostics bytes.Buffer
	m := Main{Stdout: &out, Stderr: &diagnostics}
	require.Equal(t, 0, m.Run(t.Context(), []string{"config"}))
	require.Contains(t, diagnostics.String(), "PROCEDO_LISTNE")
	require.NotContains(t, diagnostics.String(), "PROCEDO_LISTEN")
}

func TestHelpListsEveryVariable(t *testing.T) {
	names := []string{auditKeyVariable, sinkSecretVariable, "LC_ALL"}
	newProgram().Walk(func(c *command.Command) {
		for _, f := range c.Flags {
			names = append(names, f.Variable)
		}
	})
	for _, language := range []string{"C", "fr_FR"} {
		t.Setenv("LC_ALL", language)
		var out bytes.Buffer
		m := Main{Stdout: &out, Stderr: &out}
		require.Equal(t, 0, m.Run(t.Context(), []string{"--help"}))
		for _, name := range names {
			require.Contains(t, out.String(), "  "+name)
		}
		for line := range strings.Lines(out.String()) {
			require.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), 80)
		}
	}
}

func TestThePasswordOfAFileReachesPostgres(t *testing.T) {
	file := writeFile(t, "password", "p&=?#é%\r\n")
	for address, want := range map[string]string{
		"postgres://u@h/d":            "postgres://u@h/d?password=p%26%3D%3F%23%C3%A9%25",
		"postgres://u@h/d?sslmode=no": "postgres://u@h/d?sslmode=no&password=p%26%3D%3F%23%C3%A9%25",
	} {
		got, err := database{DatabaseURL: address, DatabasePasswordFile: file}.url(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.NotContains(t, database{DatabaseURL: address, DatabasePasswordFile: file}.shown(), "p%26")
	}
	require.NoError(t, os.Remove(file))
	_, err := database{DatabaseURL: "postgres://u@h/d", DatabasePasswordFile: file}.url(t.Context())
	require.Error(t, err)
}

func TestPostgresReadsEveryPasswordOfAFile(t *testing.T) {
	var all strings.Builder
	for c := ' '; c <= '~'; c++ {
		all.WriteRune(c)
	}
	for _, password := range []string{all.String() + "é", " ", "a b", "+", "%20", " é "} {
		file := writeFile(t, "password", password+"\n")
		for _, address := range []string{"postgres://u@h/d", "postgres://u:other@h/d?sslmode=disable"} {
			given, err := database{DatabaseURL: address, DatabasePasswordFile: file}.url(t.Context())
			require.NoError(t, err)
			config, err := pgx.ParseConfig(given)
			require.NoError(t, err)
			require.Equal(t, password, config.Password)
		}
	}
}
