package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// downgraded returns the schema Tested of a contract, given in YAML, in OpenAPI 3.0.
func downgraded(t *testing.T, schema string) (string, error) {
	t.Helper()
	doc, err := parse([]byte(`
openapi: 3.1.0
info: {title: T, version: "1"}
components:
  schemas:
    Named: {type: object, required: [a], properties: {a: {$ref: "#/components/schemas/Choice"}}}
    Choice: {type: string, enum: [x, y], examples: [x]}
    Tested: ` + schema))
	require.NoError(t, err)
	before, err := toJSON(doc)
	require.NoError(t, err)
	old, err := downgrade(doc)
	if err != nil {
		return "", err
	}
	after, err := toJSON(doc)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "the document itself was changed")
	text, err := appendJSON(nil, get(get(get(old, "components"), "schemas"), "Tested"))
	require.NoError(t, err)
	return string(text), nil
}

func TestSchemasKeepTheirMeaningInOpenAPI30(t *testing.T) {
	const named = `"type":"object","nullable":true,"required":["a"],"properties":{"a":{"$ref":"#/components/schemas/Choice"}}`
	for schema, want := range map[string]string{
		`{type: string}`:                  `{"type":"string"}`,
		`{type: [string, "null"]}`:        `{"type":"string","nullable":true}`,
		`{type: ["null", integer]}`:       `{"type":"integer","nullable":true}`,
		`{type: "null"}`:                  `{"type":"string","nullable":true,"enum":[null]}`,
		`{type: [string, number]}`:        `{"anyOf":[{"type":"string"},{"type":"number"}]}`,
		`{type: [string, array, "null"]}`: `{"anyOf":[{"type":"string","nullable":true},{"type":"array","items":{"nullable":true}}]}`,
		`{type: [array, string], items: {type: ["null", string]}}`: `{"anyOf":[{"type":"array","items":{"type":"string",` +
			`"nullable":true}},{"type":"string"}]}`,
		`{type: array}`:      `{"type":"array","items":{"nullable":true}}`,
		`{const: a}`:         `{"enum":["a"]}`,
		`{examples: [1, 2]}`: `{"example":1,"nullable":true}`,
		`{type: object, properties: {examples: {examples: [a]}, const: {const: 1.50}, x-a: {const: 1}}}`: `{"type":"object",` +
			`"properties":{"examples":{"example":"a","nullable":true},"const":{"enum":[1.50]},"x-a":{"enum":[1]}}}`,
		`{type: number, exclusiveMinimum: 3}`: `{"type":"number","minimum":3,"exclusiveMinimum":true}`,
		`{type: object, additionalProperties: {type: [string, "null"]}}`: `{"type":"object",` +
			`"additionalProperties":{"type":"string","nullable":true}}`,
		`{}`:                                    `{"nullable":true}`,
		`{items: true, not: false}`:             `{"items":{"nullable":true},"not":{"not":{"nullable":true}}}`,
		`{$ref: "#/components/schemas/Choice"}`: `{"$ref":"#/components/schemas/Choice"}`,
		`{$ref: "#/components/schemas/Choice", description: d}`: `{"allOf":[{"$ref":"#/components/schemas/Choice"}],` +
			`"description":"d"}`,
		`{anyOf: [{$ref: "#/components/schemas/Named"}, {type: "null"}]}`: `{` + named + `,"title":"Named"}`,
		`{description: d, oneOf: [{type: "null"}, {$ref: "#/components/schemas/Named"}]}`: `{"description":"d",` + named +
			`,"title":"Named"}`,
		`{anyOf: [{$ref: "#/components/schemas/Choice"}, {type: "null"}], examples: [null]}`: `{"example":null,` +
			`"type":"string","nullable":true,"enum":["x","y",null],"title":"Choice"}`,
		`{anyOf: [{type: string}, {type: integer}, {type: "null"}]}`: `{"anyOf":[{"type":"string","nullable":true},` +
			`{"type":"integer"}]}`,
		`{type: object, patternProperties: {a: {}}, if: {}, x-kept: {const: 1}}`: `{"type":"object","x-kept":{"const":1}}`,
	} {
		t.Run(schema, func(t *testing.T) {
			got, err := downgraded(t, schema)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestWhatCannotBeConvertedIsAnError(t *testing.T) {
	for schema, want := range map[string]string{
		`{type: string, maxlength: 3}`:                                   "maxlength",
		`{type: object, properties: {a: {nullable: true}}}`:              "nullable",
		`{type: number, minimum: 1, exclusiveMinimum: 3}`:                "exclusiveMinimum",
		`{type: [string, number], anyOf: [{minLength: 1}]}`:              "anyOf",
		`{anyOf: [{$ref: "#/components/schemas/None"}, {type: "null"}]}`: "leads nowhere",
		`{anyOf: [{minLength: 1}, {type: "null"}]}`:                      "nullable",
	} {
		t.Run(schema, func(t *testing.T) {
			_, err := downgraded(t, schema)
			require.ErrorContains(t, err, want)
		})
	}
}

func TestADocumentHasNothingThatJSONDoesNotHave(t *testing.T) {
	for doc, want := range map[string]string{
		"a: &x 1":          "anchors",
		"a: &x [1]\nb: *x": "anchors",
		"a: {b: 1, b: 2}":  "twice",
		"1: a":             "not a string",
		"a: 1\n---\nb: 1":  "more than one",
	} {
		_, err := parse([]byte(doc))
		require.ErrorContains(t, err, want, doc)
	}
	for _, doc := range []string{"a: .inf", "a: 0x10", "a: 2026-11-23", "a: !!binary aa", "a: 1_000"} {
		n, err := parse([]byte(doc))
		require.NoError(t, err)
		_, err = toJSON(n)
		require.ErrorContains(t, err, "not a value of JSON", doc)
	}
}

func TestJSONKeepsTheOrderAndTheDigits(t *testing.T) {
	n, err := parse([]byte("z: 100.0\na: <b>\nm: [~, true, -1, \"1\"]"))
	require.NoError(t, err)
	text, err := appendJSON(nil, n)
	require.NoError(t, err)
	require.Equal(t, `{"z":100.0,"a":"<b>","m":[null,true,-1,"1"]}`, string(text))
}

// contract returns openapi.yaml.
func contract(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	require.NoError(t, err)
	return text
}
