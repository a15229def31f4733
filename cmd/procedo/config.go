package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/cmd/internal/command"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// configCmd has the flags of serve, so that it can be given the same command line.
type configCmd struct {
	serveCmd
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is shown by --help below the summary.
func (configCmd) Help() string {
	return "It takes the flags and variables of serve, and prints which values are in force and where each comes from. " +
		"Passwords and keys are not printed. The exit status is 1 if serve would refuse a setting. " +
		"Nothing is opened and nothing is changed."
}

// setting is a value that serve would use.
type setting struct {
	Name   string `json:"name"`
	Value  any    `json:"value"` // a string, number or boolean, or a list of strings; null if the value is secret
	Source string `json:"source"`
	// From is the flag, the variable or the file that holds the value; empty for a default.
	From   string `json:"from,omitempty"`
	Secret bool   `json:"secret,omitzero"` // the value is not shown, or only in part
}

// The sources of settings.
const (
	fromFlag     = "flag"
	fromVariable = "variable"
	fromFile     = "file"
	fromDefault  = "default"
)

// Run prints the settings, then what is wrong with them.
func (c configCmd) Run(ctx context.Context, m *Main) error {
	all := append(c.flagSettings(m.program.Selected), c.secretSettings(ctx)...)
	all = append(all, otherSettings(c.DatabaseURL)...)
	unknown := unknownVariables(m.program)
	var err error
	if c.JSON {
		err = writeSettings(m.data(), all, unknown)
	} else {
		err = printSettings(m.Stdout, all)
	}
	for _, name := range unknown {
		m.warn(say("config_unknown", fault.Params{"name": name}))
	}
	return errors.Join(err, c.check(ctx))
}

// check returns what serve would refuse before it opens the database.
func (c configCmd) check(ctx context.Context) error {
	if err := c.checkSettings(ctx); err != nil {
		return err
	}
	if _, err := c.checkpointing(ctx); err != nil {
		return err
	}
	if _, err := c.keyset(ctx); err != nil {
		return err
	}
	if _, err := c.sinks(io.Discard); err != nil {
		return err
	}
	if _, _, err := c.readTracing(ctx); err != nil {
		return err
	}
	e, err := c.openEngine(ctx)
	if err != nil {
		return err
	}
	return e.close()
}

// flagSettings returns the settings of all flags but those of config itself.
func (c configCmd) flagSettings(selected *command.Command) (all []setting) {
	for _, f := range selected.Flags {
		if f.Name == "json" {
			continue
		}
		s := setting{Name: f.Name}
		s.Value, s.Secret = shownValue(f.Value())
		s.Source, s.From = sourceOf(f)
		switch f.Name {
		case "database-url", "cache-url", "public-url":
			given, _ := f.Value().(string)
			s.Value, s.Secret = redacted(given), redacted(given) != given
		case "otlp-endpoint":
			shown := c.OTLPEndpoint.String()
			s.Value, s.Secret = shown, shown != string(c.OTLPEndpoint)
		case "audit-sink":
			names := make([]string, len(c.AuditSink))
			for i, address := range c.AuditSink {
				names[i] = auditsink.Name(address)
			}
			s.Value, s.Secret = names, !slices.Equal(names, c.AuditSink)
		case "max-connections":
			if c.MaxConnections == 0 {
				s.Value = connectionLimit(maxOpenFiles())
			}
		}
		all = append(all, s)
	}
	return all
}

// secretSettings returns the settings that have no flag, because other users of the machine can see command lines. Of
// the keys that sign checkpoints, it shows the public part.
func (c configCmd) secretSettings(ctx context.Context) (all []setting) {
	key := setting{Name: "audit-key", Source: fromDefault, Secret: true}
	if c.AuditKeyFile != "" {
		key.Source, key.From = fromFile, c.AuditKeyFile
	} else if os.Getenv(auditKeyVariable) != "" {
		key.Source, key.From = fromVariable, auditKeyVariable
	}
	if keys, err := c.keys(ctx); err == nil && keys != nil {
		key.Value = publicKeys(keys)
	}
	if key.Source == fromDefault {
		key.Value, key.Secret = []string{}, false
	}
	secret := setting{Name: "audit-sink-secret", Value: []string{}, Source: fromDefault}
	if os.Getenv(sinkSecretVariable) != "" {
		secret = setting{Name: secret.Name, Source: fromVariable, From: sinkSecretVariable, Secret: true}
	}
	return append(all, key, secret)
}

func publicKeys(keys []audit.Key) []string {
	public := make([]string, len(keys))
	for i, k := range keys {
		public[i] = k.Public
	}
	return public
}

// otherSettings returns the variables that libraries read: those of the Go runtime, of a PostgreSQL client, and of
// OpenTelemetry.
func otherSettings(databaseURL string) (all []setting) {
	names := []string{"GOGC", "GOMEMLIMIT", "GODEBUG", "SSL_CERT_FILE", "SSL_CERT_DIR", notifyVariable}
	if strings.HasPrefix(databaseURL, "postgres") {
		names = append(names, "PGAPPNAME", "PGCHANNELBINDING", "PGCONNECT_TIMEOUT", "PGDATABASE", "PGHOST",
			"PGMAXPROTOCOLVERSION", "PGMINPROTOCOLVERSION", "PGOPTIONS", "PGPASSFILE", "PGPASSWORD", "PGPORT",
			"PGREQUIREAUTH", "PGSERVICE", "PGSERVICEFILE", "PGSSLCERT", "PGSSLKEY", "PGSSLMODE", "PGSSLNEGOTIATION",
			"PGSSLPASSWORD", "PGSSLROOTCERT", "PGSSLSNI", "PGTARGETSESSIONATTRS", "PGTZ", "PGUSER")
	}
	for _, name := range append(names, tracingVariables()...) {
		if value, given := os.LookupEnv(name); given {
			all = append(all, variableSetting(name, value))
		}
	}
	return all
}

// variableSetting returns the setting of a variable that a library reads. Passwords and headers are hidden, and so are
// the secrets in the address of a collector.
func variableSetting(name, value string) setting {
	s := setting{Name: name, Value: value, Source: fromVariable, From: name}
	switch {
	case strings.HasSuffix(name, "PASSWORD"), strings.HasSuffix(name, "_HEADERS"):
		s.Value, s.Secret = nil, true
	case strings.HasSuffix(name, "_ENDPOINT"):
		s.Value, s.Secret = redacted(value), redacted(value) != value
	}
	return s
}

// tracingVariables returns the names of the variables of OpenTelemetry in the environment.
func tracingVariables() (names []string) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OTEL_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// sourceOf returns where the value of a flag comes from.
func sourceOf(f *command.Flag) (source, from string) {
	switch f.Source {
	case command.CommandLine:
		return fromFlag, "--" + f.Name
	case command.Variable:
		return fromVariable, f.Variable
	case command.Default:
	}
	return fromDefault, ""
}

// shownValue returns a value in the form that JSON shows, without secrets. It reports whether there were some.
func shownValue(value any) (shown any, secret bool) {
	switch v := value.(type) {
	case time.Duration:
		return v.String(), false
	case string:
		return redactedEntry(v), redactedEntry(v) != v
	case []string:
		all := make([]string, len(v)) // an empty list, not null
		for i, one := range v {
			all[i] = redactedEntry(one)
		}
		return all, !slices.Equal(all, v)
	}
	return value, false
}

// writeSettings writes the settings as JSON.
func writeSettings(out io.Writer, all []setting, unknown []string) error {
	err := json.MarshalWrite(out, struct {
		Settings []setting `json:"settings"`
		Unknown  []string  `json:"unknown_variables"`
	}{all, unknown}, jsontext.WithIndent("  "))
	if err == nil {
		_, err = fmt.Fprintln(out)
	}
	return err
}

// printSettings prints the settings as a table.
func printSettings(out io.Writer, all []setting) error {
	const gap = 2
	w := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	for _, s := range all {
		from := s.From
		if s.Source == fromDefault {
			from = say("config_default", nil)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, settingText(s), from)
	}
	return w.Flush()
}

// settingText returns the value of a setting as people read it.
func settingText(s setting) string {
	switch v := s.Value.(type) {
	case nil:
		return say("config_hidden", nil)
	case []string:
		if len(v) > 0 {
			return terminal.EscapeLine(strings.Join(v, " "))
		}
		return say("config_none", nil)
	case bool:
		return strconv.FormatBool(v)
	case string:
		if v == "" {
			return say("config_none", nil)
		}
		return terminal.EscapeLine(v)
	}
	return fmt.Sprint(s.Value)
}
