// Package jsonschema checks requests against the schemas of an OpenAPI contract. The schemas are compiled to tables
// once, when the service starts. What a table cannot express is an error then, so that no part of the contract goes
// unchecked.
package jsonschema

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/procedo/procedo/core/jsondoc"
)

// Schema is a compiled schema. The zero Schema accepts everything but null.
type Schema struct {
	types    uint8 // a bit for each permitted jsondoc.Kind
	integer  bool  // numbers must be integers
	anything bool  // the schema has no keyword
	expected string
	format   string
	enum     []any // all are strings
	pattern  *regexp.Regexp
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

// Compiler compiles schemas. It compiles each schema once, also if several refer to it, or if it refers to itself.
type Compiler struct {
	compiled map[*openapi3.Schema]*Schema
}

// Compile returns the table of a schema. It returns an error if the schema has a keyword, a type or a format that the
// checks do not support.
func (c *Compiler) Compile(ref *openapi3.SchemaRef) (*Schema, error) {
	if ref == nil || ref.Value == nil {
		return nil, errors.New("a schema is missing or its reference is not resolved")
	}
	from := ref.Value
	if s, ok := c.compiled[from]; ok {
		return s, nil
	}
	if c.compiled == nil {
		c.compiled = map[*openapi3.Schema]*Schema{}
	}
	s := &Schema{}
	c.compiled[from] = s
	err := errors.Join(checkKeywords(from), s.setTypes(from), s.setScalars(from), s.setFormat(from), c.setChildren(s, from))
	if err != nil && ref.Ref != "" {
		err = fmt.Errorf("%s: %w", ref.Ref, err)
	}
	return s, err
}

// supported holds the fields of openapi3.Schema that are either checked or say nothing about values.
var supported = map[string]bool{
	"Type": true, "Format": true, "Enum": true, "Nullable": true, "Min": true, "Max": true, "MinLength": true,
	"MaxLength": true, "Pattern": true, "MinItems": true, "MaxItems": true, "Items": true, "Required": true,
	"Properties": true, "AdditionalProperties": true,
	"Title": true, "Description": true, "Default": true, "Example": true, "Examples": true, "ExternalDocs": true,
	"Deprecated": true, "Origin": true, "Extensions": true,
}

// checkKeywords returns an error for each keyword that is not supported.
func checkKeywords(from *openapi3.Schema) error {
	var errs []error
	fields := reflect.ValueOf(*from)
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; !supported[name] && !fields.Field(i).IsZero() {
			errs = append(errs, fmt.Errorf("the keyword of %s is not supported", name))
		}
	}
	for name := range from.Extensions {
		if !strings.HasPrefix(name, "x-") {
			errs = append(errs, fmt.Errorf("the keyword %q is not known", name))
		}
	}
	return errors.Join(errs...)
}

// kinds holds the bits of the kinds that a type permits.
var kinds = map[string]uint8{
	openapi3.TypeNull: 1 << jsondoc.Null, openapi3.TypeBoolean: 1 << jsondoc.Bool, openapi3.TypeString: 1 << jsondoc.String,
	openapi3.TypeInteger: 1 << jsondoc.Number, openapi3.TypeNumber: 1 << jsondoc.Number,
	openapi3.TypeArray: 1 << jsondoc.Array, openapi3.TypeObject: 1 << jsondoc.Object,
}

const allKinds = 1<<(jsondoc.Object+1) - 1

func (s *Schema) setTypes(from *openapi3.Schema) error {
	s.anything = from.IsEmpty()
	s.expected = strings.Join(from.Type.Slice(), ", ")
	if from.Type == nil {
		s.types = allKinds &^ kinds[openapi3.TypeNull]
	}
	for _, name := range from.Type.Slice() {
		if kinds[name] == 0 {
			return fmt.Errorf("the type %q is not known", name)
		}
		s.types |= kinds[name]
	}
	s.integer = from.Type.Includes(openapi3.TypeInteger) && !from.Type.Includes(openapi3.TypeNumber)
	if from.Nullable {
		s.types |= kinds[openapi3.TypeNull]
	}
	return nil
}

func (s *Schema) setScalars(from *openapi3.Schema) (err error) {
	s.enum = from.Enum
	for _, value := range from.Enum {
		if _, ok := value.(string); !ok {
			return fmt.Errorf("the value %v of an enum is not a string", value)
		}
	}
	s.minimum, s.maximum, s.maxLength, s.maxItems = from.Min, from.Max, from.MaxLength, from.MaxItems
	s.minLength, s.minItems = from.MinLength, from.MinItems
	if from.Pattern != "" {
		s.pattern, err = regexp.Compile(from.Pattern)
	}
	return err
}

// dateTime is the pattern of the format date-time. It includes leap seconds.
var dateTime = regexp.MustCompile(openapi3.FormatOfStringDateTime)

// setFormat returns an error if the format is not one of those that are checked. The format uuid is not checked: an id
// in another form is that of no run.
func (s *Schema) setFormat(from *openapi3.Schema) error {
	s.format = from.Format
	switch {
	case from.Format == "" || from.Format == "uuid" && from.Type.Is(openapi3.TypeString):
	case from.Format == "date-time" && from.Type.Is(openapi3.TypeString):
		s.dateTime = true
	case from.Format == "int64" && from.Type.Is(openapi3.TypeInteger):
		s.int64 = true
	default:
		return fmt.Errorf("the format %q of the type %q is not supported", from.Format, s.expected)
	}
	return nil
}

// setChildren compiles the schemas of items and properties.
func (c *Compiler) setChildren(s *Schema, from *openapi3.Schema) (err error) {
	var errs []error
	if from.Items != nil {
		s.items, err = c.Compile(from.Items)
		errs = append(errs, err)
	}
	if additional := from.AdditionalProperties; additional.Schema != nil {
		s.additional, err = c.Compile(additional.Schema)
		errs = append(errs, err)
	} else {
		s.onlyDeclared = additional.Has != nil && !*additional.Has
	}
	s.required, s.properties = from.Required, make(map[string]*Schema, len(from.Properties))
	for name, property := range from.Properties {
		if s.properties[name], err = c.Compile(property); err != nil {
			errs = append(errs, fmt.Errorf("property %s: %w", name, err))
		}
	}
	s.hasChildren = s.onlyDeclared || s.additional != nil || len(s.properties) > 0
	return errors.Join(errs...)
}
