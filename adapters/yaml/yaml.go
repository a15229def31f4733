// Package yaml reads definitions that are written as YAML: the same documents as JSON, in a form people like to type.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	yaml "go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/core/jsondoc"
)

// ToJSON turns one YAML document into JSON. Numbers keep their digits; timestamps and everything else that JSON has
// no type for stay text. Refused: aliases (they can blow a document up), keys that are no text, more documents.
func ToJSON(data []byte) ([]byte, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the document is empty")
		}
		return nil, err
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return appendNode(nil, &doc, 0)
}

func appendNode(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	if depth > jsondoc.MaxDepth {
		return nil, fmt.Errorf("line %d: more than %d levels", n.Line, jsondoc.MaxDepth)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return appendNode(dst, n.Content[0], depth)
	case yaml.MappingNode:
		return appendMapping(dst, n, depth)
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, item := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendNode(dst, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case yaml.ScalarNode:
		return appendScalar(dst, n)
	}
	return nil, fmt.Errorf("line %d: aliases are not supported", n.Line)
}

func appendMapping(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	dst = append(dst, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return nil, fmt.Errorf("line %d: a key must be text", key.Line)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, key.Value); err != nil {
			return nil, fmt.Errorf("line %d: %w", key.Line, err)
		}
		if dst, err = appendNode(append(dst, ':'), n.Content[i+1], depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendScalar keeps a number's text where it is JSON's too; other notations (hexadecimal, .inf) stay text.
func appendScalar(dst []byte, n *yaml.Node) ([]byte, error) {
	switch n.Tag {
	case "!!null":
		return append(dst, "null"...), nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return nil, err
		}
		return fmt.Append(dst, b), nil
	case "!!int", "!!float":
		if v := jsontext.Value(n.Value); v.Kind() == '0' && v.IsValid() {
			return append(dst, v...), nil
		}
	}
	dst, err := jsontext.AppendQuote(dst, n.Value)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", n.Line, err)
	}
	return dst, nil
}
