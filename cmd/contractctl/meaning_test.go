package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	strict "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// versions returns the contract in both versions, each read by a library for it.
func versions(t *testing.T) (*strict.Compiler, *openapi3.T) {
	t.Helper()
	doc, err := parse(contract(t))
	require.NoError(t, err)
	text, err := toJSON(doc)
	require.NoError(t, err)
	root, err := strict.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := strict.NewCompiler()
	compiler.DefaultDraft(strict.Draft2020)
	compiler.AssertFormat()
	compiler.RegisterFormat(&strict.Format{Name: "uuid", Validate: func(any) error { return nil }}) // not checked in 3.0
	require.NoError(t, compiler.AddResource("contract.json", root))

	old, err := downgrade(doc)
	require.NoError(t, err)
	text, err = toJSON(old)
	require.NoError(t, err)
	rendition, err := openapi3.NewLoader().LoadFromData(text)
	require.NoError(t, err)
	return compiler, rendition
}

func TestTheRenditionIsValid(t *testing.T) {
	_, rendition := versions(t)
	require.Equal(t, "3.0.3", rendition.OpenAPI)
	require.NoError(t, rendition.Validate(t.Context(), openapi3.EnableExamplesValidation()))
}

// TestTheRenditionAcceptsTheSameValues changes the examples of each schema at random, and compares what both versions
// of the schema say of them.
func TestTheRenditionAcceptsTheSameValues(t *testing.T) {
	compiler, rendition := versions(t)
	for _, name := range slices.Sorted(maps.Keys(rendition.Components.Schemas)) {
		t.Run(name, func(t *testing.T) {
			schema, err := compiler.Compile("contract.json#/components/schemas/" + name)
			require.NoError(t, err)
			old := rendition.Components.Schemas[name].Value
			rapid.Check(t, func(t *rapid.T) {
				value := exampleOf(old)
				for range rapid.IntRange(0, 3).Draw(t, "changes") {
					value = altered(t, value)
				}
				want, got := schema.Validate(value), old.VisitJSON(value)
				if of := new(openapi3.SchemaError); errors.As(got, &of) && of.Schema.Type == nil && of.Value == nil {
					return // in 3.0.3, a schema without a type allows null, but this library refuses it
				}
				if want == nil && got != nil { // the same in a list that may have items of any type, among alternatives
					got = old.VisitJSON(withoutNulls(value))
				}
				require.Equal(t, want == nil, got == nil, "%v\n%v\n%v", value, want, got)
			})
		})
	}
}

// exampleOf returns the example of a schema, or an object with the examples of its members.
func exampleOf(s *openapi3.Schema) any {
	if s.Example != nil || !s.Type.Is("object") {
		return copied(s.Example)
	}
	value := map[string]any{}
	for name, member := range s.Properties {
		value[name] = exampleOf(member.Value)
	}
	return value
}

// withoutNulls returns a value whose lists have texts instead of nulls.
func withoutNulls(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			if value[i] = withoutNulls(value[i]); value[i] == nil {
				value[i] = "x"
			}
		}
	case map[string]any:
		for name := range value {
			value[name] = withoutNulls(value[name])
		}
	}
	return value
}

// copied returns a deep copy of a value.
func copied(value any) (c any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		panic(err)
	}
	return c
}

// altered returns a value with one change: another value at some place, or a member more or less.
func altered(t *rapid.T, value any) any {
	others := []any{nil, true, "", "x", 0.0, 1.5, -1.0, []any{}, []any{nil}, []any{"a", 1.0}, map[string]any{}, map[string]any{"a": 1.0}}
	if rapid.IntRange(0, 3).Draw(t, "here") == 0 {
		return copied(rapid.SampledFrom(others).Draw(t, "other"))
	}
	switch value := value.(type) {
	case map[string]any:
		names := append(slices.Sorted(maps.Keys(value)), "more")
		name := rapid.SampledFrom(names).Draw(t, "member")
		if rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
			delete(value, name)
		} else {
			value[name] = altered(t, value[name])
		}
	case []any:
		if len(value) > 0 {
			i := rapid.IntRange(0, len(value)-1).Draw(t, "item")
			value[i] = altered(t, value[i])
		}
	case string:
		return fmt.Sprint(value, rapid.SampledFrom([]string{"x", " ", "0"}).Draw(t, "more"))
	}
	return value
}
