package jsonschema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// load returns the compiler of a contract with a schema and a parameter, and both. They are given in YAML.
func load(t *testing.T, schema, parameter string) (c jsonschema.Compiler, tested, p *jsondoc.Node) {
	t.Helper()
	var doc any
	require.NoError(t, yaml.Unmarshal(fmt.Appendf(nil, `
openapi: 3.1.0
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    Tested: %s
    Node: {type: object, properties: {next: {$ref: "#/components/schemas/Node"}, n: {type: integer, maximum: 3}}}
  parameters:
    Tested: %s
`, schema, parameter), &doc))
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	contract, err := jsonschema.Parse(text)
	require.NoError(t, err)
	return jsonschema.Compiler{Contract: contract},
		contract.Get("components", "schemas", "Tested"), contract.Get("components", "parameters", "Tested")
}

const anyParameter = `{name: p, in: query, schema: {type: string}}`

// TestWhatCannotBeCheckedIsAnErrorAtTheStart has one schema for each keyword, type and format that the tables do not
// express. None of them may be ignored.
func TestWhatCannotBeCheckedIsAnErrorAtTheStart(t *testing.T) {
	for schema, want := range map[string]string{
		`{oneOf: [{type: string}, {type: integer}]}`:                        "the keyword oneOf",
		`{anyOf: [{type: string}]}`:                                         "the keyword anyOf",
		`{allOf: [{type: string}]}`:                                         "the keyword allOf",
		`{not: {type: string}}`:                                             "the keyword not",
		`{type: array, uniqueItems: true, items: {type: string}}`:           "the keyword uniqueItems",
		`{type: number, exclusiveMinimum: 0}`:                               "the keyword exclusiveMinimum",
		`{type: number, exclusiveMaximum: 0}`:                               "the keyword exclusiveMaximum",
		`{type: number, multipleOf: 2}`:                                     "the keyword multipleOf",
		`{type: object, minProperties: 1}`:                                  "the keyword minProperties",
		`{type: object, maxProperties: 1}`:                                  "the keyword maxProperties",
		`{type: string, readOnly: true}`:                                    "the keyword readOnly",
		`{type: string, writeOnly: true}`:                                   "the keyword writeOnly",
		`{type: object, properties: {a: {type: string, const: x}}}`:         "property a: the keyword const",
		`{type: array, items: {type: string, maxlength: 3}}`:                "the keyword maxlength",
		`{type: object, additionalProperties: {type: string, oneOf: [{}]}}`: "the keyword oneOf",
		`{type: object, patternProperties: {a: {type: string}}}`:            "the keyword patternProperties",
		`{type: text}`:                                              `type "text"`,
		`{type: string, format: email}`:                             `format "email"`,
		`{type: integer, format: int32}`:                            `format "int32"`,
		`{type: string, format: int64}`:                             `format "int64"`,
		`{format: date-time}`:                                       "date-time",
		`{anyOf: [{type: string}, {type: "null"}], minLength: 1}`:   "the keyword anyOf",
		`{anyOf: [{type: string}, {type: "null"}, {type: object}]}`: "the keyword anyOf",
		`{anyOf: [{type: string, not: {}}, {type: "null"}]}`:        "the keyword not",
		`{$ref: "#/components/schemas/Nowhere"}`:                    "leads nowhere",
		`{$ref: "#/components/schemas/Tested"}`:                     "circle",
		`{type: string, maxLength: "3"}`:                            "maxLength",
		`{type: integer, enum: [1, 2]}`:                             "enum",
		`{type: string, pattern: "a("}`:                             "missing closing",
		`{type: string, pattern: "[\\u0041-\\u0042]"}`:              "escape",
		`{type: object, discriminator: {propertyName: a}}`:          "the keyword discriminator",
	} {
		t.Run(schema, func(t *testing.T) {
			c, tested, _ := load(t, schema, anyParameter)
			_, err := c.Compile(tested)
			require.ErrorContains(t, err, want)
		})
	}
	var c jsonschema.Compiler
	_, err := c.Compile(nil)
	require.Error(t, err)
}

func TestParametersThatCannotBeCheckedAreAnErrorAtTheStart(t *testing.T) {
	for _, parameter := range []string{
		`{name: p, in: cookie, schema: {type: string}}`,
		`{name: p, in: query, allowEmptyValue: true, schema: {type: string}}`,
		`{name: p, in: query, content: {application/json: {schema: {type: string}}}}`,
		`{name: p, in: query, schema: {type: boolean}}`,
		`{name: p, in: query, schema: {type: number}}`,
		`{name: p, in: query, schema: {type: object}}`,
		`{name: p, in: query, schema: {}}`,
		`{name: p, in: query, schema: {type: string, not: {}}}`,
		`{name: p, in: query, style: form, explode: false, schema: {type: array, items: {type: string}}}`,
		`{name: p, in: query, style: spaceDelimited, schema: {type: array, items: {type: string}}}`,
		`{name: p, in: query, schema: {type: array, items: {type: integer}}}`,
		`{name: p, in: header, schema: {type: array, items: {type: string}}}`,
		`{name: p, in: path, required: true, style: label, schema: {type: string}}`,
		`{name: p, in: path, required: true, style: simple, schema: {type: array, items: {type: string}}}`,
	} {
		t.Run(parameter, func(t *testing.T) {
			c, _, p := load(t, "{}", parameter)
			_, err := c.CompileParameter(p)
			require.ErrorContains(t, err, ".p: ")
		})
	}
}

// check returns the issues of a value, each in the form "field code".
func check(t *testing.T, s *jsonschema.Schema, value string) []string {
	t.Helper()
	n, err := jsondoc.Parse([]byte(value))
	require.NoError(t, err)
	var issues fault.IssueList
	s.Check(n, &issues)
	var all []string
	for _, is := range issues.First {
		all = append(all, is.Field+" "+is.Code)
	}
	return all
}

// The contract does not use these yet; they are checked nevertheless.
func TestSchemasBeyondThoseOfTheContract(t *testing.T) {
	for _, c := range []struct {
		schema, value string
		want          []string
	}{
		{`{}`, `{"a":1e400}`, nil},
		{`{}`, `null`, nil},
		{`{description: d}`, `[1e400]`, nil},
		{`{type: [number, "null"]}`, `null`, nil},
		{`{type: [number, "null"]}`, `1e400`, []string{" request.type"}},
		{`{type: [string, integer]}`, `1.5`, []string{" request.type"}},
		{`{type: [string, "null"], enum: [a]}`, `null`, nil},
		{`{type: [string, "null"], enum: [a]}`, `"b"`, []string{" request.enum"}},
		{`{anyOf: [{$ref: "#/components/schemas/Node"}, {type: "null"}]}`, `null`, nil},
		{`{anyOf: [{type: "null"}, {$ref: "#/components/schemas/Node"}], description: d}`, `{"n":4}`,
			[]string{"/n request.max"}},
		{`{anyOf: [{$ref: "#/components/schemas/Node"}, {type: "null"}]}`, `1`, []string{" request.type"}},
		{`{type: number, minimum: 0.5}`, `0.25`, []string{" request.min"}},
		{`{type: array, minItems: 1, items: {type: boolean}}`, `[1,true]`, []string{"/0 request.type"}},
		{`{type: array}`, `[1,null]`, nil},
		{`{type: object, properties: {}, additionalProperties: false}`, `{"a":1}`, []string{"/a request.unknown_member"}},
		{`{$ref: "#/components/schemas/Node"}`, `{"next":{"next":{"n":4}}}`, []string{"/next/next/n request.max"}},
		{`{type: object, required: [b, a]}`, `{}`, []string{"/b request.required", "/a request.required"}},
	} {
		compiler, tested, _ := load(t, c.schema, anyParameter)
		s, err := compiler.Compile(tested)
		require.NoError(t, err, c.schema)
		require.Equal(t, c.want, check(t, s, c.value), "%s: %s", c.schema, c.value)
	}
}

// Of many issues the first are made and all are counted.
func TestIssuesBeyondTheLimitAreOnlyCounted(t *testing.T) {
	compiler, tested, _ := load(t, `{type: array, items: {type: object, required: [a, b]}}`, anyParameter)
	s, err := compiler.Compile(tested)
	require.NoError(t, err)
	n, err := jsondoc.Parse([]byte("[" + strings.Repeat("{},", 9_999) + "{}]"))
	require.NoError(t, err)
	var issues fault.IssueList
	s.Check(n, &issues)
	require.Equal(t, 20_000, issues.Count)
	require.Len(t, issues.First, fault.MaxIssues)
	require.Equal(t, "/127/b", issues.First[fault.MaxIssues-1].Field)
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() { s.Check(n, &issues) }), 2.0)
}
