package main

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// nullAlternative converts the form anyOf (or oneOf) with an alternative {type: "null"}. In 3.0, null is only allowed
// by nullable beside a type, and a reference to a schema that is not nullable never allows it. So, the other
// alternative is copied into this schema and made nullable.
func (d *downgrader) nullAlternative(n *yaml.Node) {
	for _, name := range []string{"anyOf", "oneOf"} {
		alternatives := get(n, name)
		if alternatives == nil {
			continue
		}
		i := slices.IndexFunc(alternatives.Content, isNullType)
		if i < 0 {
			continue
		}
		alternatives.Content = slices.Delete(alternatives.Content, i, i+1)
		if len(alternatives.Content) > 1 {
			alternatives.Content[0] = d.nullable(alternatives.Content[0])
			continue
		}
		copied := d.nullable(alternatives.Content[0])
		remove(n, name)
		for j := 0; j < len(copied.Content); j += 2 {
			if get(n, copied.Content[j].Value) == nil { // the description of n, for example, is more specific
				set(n, copied.Content[j].Value, copied.Content[j+1])
			}
		}
	}
}

func isNullType(n *yaml.Node) bool {
	t := get(n, "type")
	return t != nil && t.Value == "null" && len(n.Content) == 2
}

// nullable returns a copy of a schema, or of the schema that it refers to, that also allows null. It is still in 3.1.
func (d *downgrader) nullable(n *yaml.Node) *yaml.Node {
	name := ""
	for get(n, "$ref") != nil {
		ref := get(n, "$ref").Value
		target, err := resolve(d.root, ref)
		if err != nil {
			d.failf(n, "%v", err)
			return n
		}
		n, name = target, lastSegment(ref)
	}
	n = clone(n)
	t := get(n, "type")
	if t == nil {
		if len(n.Content) > 0 {
			d.failf(n, "a schema without a type cannot be made nullable")
		}
		return n
	}
	if t.Kind == yaml.ScalarNode {
		set(n, "type", list(t, text("null")))
	} else if !slices.ContainsFunc(t.Content, func(x *yaml.Node) bool { return x.Value == "null" }) {
		t.Content = append(t.Content, text("null"))
	}
	if values := get(n, "enum"); values != nil {
		values.Content = append(values.Content, null())
	}
	if name != "" && get(n, "title") == nil {
		set(n, "title", text(name)) // generators name the type after it
	}
	return n
}

func lastSegment(ref string) string {
	for i := len(ref) - 1; i >= 0; i-- {
		if ref[i] == '/' {
			return ref[i+1:]
		}
	}
	return ref
}

// types converts the type of a schema, which is a list in 3.1 if there are several.
func (d *downgrader) types(n *yaml.Node) {
	t := get(n, "type")
	if t == nil {
		return
	}
	var names []string
	isNullable := false
	for _, name := range append(t.Content, t) {
		switch {
		case name.Kind != yaml.ScalarNode:
		case name.Value == "null":
			isNullable = true
		default:
			names = append(names, name.Value)
		}
	}
	switch {
	case len(names) == 0: // only null
		set(n, "type", text("string"))
		set(n, "enum", list(null()))
	case len(names) == 1:
		set(n, "type", text(names[0]))
	default:
		d.severalTypes(n, names, isNullable)
		return
	}
	if isNullable {
		replace(n, "type", "type", get(n, "type"))
		insertAfter(n, "type", "nullable", yes())
	}
	if get(n, "type").Value == "array" && get(n, "items") == nil {
		set(n, "items", mapping())
	}
}

// severalTypes converts a schema with several types to alternatives with one type each.
func (d *downgrader) severalTypes(n *yaml.Node, names []string, isNullable bool) {
	if get(n, "anyOf") != nil {
		d.failf(n, "several types stand beside anyOf")
	}
	alternatives := list()
	for i, name := range names {
		alternative := mapping(text("type"), text(name))
		if isNullable && i == 0 {
			set(alternative, "nullable", yes())
		}
		if name == "array" {
			items := remove(n, "items")
			if items == nil {
				items = mapping()
			}
			set(alternative, "items", items)
		}
		alternatives.Content = append(alternatives.Content, alternative)
	}
	replace(n, "type", "anyOf", alternatives)
}

func insertAfter(n *yaml.Node, member, name string, value *yaml.Node) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == member {
			n.Content = slices.Insert(n.Content, i+2, text(name), value)
			return
		}
	}
}
