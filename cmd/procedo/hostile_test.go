package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/docs"
)

// hostile is a text that paints a verdict of its own where a terminal acts on it.
const hostile = "x\x1b[2J\x1b]0;title\x07\u009b31m\u202eabc\u2066\u200f\r\b\x7f\u0085\u2028\nverified: 0 findings\n\ttab"

// result is what a command printed.
type result struct {
	t              *testing.T
	stdout, stderr string
	status         int
}

func runCommand(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	m := Main{Stdout: &out, Stderr: &errs}
	status := m.Run(t.Context(), args)
	return result{t, out.String(), errs.String(), status}
}

// requireHarmless fails the test if a terminal would act on the output, or if the hostile text has a line of its own.
func (r result) requireHarmless(what string) {
	r.t.Helper()
	for _, text := range []string{r.stdout, r.stderr} {
		require.True(r.t, utf8.ValidString(text), "%s: %q", what, text)
		for _, c := range text {
			bad := unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
			require.False(r.t, bad, "%s: %U in %q", what, c, text)
		}
		for line := range strings.Lines(text) {
			require.False(r.t, strings.HasPrefix(line, "verified: 0 findings"), "%s: %q", what, text)
		}
	}
}

// poison puts the hostile text into each string of a JSON document, except where a client needs the value itself.
func poison(v any, member string) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = poison(v[name], name)
		}
		return v
	case []any:
		for i := range v {
			v[i] = poison(v[i], member)
		}
		return v
	case string:
		needed := []string{
			"id", "key", "type", "state", "current_step", "procedure_id", "next_cursor", "language", "format", "slots",
			"default_state", "from", "to", "options", "created_at", "started_at", "updated_at", "closed_at", "committed_at",
			"digest", "hash", "prev_hash", "occurred_at", "entity_type", "validate", "name", "status", "when", "time_zone",
			"assert", "required_when", "min", "max", "sensitive", "origins", "fields", "expression",
		}
		if slices.Contains(needed, member) {
			return v
		}
		return v + hostile
	}
	return v
}

// startHostileServer starts the service with the demo, and before it a server that poisons every answer.
func startHostileServer(t *testing.T) (hostileURL, honestURL, database string) {
	t.Helper()
	database = "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	ready, done := make(chan string, 1), make(chan int, 1)
	ctx, stop := context.WithCancel(t.Context())
	m := Main{Stdout: io.Discard, Stderr: io.Discard, Ready: func(base string) { ready <- base }}
	go func() {
		done <- m.Run(ctx, []string{
			"serve", "--listen", "127.0.0.1:0", "--demo", "--database-url", database,
		})
	}()
	honestURL = <-ready
	t.Cleanup(func() { stop(); require.Equal(t, 0, <-done) })
	target, err := url.Parse(honestURL)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(r *http.Response) error {
			data, err := io.ReadAll(r.Body)
			if err != nil || !strings.Contains(r.Header.Get("Content-Type"), "json") {
				return err
			}
			var body any
			if err := json.Unmarshal(data, &body); err != nil {
				return err
			}
			data, err = json.Marshal(poison(body, ""))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
			r.Header.Set("Content-Length", strconv.Itoa(len(data)))
			return err
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL, honestURL, database
}

func post(t *testing.T, address, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	var decoded map[string]any
	require.NoError(t, json.NewDecoder(res.Body).Decode(&decoded))
	return decoded
}

// quoted returns the hostile text as a JSON string.
func quoted(t *testing.T) string {
	t.Helper()
	data, err := json.Marshal(hostile)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

const hostileDefinition = `{"id":"hostile","name":%[1]s,"steps":[{"key":"s","title":%[1]s,"prompt":%[1]s,
 "slots":[{"name":"a","type":"string","label":%[1]s,"description":%[1]s,"unit":%[1]s,"validate":%[1]s,"default":%[1]s},
  {"name":"b","type":"enum","options":[%[1]s,%[1]s],"when":%[1]s},{"name":%[1]s,"type":%[1]s}],
 "rules":[{"key":%[1]s,"assert":%[1]s,"message":%[1]s}],"when":"s.a == 'x","transitions":[{"to":%[1]s}],
 %[1]s:%[1]s}],%[1]s:1}`

func TestNoCommandPrintsWhatATerminalActsOn(t *testing.T) {
	hostileURL, honestURL, database := startHostileServer(t)
	text := quoted(t)
	run, _ := post(t, honestURL+"/runs", `{"procedure_id":"`+docs.DemoID+`"}`)["id"].(string)
	require.NotEmpty(t, run)
	definition := fmt.Sprintf(hostileDefinition, text)
	named := write(t, "a\x1b[2J\u202e\nverified: 0 findings.json", definition)
	yaml := write(t, "a.yaml", "name: a\nsteps: [\x1b[2J\n"+hostile)
	missing := filepath.Join(t.TempDir(), "missing\x1b[2J\u202e\nverified: 0 findings")
	answers := write(t, "answers.json", `[{"slots":{`+text+`:`+text+`}}]`)
	member := write(t, "member.json", `[{`+text+`:1}]`)
	for name, args := range map[string][]string{
		"lint":                  {"lint", named},
		"lint YAML":             {"lint", yaml},
		"lint missing":          {"lint", missing},
		"lint graph":            {"lint", "--graph", write(t, "g.json", `{"name":`+text+`,"steps":[{"key":"s","title":`+text+`}]}`)},
		"load":                  {"load", "--database-url", "sqlite:" + filepath.Join(t.TempDir(), "l.db"), named, yaml},
		"load missing":          {"load", missing},
		"load into a server":    {"load", "--server", hostileURL, named, yaml},
		"list":                  {"list", "--all", "--server", hostileURL},
		"show":                  {"show", "--server", hostileURL, run},
		"show unknown":          {"show", "--server", hostileURL, hostile},
		"run unknown":           {"run", "--server", hostileURL, hostile},
		"run":                   {"run", "--server", hostileURL, "--resume", run, "--answers", answers},
		"run member":            {"run", "--server", hostileURL, "--resume", run, "--answers", member},
		"run missing":           {"run", "--server", hostileURL, "--resume", run, "--answers", missing},
		"run without arguments": {"run", "--server", hostileURL},
		"demo":                  {"demo", "--server", hostileURL},
		"no server":             {"list", "--server", "http://127.0.0.1:1/" + url.PathEscape(hostile)},
		"bad server":            {"list", "--server", hostile},
		"bad database":          {"list", "--database-url", hostile},
		"bad SQLite file":       {"list", "--database-url", "sqlite:" + missing},
		"bad flag":              {"serve", "--" + hostile},
		"bad argument":          {"version", hostile},
		"bad command":           {hostile},
		"bad value":             {"serve", "--listen", hostile},
		"bad host":              {"serve", "--host", hostile},
		"bad cache":             {"serve", "--cache-url", hostile},
		"bad sink":              {"serve", "--audit-sink", "file:" + hostile + "?a=b"},
		"bad key":               {"audit", "verify", "--key", hostile},
		"bad key file":          {"audit", "checkpoint", "--audit-key-file", missing},
		"erase":                 {"audit", "erase", "--run", hostile, "--reason", hostile, "--slot", hostile},
		"withhold":              {"audit", "withhold", named, "--withhold", hostile},
		"export":                {"audit", "export", "--output", missing + "/x"},
		"version":               {"version"},
		"migrate here":          {"migrate", "status", "--database-url", database},
		"migrate":               {"migrate", "status", "--database-url", hostile},
	} {
		t.Run(name, func(t *testing.T) {
			r := runCommand(t, args...)
			r.requireHarmless(name)
			require.NotEmpty(t, r.stdout+r.stderr, "the command was reached")
		})
	}
}

// TestAuditVerifyIsNotMisledByTheFileThatItVerifies checks bundles and exports with a hostile text in one member.
func TestAuditVerifyIsNotMisledByTheFileThatItVerifies(t *testing.T) {
	_, honestURL, database := startHostileServer(t)
	run, _ := post(t, honestURL+"/runs", `{"procedure_id":"`+docs.DemoID+`"}`)["id"].(string)
	res, err := http.Get(honestURL + "/runs/" + run + "/bundle")
	require.NoError(t, err)
	defer res.Body.Close()
	bundle, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	var doc any
	require.NoError(t, json.Unmarshal(bundle, &doc))
	painted := 0
	eachString(doc, func(text string, set func(string)) {
		set(hostile)
		data, err := json.Marshal(doc)
		require.NoError(t, err)
		set(text)
		r := runCommand(t, "audit", "verify", write(t, "b.json", string(data)))
		r.requireHarmless(text)
		if strings.Contains(r.stdout+r.stderr, `\u001b`) {
			painted++
		}
	})
	require.Positive(t, painted, "some findings name the text")

	exported := runCommand(t, "audit", "export", "--database-url", database)
	require.Equal(t, 0, exported.status, exported.stderr)
	lines := strings.ReplaceAll(exported.stdout, run, strings.Trim(quoted(t), `"`))
	r := runCommand(t, "audit", "verify", write(t, "e.jsonl", lines))
	r.requireHarmless("export")
	require.Contains(t, r.stdout+r.stderr, `\u001b`)
}

// eachString calls fn for each string in a JSON document, with a function that replaces it.
func eachString(v any, fn func(text string, set func(string))) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if text, ok := member.(string); ok {
				fn(text, func(s string) { v[name] = s })
			}
			eachString(member, fn)
		}
	case []any:
		for i, element := range v {
			if text, ok := element.(string); ok {
				fn(text, func(s string) { v[i] = s })
			}
			eachString(element, fn)
		}
	}
}

// TestDataForProgramsIsExact checks that what other programs read is not escaped.
func TestDataForProgramsIsExact(t *testing.T) {
	_, honestURL, database := startHostileServer(t)
	const name = "\u202ea\u007f\u0085b"
	started := post(t, honestURL+"/runs", `{"procedure_id":"`+docs.DemoID+`","metadata":{"a":"`+name+`"}}`)
	require.NotEmpty(t, started["id"], "%v", started)
	for _, format := range []string{"jsonl", "csv"} {
		file := filepath.Join(t.TempDir(), "export")
		require.Equal(t, 0, runCommand(t, "audit", "export", "--database-url", database, "--format", format, "-o", file).status)
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), runCommand(t, "audit", "export", "--database-url", database, "--format", format).stdout)
		require.Contains(t, string(want), name)
	}
}

// TestAllOutputGoesThroughTheFunctionsThatEscape checks that no command writes to the output by other means.
func TestAllOutputGoesThroughTheFunctionsThatEscape(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") || name == "print.go" {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for n, line := range strings.Split(string(data), "\n") {
			switch {
			case strings.Contains(line, "fmt.Print"), strings.Contains(line, "os.Stderr") && name != "main.go",
				strings.Contains(line, "fmt.Fprint") && strings.Contains(line, "m.Std") && strings.Contains(line, "%s"):
				t.Errorf("%s:%d: use the functions in print.go: %s", name, n+1, line)
			}
		}
	}
}
