// Package yaml converts definitions from YAML to JSON, and finds the position of a value in the YAML text.
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

// ToJSON converts one YAML document to JSON. Numbers keep their digits. Timestamps and other scalars without a JSON
// type become strings. ToJSON returns an error if the text contains more than one document, an alias (a few of them can
// expand to an enormous document), a merge key, a key that is not a scalar, or more than jsondoc.MaxDepth levels.
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
		return nil, errors.New("there is more than one document")
	}
	return appendNode(nil, &doc, 0)
}

func appendNode(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	if depth > jsondoc.MaxDepth {
		return nil, fmt.Errorf("line %d: nested more than %d levels deep", n.Line, jsondoc.MaxDepth)
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

// appendScalar appends a scalar. A number that is valid JSON keeps its text. A number in any other notation, such as
// 0x10 or .inf, becomes a string.
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
