package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// downgrader converts an OpenAPI 3.1 document to 3.0.3. It visits each object of the document by its type, so that
// examples and extensions stay as they are.
type downgrader struct {
	root *yaml.Node // the document in 3.1, which references lead to
	errs []error
}

// downgrade returns a document in OpenAPI 3.0.3. It leaves out what 3.0 cannot express. It returns an error for
// keywords that it does not know, and for constructs that 3.0 could express but that it does not convert. A schema that
// is only used where it may be null is repeated there, so that nothing may refer to its component any more; see prune.
func downgrade(doc *yaml.Node) (*yaml.Node, error) {
	d := downgrader{root: doc}
	doc = clone(doc)
	if version := get(doc, "openapi"); version == nil || !strings.HasPrefix(version.Value, "3.1.") {
		return nil, errors.New("this is not OpenAPI 3.1")
	}
	set(doc, "openapi", text("3.0.3"))
	remove(doc, "webhooks")
	remove(doc, "jsonSchemaDialect")
	if info := get(doc, "info"); info != nil {
		remove(info, "summary")
		if license := get(info, "license"); license != nil {
			remove(license, "identifier")
		}
	}
	d.each(get(doc, "paths"), d.pathItem)
	if components := get(doc, "components"); components != nil {
		remove(components, "pathItems")
		d.each(get(components, "schemas"), d.schema)
		d.each(get(components, "parameters"), d.parameter)
		d.each(get(components, "headers"), d.parameter)
		d.each(get(components, "requestBodies"), d.body)
		d.each(get(components, "responses"), d.response)
	}
	return doc, errors.Join(d.errs...)
}

func (d *downgrader) failf(n *yaml.Node, format string, args ...any) {
	d.errs = append(d.errs, fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...)))
}

// each calls a function with each value of a mapping or each item of a sequence, if there is one.
func (d *downgrader) each(n *yaml.Node, convert func(*yaml.Node)) {
	if n == nil {
		return
	}
	for i, child := range n.Content {
		if n.Kind == yaml.SequenceNode || i%2 == 1 && !strings.HasPrefix(n.Content[i-1].Value, "x-") {
			convert(child)
		}
	}
}

// isReference reports whether an object that is not a schema is a reference. In 3.0 it has no other members.
func (d *downgrader) isReference(n *yaml.Node) bool {
	if get(n, "$ref") == nil {
		return false
	}
	if len(n.Content) > 2 {
		d.failf(n, "a reference outside of a schema has other members")
	}
	return true
}

// methods are the members of a path item that are operations.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

func (d *downgrader) pathItem(n *yaml.Node) {
	if d.isReference(n) {
		d.failf(n, "a path item is a reference")
	}
	d.each(get(n, "parameters"), d.parameter)
	for _, method := range methods {
		if op := get(n, method); op != nil {
			d.each(get(op, "parameters"), d.parameter)
			if body := get(op, "requestBody"); body != nil {
				d.body(body)
			}
			d.each(get(op, "responses"), d.response)
			d.each(get(op, "callbacks"), func(callback *yaml.Node) { d.each(callback, d.pathItem) })
		}
	}
}

// parameter converts a parameter or a header.
func (d *downgrader) parameter(n *yaml.Node) {
	if d.isReference(n) {
		return
	}
	d.media(n)
	d.each(get(n, "content"), d.media)
}

func (d *downgrader) body(n *yaml.Node) {
	if !d.isReference(n) {
		d.each(get(n, "content"), d.media)
	}
}

func (d *downgrader) response(n *yaml.Node) {
	if !d.isReference(n) {
		d.each(get(n, "headers"), d.parameter)
		d.each(get(n, "content"), d.media)
	}
}

func (d *downgrader) media(n *yaml.Node) {
	if schema := get(n, "schema"); schema != nil {
		d.schema(schema)
	}
}

// unchanged are the keywords that both versions have with the same meaning.
var unchanged = []string{
	"title", "description", "default", "format", "enum", "multipleOf", "maximum", "minimum", "maxLength", "minLength",
	"pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "properties", "items",
	"additionalProperties", "allOf", "anyOf", "oneOf", "not", "readOnly", "writeOnly", "deprecated", "discriminator", "xml",
	"externalDocs", "example",
}

// changed are the keywords of 3.1 that have an equivalent in 3.0.
var changed = []string{"$ref", "type", "const", "examples", "exclusiveMaximum", "exclusiveMinimum"}

// dropped are the keywords of 3.1 that 3.0 cannot express.
var dropped = []string{
	"$comment", "contentEncoding", "contentMediaType", "contentSchema", "if", "then", "else", "dependentSchemas",
	"dependentRequired", "contains", "minContains", "maxContains", "patternProperties", "propertyNames",
	"unevaluatedItems", "unevaluatedProperties",
}

// schema converts a schema.
func (d *downgrader) schema(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode { // true or false
		forbids := n.Value == "false"
		*n = *mapping()
		if forbids {
			*n = *mapping(text("not"), mapping())
		}
		return
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		switch name := n.Content[i].Value; {
		case slices.Contains(dropped, name):
			n.Content = slices.Delete(n.Content, i, i+2)
		case !slices.Contains(unchanged, name) && !slices.Contains(changed, name) && !strings.HasPrefix(name, "x-"):
			d.failf(n, "the keyword %s is not known", name)
		}
	}
	d.nullAlternative(n)
	if properties := get(n, "properties"); properties != nil {
		for i := 1; i < len(properties.Content); i += 2 {
			d.schema(properties.Content[i])
		}
	}
	for _, name := range []string{"allOf", "anyOf", "oneOf"} {
		d.each(get(n, name), d.schema)
	}
	for _, name := range []string{"items", "not"} {
		if child := get(n, name); child != nil {
			d.schema(child)
		}
	}
	if child := get(n, "additionalProperties"); child != nil && child.Kind == yaml.MappingNode {
		d.schema(child)
	}
	d.keywords(n)
	d.types(n)
	if get(n, "$ref") != nil && len(n.Content) > 2 {
		replace(n, "$ref", "allOf", list(mapping(text("$ref"), get(n, "$ref"))))
	}
}

// keywords converts the keywords whose form has changed.
func (d *downgrader) keywords(n *yaml.Node) {
	if value := get(n, "const"); value != nil {
		replace(n, "const", "enum", list(value))
	}
	if examples := get(n, "examples"); examples != nil {
		replace(n, "examples", "example", examples.Content[0])
	}
	for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		value := get(n, exclusive)
		if value == nil {
			continue
		}
		if get(n, bound) != nil {
			d.failf(n, "%s stands beside %s", exclusive, bound)
		}
		replace(n, exclusive, bound, value)
		set(n, exclusive, yes())
	}
}
