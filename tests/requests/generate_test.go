package requests

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// object is a decoded JSON object.
type object = map[string]any

// contract generates values from the schemas of openapi.yaml.
type contract struct{ root object }

// resolve returns what a reference names, or an object that is not a reference unchanged.
func (c contract) resolve(value any) object {
	o, _ := value.(object)
	for o != nil {
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		var target any = c.root
		for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			target = target.(object)[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
		}
		o = target.(object)
	}
	return object{}
}

// maxDepth limits the depth of generated values; some schemas refer to themselves.
const maxDepth = 6

// value draws a value that is valid for a schema. Half of the time it is an example, if the schema has one.
func (c contract) value(t *rapid.T, schema any, depth int) any {
	s := c.resolve(schema)
	if examples, ok := s["examples"].([]any); ok && rapid.Bool().Draw(t, "example") {
		return rapid.SampledFrom(examples).Draw(t, "of the contract")
	}
	if alternatives, ok := s["anyOf"].([]any); ok {
		return c.value(t, rapid.SampledFrom(alternatives).Draw(t, "alternative"), depth)
	}
	if enum, ok := s["enum"].([]any); ok {
		return rapid.SampledFrom(enum).Draw(t, "enum")
	}
	var types []any
	switch given := s["type"].(type) {
	case string:
		types = []any{given}
	case []any:
		types = given
	default:
		types = []any{"null", "boolean", "string", "number", "array", "object"}
	}
	kind, _ := rapid.SampledFrom(types).Draw(t, "type").(string)
	if depth > maxDepth && (kind == "array" || kind == "object") {
		kind = "null"
	}
	switch kind {
	case "boolean":
		return rapid.Bool().Draw(t, "boolean")
	case "integer", "number":
		return json.Number(rapid.SampledFrom(numbers).Draw(t, "number"))
	case "string":
		return c.text(t, s)
	case "array":
		items := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range items {
			items[i] = c.value(t, s["items"], depth+1)
		}
		return items
	case "object":
		return c.object(t, s, depth)
	}
	return nil
}

var numbers = []string{"0", "1", "2", "-1", "200", "1.50", "1e3", "9007199254740993", "12345678901234567890.10", "0.1e-30"}

// text draws a string. Formats and patterns are those of examples; a few others break them.
func (c contract) text(t *rapid.T, s object) string {
	switch s["format"] {
	case "date-time":
		return rapid.SampledFrom([]string{"2026-11-29T10:00:00Z", "2026-11-29T10:00:00.5+01:00"}).Draw(t, "time")
	case "uuid":
		return "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f"
	}
	if pattern, ok := s["pattern"].(string); ok && rapid.IntRange(0, 3).Draw(t, "pattern") > 0 {
		return rapid.StringMatching(pattern).Draw(t, "matching")
	}
	return rapid.OneOf(
		rapid.SampledFrom([]string{"alert", "severity", "high", "release", "x", "two words", "é", "\u202e", "2026-11-29"}),
		rapid.StringN(0, 12, 60),
	).Draw(t, "text")
}

// object draws an object with the required members, and some of the others.
func (c contract) object(t *rapid.T, s object, depth int) object {
	drawn := object{}
	properties, _ := s["properties"].(object)
	required, _ := s["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains(required, any(name)) || rapid.Bool().Draw(t, "has "+name) {
			drawn[name] = c.value(t, properties[name], depth+1)
		}
	}
	if additional, ok := s["additionalProperties"].(object); ok || properties == nil {
		for range rapid.IntRange(0, 2).Draw(t, "more members") {
			name := rapid.SampledFrom([]string{"incident_id", "severity", "note", "fr", "x", ""}).Draw(t, "name")
			drawn[name] = c.value(t, additional, depth+1)
		}
	}
	return drawn
}

// hostile are values that take the place of others.
var hostile = []any{
	nil, true, json.Number("-0"), json.Number("1e400"), json.Number("99999999999999999999"), "", " ", "\x00", "..", "a/b",
	[]any{}, object{}, object{"": nil}, []any{nil}, "'; DROP TABLE runs;--", strings.Repeat("x", 5000), "end", "(a+)+$",
	"9999-12-31T23:59:59.999999999+14:00", object{"__proto__": object{}},
}

// mutated returns a value of which one part is another, is missing, or is more than it should be.
func mutated(t *rapid.T, value any) any {
	switch v := value.(type) {
	case object:
		names := slices.Sorted(maps.Keys(v))
		switch rapid.IntRange(0, 3).Draw(t, "change of an object") {
		case 0:
			v = maps.Clone(v)
			v[rapid.SampledFrom([]string{"unknown", "Slots", "origin", "id"}).Draw(t, "unknown")] = rapid.SampledFrom(hostile).Draw(t, "value")
			return v
		case 1, 2:
			if len(names) > 0 {
				name := rapid.SampledFrom(names).Draw(t, "member")
				v = maps.Clone(v)
				if v[name] = mutated(t, v[name]); rapid.IntRange(0, 4).Draw(t, "drop") == 0 {
					delete(v, name)
				}
				return v
			}
		}
	case []any:
		if len(v) > 0 && rapid.Bool().Draw(t, "change of an item") {
			i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
			v = slices.Clone(v)
			v[i] = mutated(t, v[i])
			return v
		}
	}
	return rapid.SampledFrom(hostile).Draw(t, "instead")
}
