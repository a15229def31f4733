package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse returns the root of a document. It returns an error for what JSON does not have: anchors, aliases, several
// documents, duplicate names, and names or values of other types.
func parse(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); err == nil {
		return nil, errors.New("there is more than one document")
	}
	return doc.Content[0], check(doc.Content[0])
}

func check(n *yaml.Node) error {
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return fmt.Errorf("line %d: anchors and aliases are not allowed", n.Line)
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]bool{}
		for i := 0; i < len(n.Content); i += 2 {
			name := n.Content[i]
			if name.Kind != yaml.ScalarNode || name.ShortTag() != "!!str" {
				return fmt.Errorf("line %d: the name %s is not a string", name.Line, name.Value)
			}
			if seen[name.Value] {
				return fmt.Errorf("line %d: the name %s is used twice", name.Line, name.Value)
			}
			seen[name.Value] = true
		}
	}
	for _, child := range n.Content {
		if err := check(child); err != nil {
			return err
		}
	}
	return nil
}

// toJSON returns a document as indented JSON. Members keep their order, and numbers their digits.
func toJSON(n *yaml.Node) ([]byte, error) {
	compact, err := appendJSON(nil, n)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", " "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func appendJSON(b []byte, n *yaml.Node) ([]byte, error) {
	switch n.Kind {
	case yaml.MappingNode:
		return appendAll(b, n, '{', '}')
	case yaml.SequenceNode:
		return appendAll(b, n, '[', ']')
	}
	switch tag := n.ShortTag(); {
	case tag == "!!str":
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(n.Value)
		return append(b, bytes.TrimSpace(text.Bytes())...), err
	case tag == "!!null":
		return append(b, "null"...), nil
	case slices.Contains([]string{"!!int", "!!float", "!!bool"}, tag) && json.Valid([]byte(n.Value)):
		return append(b, n.Value...), nil
	default:
		return nil, fmt.Errorf("line %d: %s is not a value of JSON", n.Line, n.Value)
	}
}

func appendAll(b []byte, n *yaml.Node, first, last byte) (_ []byte, err error) {
	b = append(b, first)
	for i, child := range n.Content {
		switch {
		case i > 0 && n.Kind == yaml.MappingNode && i%2 == 1:
			b = append(b, ':')
		case i > 0:
			b = append(b, ',')
		}
		if b, err = appendJSON(b, child); err != nil {
			return nil, err
		}
	}
	return append(b, last), nil
}

// get returns the value of a member, or nil if there is none.
func get(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// remove removes a member and returns its value, or nil if there is none.
func remove(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			value := n.Content[i+1]
			n.Content = slices.Delete(n.Content, i, i+2)
			return value
		}
	}
	return nil
}

// set replaces the value of a member, or appends the member if there is none.
func set(n *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, text(name), value)
}

// replace puts a member with another name in the place of one, or does nothing if there is none.
func replace(n *yaml.Node, old, name string, value *yaml.Node) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == old {
			n.Content[i], n.Content[i+1] = text(name), value
			return
		}
	}
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func null() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

func yes() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"} }

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

func mapping(pairs ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: pairs}
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}

// resolve returns the component that a reference names.
func resolve(root *yaml.Node, ref string) (*yaml.Node, error) {
	path, ok := strings.CutPrefix(ref, "#/")
	n := root
	for _, segment := range strings.Split(path, "/") {
		n = get(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(segment))
	}
	if !ok || n == nil {
		return nil, fmt.Errorf("the reference %s leads nowhere", ref)
	}
	return n, nil
}
