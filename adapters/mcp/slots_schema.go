package mcp

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// slotsSchema returns a JSON Schema of the argument slots for a step: of exactly the slots that apply now and that an
// assistant may fill in. Required are those that a commit needs and that the draft does not have.
func slotsSchema(locale i18n.Locale, f *client.StepForm) (json.RawMessage, error) {
	properties, required := object{}, []string{}
	for _, slot := range f.Slots {
		if slot.Sensitive {
			continue
		}
		properties = append(properties, member{slot.Name, slotSchema(locale, slot)})
		if slot.Required && !slot.Given {
			required = append(required, slot.Name)
		}
	}
	return marshal(object{
		{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false},
	})
}

// slotSchema returns the schema of a slot. Bounds that depend on the time are those of this moment.
func slotSchema(locale i18n.Locale, s client.FormSlot) object {
	schema := object{{"title", s.Label}}
	if description := describe(locale, s); description != "" {
		schema = append(schema, member{"description", description})
	}
	switch s.Type {
	case "integer", "number":
		schema = append(schema, numeric(s)...)
	case "boolean":
		schema = append(schema, member{"type", "boolean"})
	case "enum":
		schema = append(schema, options(s.Options)...)
		return schema
	case "multi_enum":
		schema = append(schema, member{"type", "array"}, member{"items", options(s.Options)}, member{"uniqueItems", true})
		return append(schema, lengths(s, "minItems", "maxItems")...)
	default:
		schema = append(schema, member{"type", "string"})
		schema = append(schema, lengths(s, "minLength", "maxLength")...)
		schema = append(schema, textual(s)...)
	}
	if s.Unit != nil {
		schema = append(schema, member{"x-unit", *s.Unit})
	}
	return schema
}

// describe returns the description of a slot, with the expression that it must match if the schema cannot say that.
func describe(locale i18n.Locale, s client.FormSlot) string {
	var sentences []string
	if s.Description != nil {
		sentences = append(sentences, *s.Description)
	}
	if s.Validate != nil {
		if _, ok := ecmaPattern(*s.Validate); !ok {
			sentences = append(sentences, locale.Text("assistant.pattern", fault.Params{"pattern": *s.Validate}))
		}
	}
	return strings.Join(sentences, "\n")
}

// numeric returns the keywords of a number. It may be given as a string, so that no client loses digits of it. There is
// no multipleOf for the decimals: validators that calculate with binary floating point would refuse 1.55.
func numeric(s client.FormSlot) object {
	const whole = `^-?(0|[1-9][0-9]*)`
	kind, pattern := s.Type, whole+`(\.[0-9]+)?([eE][+-]?[0-9]+)?$`
	switch {
	case s.Type == "integer":
		pattern = whole + `(\.0+)?$`
	case s.Decimals != nil && *s.Decimals == 0:
		kind, pattern = "integer", whole+`$`
	case s.Decimals != nil:
		pattern = whole + `(\.[0-9]{1,` + strconv.Itoa(*s.Decimals) + `})?$`
	}
	schema := object{{"type", []string{kind, "string"}}, {"pattern", pattern}}
	for _, bound := range []struct {
		keyword string
		value   client.Bound
	}{{"minimum", s.Min}, {"maximum", s.Max}} {
		if number := strings.Trim(string(bound.value), `"`); number != "" {
			schema = append(schema, member{bound.keyword, json.RawMessage(number)})
		}
	}
	return schema
}

// options returns the keywords of a choice.
func options(all []client.FormOption) object {
	choices := make([]object, 0, len(all))
	for _, o := range all {
		choices = append(choices, object{{"const", o.Value}, {"title", o.Label}})
	}
	return object{{"type", "string"}, {"oneOf", choices}}
}

// lengths returns the keywords for the least and the greatest length.
func lengths(s client.FormSlot, least, greatest string) (schema object) {
	if s.MinLength != nil {
		schema = append(schema, member{least, *s.MinLength})
	}
	if s.MaxLength != nil {
		schema = append(schema, member{greatest, *s.MaxLength})
	}
	return schema
}

// formats maps types of slots to formats of JSON Schema. Addresses may have letters beyond ASCII.
var formats = map[string]string{"date": "date", "datetime": "date-time", "email": "idn-email", "url": "iri"}

// written holds a value of the types whose form is not obvious.
var written = map[string]string{
	"date": "2026-11-29", "datetime": "2026-11-29T14:30:00+01:00", "time": "14:30:00", "phone": "+41446681800",
}

// textual returns the keywords of a text, a date or a time.
func textual(s client.FormSlot) (schema object) {
	if format := formats[s.Type]; format != "" {
		schema = append(schema, member{"format", format})
	}
	if s.Type == "time" {
		schema = append(schema, member{"pattern", `^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?$`})
	}
	if example := written[s.Type]; example != "" {
		schema = append(schema, member{"examples", []string{example}})
	}
	switch {
	case s.Type == "time":
	case s.Validate != nil:
		if pattern, ok := ecmaPattern(*s.Validate); ok {
			schema = append(schema, member{"pattern", pattern})
		}
	case s.Mask != nil:
		schema = append(schema, member{"pattern", "^" + patternOf(*s.Mask) + "$"})
	}
	for _, bound := range []struct {
		keyword string
		values  []client.Bound
	}{{"formatMinimum", []client.Bound{s.MinNow, s.Min}}, {"formatMaximum", []client.Bound{s.MaxNow, s.Max}}} {
		for _, value := range bound.values {
			if len(value) > 0 {
				schema = append(schema, member{bound.keyword, value})
				break
			}
		}
	}
	return schema
}

// patternOf returns a mask as a regular expression: X is a digit, \X the letter X, anything else stands for itself.
func patternOf(mask string) string {
	const letter = `\X`
	var pattern strings.Builder
	for i, part := range strings.Split(mask, letter) {
		if i > 0 {
			pattern.WriteByte('X')
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(part), "X", "[0-9]"))
	}
	return pattern.String()
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, name...), ':'), value...)
	}
	return append(text, '}'), nil
}
