package docs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/procedure/proceduretest"
	"github.com/procedo/procedo/docs"
)

// schemas returns the compiled JSON Schema of each format.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	compiled := map[string]*jsonschema.Schema{}
	names := map[string]string{procedure.Format0: "v0.1", procedure.Format1: "v1", procedure.Format: "v2"}
	for format, name := range names {
		data, err := docs.Schemas.ReadFile("json_schema_procedure_" + name + ".json")
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		require.NoError(t, c.AddResource("http://procedo.local/"+name, doc))
		compiled[format], err = c.Compile("http://procedo.local/" + name)
		require.NoError(t, err)
	}
	return compiled
}

// verdicts checks a document with the validator and with the JSON Schema of its format, and returns the error of each.
// A nil error means that the document was accepted.
func verdicts(t require.TestingT, all map[string]*jsonschema.Schema, text string) (validator, schema error) {
	node, err := jsondoc.Parse([]byte(text))
	require.NoError(t, err, text)
	_, issues := procedure.Read(context.Background(), node, cel.Language{})
	if issues.Count > 0 {
		validator = fmt.Errorf("%s %s", issues.First[0].Field, issues.First[0].Code)
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	if s := all[procedure.FormatOf(node)]; s != nil {
		schema = s.Validate(instance)
	}
	return validator, schema
}

func TestSchemaAcceptsDocumentsThatTheValidatorAccepts(t *testing.T) {
	all := schemas(t)
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		minimal, verbose := proceduretest.Document(t)
		for _, text := range []string{
			minimal, verbose, mutant(t, minimal), mutant(t, verbose), mutant(t, mutant(t, verbose)),
		} {
			validator, schema := verdicts(t, all, text)
			if validator == nil {
				accepted++
				require.NoError(t, schema, text)
			} else {
				refused++
			}
		}
	})
	require.Positive(t, accepted)
	require.Positive(t, refused)
}

// values are the values to which mutant sets a member.
var values = []any{
	nil, true, false, "", " ", "x", "end", "in", "fr", "2026-01-01", "X-X", "string", "enum", "date", "integer", "phone",
	"multi_enum", json.Number("0"), json.Number("1"), json.Number("-1"), "run.metadata.x", "0.1", "1",
	[]any{map[string]any{"to": "end"}}, []any{map[string]any{"to": "end", "when": "run.metadata.x"}},
	map[string]any{"next": "end"}, json.Number("0.1"), json.Number("1.5"), json.Number("2e1"), json.Number("20000000"),
	[]any{}, []any{"a"}, []any{"a", "a"}, []any{nil}, map[string]any{},
	map[string]any{"en": map[string]any{"label": "L", "title": "T"}}, "today", "now-PT4H", "CHF", "Europe/Zurich", "Local",
	[]any{map[string]any{"value": "a", "label": "A"}},
	[]any{map[string]any{"label": "A"}}, []any{map[string]any{"value": " "}},
}

// members are the members that mutant sets or removes. The member "colour" is unknown in every format.
var members = []string{
	"id", "name", "key", "title", "label", "description", "prompt", "type", "required", "options", "validate", "mask",
	"min", "max", "min_length", "max_length", "default", "default_state", "sensitive", "metadata", "translations",
	"position", "max_visits", "language", "steps", "slots", "checklist_items", "version", "warnings", "colour", "when",
	"required_when", "transitions", "skippable", "format", "checklists", "time_zone", "decimals", "unit", "value",
}

// mutant returns the document after setting or removing a random member of a random object.
func mutant(t *rapid.T, text string) string {
	var doc any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&doc))
	var objects []map[string]any
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			objects = append(objects, v)
			for _, m := range members { // in a fixed order, because a failure must be reproducible
				walk(v[m])
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(doc)
	o := rapid.SampledFrom(objects).Draw(t, "object")
	m := rapid.SampledFrom(members).Draw(t, "member")
	if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
		delete(o, m)
	} else {
		o[m] = rapid.SampledFrom(values).Draw(t, "value")
	}
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	return string(data)
}

// TestCorpusVerdicts checks for each document in testdata whether the validator and the schema refuse it. The expected
// verdict is ok, both, or validator. The last one means that a JSON Schema cannot express the violated rule.
func TestCorpusVerdicts(t *testing.T) {
	all := schemas(t)
	files, err := filepath.Glob("testdata/definitions/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var corpus []struct {
			Rule     string          `json:"rule"`
			Verdict  string          `json:"verdict"`
			Document json.RawMessage `json:"document"`
		}
		require.NoError(t, json.Unmarshal(data, &corpus), file)
		for _, c := range corpus {
			validator, schema := verdicts(t, all, string(c.Document))
			got := "ok"
			switch {
			case validator != nil && schema != nil:
				got = "both"
			case validator != nil:
				got = "validator"
			case schema != nil:
				got = "schema"
			}
			require.Equal(t, c.Verdict, got, "%s: %s: %v; %v", filepath.Base(file), c.Rule, validator, schema)
		}
	}
}

func TestDemoMatchesItsSchema(t *testing.T) {
	validator, schema := verdicts(t, schemas(t), string(docs.Demo))
	require.NoError(t, validator)
	require.NoError(t, schema)
}

func TestSchemaDescriptionsAreInBothLanguages(t *testing.T) {
	files, err := docs.Schemas.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, f := range files {
		data, err := docs.Schemas.ReadFile(f.Name())
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`"description": "((?:[^"\\]|\\.)*)"`).FindAllSubmatch(data, -1) {
			english, french, both := strings.Cut(string(m[1]), `\n`)
			require.True(t, both && english != "" && french != "" && english != french, "%s: %s", f.Name(), m[1])
			require.NotRegexp(t, ` [:;!?»]|« |'`, french)
		}
	}
}
