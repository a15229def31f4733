package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/http/jsonschema"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// load returns the components of a contract whose schema Tested is given in YAML.
func load(t *testing.T, schema, parameter string) *openapi3.Components {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(fmt.Appendf(nil, `
openapi: 3.0.3
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    Tested: %s
    Node: {type: object, properties: {next: {$ref: "#/components/schemas/Node"}, n: {type: integer, maximum: 3}}}
  parameters:
    Tested: %s
`, schema, parameter))
	require.NoError(t, err)
	return doc.Components
}

const anyParameter = `{name: p, in: query, schema: {type: string}}`

// TestWhatCannotBeCheckedIsAnErrorAtTheStart has one schema for each keyword, type and format that the tables do not
// express. None of them may be ignored.
func TestWhatCannotBeCheckedIsAnErrorAtTheStart(t *testing.T) {
	for schema, want := range map[string]string{
		`{oneOf: [{type: string}, {type: integer}]}`:                        "OneOf",
		`{anyOf: [{type: string}]}`:                                         "AnyOf",
		`{allOf: [{type: string}]}`:                                         "AllOf",
		`{not: {type: string}}`:                                             "Not",
		`{type: array, uniqueItems: true, items: {type: string}}`:           "UniqueItems",
		`{type: number, exclusiveMinimum: true, minimum: 0}`:                "ExclusiveMin",
		`{type: number, exclusiveMaximum: true, maximum: 0}`:                "ExclusiveMax",
		`{type: number, multipleOf: 2}`:                                     "MultipleOf",
		`{type: object, minProperties: 1}`:                                  "MinProps",
		`{type: object, maxProperties: 1}`:                                  "MaxProps",
		`{type: string, readOnly: true}`:                                    "ReadOnly",
		`{type: string, writeOnly: true}`:                                   "WriteOnly",
		`{type: object, properties: {a: {type: string, const: x}}}`:         "property a: the keyword of Const",
		`{type: array, items: {type: string, maxlength: 3}}`:                `"maxlength"`,
		`{type: object, additionalProperties: {type: string, oneOf: [{}]}}`: "OneOf",
		`{type: object, patternProperties: {a: {type: string}}}`:            "PatternProperties",
		`{type: text}`:                                     `type "text"`,
		`{type: string, format: email}`:                    `format "email"`,
		`{type: integer, format: int32}`:                   `format "int32"`,
		`{type: string, format: int64}`:                    `format "int64"`,
		`{format: date-time}`:                              "date-time",
		`{type: integer, enum: [1, 2]}`:                    "enum",
		`{type: string, pattern: "a("}`:                    "missing closing",
		`{type: string, pattern: "[\\u0041-\\u0042]"}`:     "escape",
		`{type: object, discriminator: {propertyName: a}}`: "Discriminator",
	} {
		t.Run(schema, func(t *testing.T) {
			var c jsonschema.Compiler
			_, err := c.Compile(load(t, schema, anyParameter).Schemas["Tested"])
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
			var c jsonschema.Compiler
			_, err := c.CompileParameter(load(t, "{}", parameter).Parameters["Tested"].Value)
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
		{`{}`, `null`, []string{" request.type"}},
		{`{nullable: true}`, `null`, nil},
		{`{nullable: true}`, `1e400`, []string{" request.type"}},
		{`{type: string, nullable: true, enum: [a]}`, `null`, nil},
		{`{type: string, nullable: true, enum: [a]}`, `"b"`, []string{" request.enum"}},
		{`{type: number, minimum: 0.5}`, `0.25`, []string{" request.min"}},
		{`{type: array, minItems: 1, items: {type: boolean}}`, `[1,true]`, []string{"/0 request.type"}},
		{`{type: array}`, `[1,null]`, nil},
		{`{type: object, properties: {}, additionalProperties: false}`, `{"a":1}`, []string{"/a request.unknown_member"}},
		{`{$ref: "#/components/schemas/Node"}`, `{"next":{"next":{"n":4}}}`, []string{"/next/next/n request.max"}},
		{`{type: object, required: [b, a]}`, `{}`, []string{"/b request.required", "/a request.required"}},
	} {
		var compiler jsonschema.Compiler
		s, err := compiler.Compile(load(t, c.schema, anyParameter).Schemas["Tested"])
		require.NoError(t, err, c.schema)
		require.Equal(t, c.want, check(t, s, c.value), "%s: %s", c.schema, c.value)
	}
}

// Of many issues the first are made and all are counted.
func TestIssuesBeyondTheLimitAreOnlyCounted(t *testing.T) {
	var compiler jsonschema.Compiler
	schema := `{type: array, items: {type: object, required: [a, b]}}`
	s, err := compiler.Compile(load(t, schema, anyParameter).Schemas["Tested"])
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
