// Package jsonschema checks requests against the schemas of an OpenAPI 3.1 contract. The schemas are compiled to tables
// once, when the service starts. What a table cannot express is an error then, so that no part of the contract goes
// unchecked.
package jsonschema

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/procedo/procedo/core/jsondoc"
)

// Schema is a compiled schema. The zero Schema accepts nothing.
type Schema struct {
	nullOr   *Schema // not nil: the schema accepts null, and otherwise what this one accepts
	types    uint8   // a bit for each permitted jsondoc.Kind
	integer  bool    // numbers must be integers
	anything bool    // the schema has no keyword
	expected string
	format   string
	enum     []any // all are strings
	pattern  *regexp.Regexp
	example  string // of a text that the pattern matches; empty if the contract has none
	dateTime bool
	int64    bool

	minLength, minItems       uint64
	maxLength, maxItems       *uint64
	minimum, maximum          *float64
	items                     *Schema
	required                  []string
	properties                map[string]*Schema
	additional                *Schema // of the properties that are not declared
	onlyDeclared, hasChildren bool
}

// MakeOptional lets a member be absent that the contract requires, because the handler reports that better.
func (s *Schema) MakeOptional(member string) {
	s.required = slices.DeleteFunc(s.required, func(name string) bool { return name == member })
}

// Compiler compiles the schemas of a contract. It compiles each schema once, also if several refer to it, or if it
// refers to itself.
type Compiler struct {
	Contract Contract

	compiled map[*jsondoc.Node]*Schema
}

// Compile returns the table of a schema. It returns an error if the schema has a keyword, a type or a format that the
// checks do not support.
func (c *Compiler) Compile(from *jsondoc.Node) (*Schema, error) {
	if from != nil && from.Get("$ref") != nil {
		target, err := c.Contract.Resolve(from)
		if err != nil {
			return nil, err
		}
		s, err := c.Compile(target)
		if err != nil {
			err = fmt.Errorf("%s: %w", from.Get("$ref").Text, err)
		}
		return s, err
	}
	if from == nil || from.Kind != jsondoc.Object {
		return nil, errors.New("a schema is missing")
	}
	if s, ok := c.compiled[from]; ok {
		return s, nil
	}
	if c.compiled == nil {
		c.compiled = map[*jsondoc.Node]*Schema{}
	}
	s := &Schema{}
	c.compiled[from] = s
	if other := alternativeToNull(from); other != nil {
		var err error
		s.nullOr, err = c.Compile(other)
		return s, err
	}
	return s, errors.Join(
		s.checkKeywords(from), s.setTypes(from), s.setScalars(from), s.setFormat(from), c.setChildren(s, from))
}

// alternativeToNull returns the other alternative if a schema is anyOf with two alternatives of which one is
// {"type": "null"}, otherwise nil. A description may stand beside it.
func alternativeToNull(from *jsondoc.Node) *jsondoc.Node {
	alternatives := from.Get("anyOf")
	isOther := func(m jsondoc.Member) bool { return m.Name != "anyOf" && !isAnnotation(m) }
	if alternatives == nil || len(alternatives.Items) != 2 || slices.ContainsFunc(from.Members, isOther) {
		return nil
	}
	for i, item := range alternatives.Items {
		if t := item.Get("type"); t != nil && t.Text == "null" && len(item.Members) == 1 {
			return alternatives.Items[1-i]
		}
	}
	return nil
}

// supported holds the keywords that are checked.
var supported = []string{
	"type", "format", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "items",
	"required", "properties", "additionalProperties",
}

// isAnnotation reports whether a keyword says nothing about which values are valid.
func isAnnotation(m jsondoc.Member) bool {
	return strings.HasPrefix(m.Name, "x-") || slices.Contains([]string{
		"title", "description", "default", "examples", "externalDocs", "deprecated", "$comment",
	}, m.Name)
}

// checkKeywords returns an error for each keyword that is not supported.
func (s *Schema) checkKeywords(from *jsondoc.Node) error {
	var errs []error
	s.anything = true
	for _, m := range from.Members {
		switch {
		case isAnnotation(m):
		case slices.Contains(supported, m.Name):
			s.anything = false
		default:
			errs = append(errs, fmt.Errorf("the keyword %s is not supported", m.Name))
		}
	}
	return errors.Join(errs...)
}

// kinds holds the bits of the kinds that a type permits.
var kinds = map[string]uint8{
	"null": 1 << jsondoc.Null, "boolean": 1 << jsondoc.Bool, "string": 1 << jsondoc.String,
	"integer": 1 << jsondoc.Number, "number": 1 << jsondoc.Number,
	"array": 1 << jsondoc.Array, "object": 1 << jsondoc.Object,
}

const allKinds = 1<<(jsondoc.Object+1) - 1

// typesOf returns the types that a schema permits; none means all.
func typesOf(from *jsondoc.Node) []string {
	t := from.Get("type")
	if t == nil {
		return nil
	}
	if t.Kind != jsondoc.Array {
		return []string{t.Text}
	}
	return texts(t)
}

func (s *Schema) setTypes(from *jsondoc.Node) error {
	types := typesOf(from)
	if types == nil {
		s.types = allKinds
	}
	for _, name := range types {
		if kinds[name] == 0 {
			return fmt.Errorf("the type %q is not known", name)
		}
		s.types |= kinds[name]
	}
	s.integer = slices.Contains(types, "integer") && !slices.Contains(types, "number")
	s.expected = strings.Join(slices.DeleteFunc(types, func(name string) bool { return name == "null" }), ", ")
	return nil
}

func (s *Schema) setScalars(from *jsondoc.Node) (err error) {
	if enum := from.Get("enum"); enum != nil {
		for _, value := range enum.Items {
			if value.Kind == jsondoc.Null {
				continue // whether null is accepted depends on the type
			}
			if value.Kind != jsondoc.String {
				return fmt.Errorf("the value %s of an enum is not a string", value.Raw)
			}
			s.enum = append(s.enum, value.Text)
		}
	}
	var errs []error
	size := func(keyword string) *uint64 {
		n, err := numberOf(from, keyword, func(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) })
		errs = append(errs, err)
		return n
	}
	bound := func(keyword string) *float64 {
		n, err := numberOf(from, keyword, func(text string) (float64, error) { return strconv.ParseFloat(text, 64) })
		errs = append(errs, err)
		return n
	}
	s.minimum, s.maximum, s.maxLength, s.maxItems = bound("minimum"), bound("maximum"), size("maxLength"), size("maxItems")
	if n := size("minLength"); n != nil {
		s.minLength = *n
	}
	if n := size("minItems"); n != nil {
		s.minItems = *n
	}
	if pattern := from.Get("pattern"); pattern != nil {
		s.pattern, err = regexp.Compile(pattern.Text)
		if examples := from.Get("examples"); examples != nil && len(examples.Items) > 0 {
			s.example = examples.Items[0].Text
		}
	}
	return errors.Join(append(errs, err)...)
}

// numberOf returns the value of a numeric keyword, or nil if there is none.
func numberOf[N any](from *jsondoc.Node, keyword string, parse func(string) (N, error)) (*N, error) {
	value := from.Get(keyword)
	if value == nil {
		return nil, nil //nolint:nilnil // no value and no error
	}
	n, err := parse(value.Text)
	if err != nil || value.Kind != jsondoc.Number {
		return nil, fmt.Errorf("the value of %s is invalid", keyword)
	}
	return &n, nil
}

// dateTime is the pattern of the format date-time, without the lengths of the months; see isDateTime.
var dateTime = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])` +
	`T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|(\+|-)([01][0-9]|2[0-3]):[0-5][0-9])$`)

// isDateTime reports whether a text is a time of RFC 3339 that a time.Time can hold, which a leap second is not.
func isDateTime(text string) bool {
	if !dateTime.MatchString(text) {
		return false
	}
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

// setFormat returns an error if the format is not one of those that are checked. The format uuid is not checked: an id
// in another form is that of no run.
func (s *Schema) setFormat(from *jsondoc.Node) error {
	format := from.Get("format")
	if format == nil {
		return nil
	}
	s.format = format.Text
	switch s.format + " of " + s.expected {
	case "uuid of string":
	case "date-time of string":
		s.dateTime = true
	case "int64 of integer":
		s.int64 = true
	default:
		return fmt.Errorf("the format %q of the type %q is not supported", s.format, s.expected)
	}
	return nil
}

// setChildren compiles the schemas of items and properties.
func (c *Compiler) setChildren(s *Schema, from *jsondoc.Node) (err error) {
	var errs []error
	if items := from.Get("items"); items != nil {
		s.items, err = c.Compile(items)
		errs = append(errs, err)
	}
	switch additional := from.Get("additionalProperties"); {
	case additional == nil:
	case additional.Kind == jsondoc.Bool:
		s.onlyDeclared = !additional.Bool
	default:
		s.additional, err = c.Compile(additional)
		errs = append(errs, err)
	}
	if required := from.Get("required"); required != nil {
		s.required = texts(required)
	}
	s.properties = map[string]*Schema{}
	if properties := from.Get("properties"); properties != nil {
		for _, m := range properties.Members {
			if s.properties[m.Name], err = c.Compile(m.Value); err != nil {
				errs = append(errs, fmt.Errorf("property %s: %w", m.Name, err))
			}
		}
	}
	s.hasChildren = s.onlyDeclared || s.additional != nil || len(s.properties) > 0
	return errors.Join(errs...)
}
