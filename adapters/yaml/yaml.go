// Package yaml converts definitions from YAML to JSON, and finds the position of a value in the YAML text.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	yaml "go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/core/jsondoc"
)

// The values of Error.Reason.
const (
	Syntax    = "syntax"
	Empty     = "empty"
	Several   = "several" // more than one document
	MergeKey  = "merge_key"
	Key       = "key" // a key that is not a scalar
	Depth     = "depth"
	Expansion = "expansion" // aliases that expand to more than MaxExpansion
	Encoding  = "encoding"
)

// Error is the error of ToJSON for a text that it refuses.
type Error struct {
	Reason string
	Line   int    // counted from 1
	Detail string // the parser's message, for Syntax and for values that cannot be decoded
}

func (e *Error) Error() string {
	if e.Detail != "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Detail)
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// MaxExpansion is the maximum size of all nodes that aliases expand to: the bytes of their scalars, and a few bytes for
// each node. Without a maximum, a few nested aliases could expand to an enormous document.
const MaxExpansion = 1 << 20

// ToJSON converts one YAML document to JSON. Numbers keep their digits. Timestamps and other scalars without a JSON
// type become strings. Aliases are expanded, up to MaxExpansion. The error is an *Error. Besides invalid YAML, ToJSON
// refuses merge keys, keys that are not scalars, and more than jsondoc.MaxDepth levels.
func ToJSON(data []byte) ([]byte, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &Error{Reason: Empty, Line: 1}
		}
		return nil, syntaxError(err)
	}
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, &Error{Reason: Several, Line: second.Line}
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(err)
	}
	var c converter
	return c.appendNode(nil, &doc, 0)
}

// parserError matches the messages of the YAML parser, with or without a line number.
var parserError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func syntaxError(err error) *Error {
	e := &Error{Reason: Syntax, Line: 1, Detail: err.Error()}
	if m := parserError.FindStringSubmatch(e.Detail); m != nil {
		e.Detail = m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			e.Line = line
		}
	}
	return e
}

// converter converts the nodes of a document.
type converter struct {
	aliases  int // number of aliases that enclose the current node
	expanded int // size of all nodes that aliases expanded to; see MaxExpansion
}

func (c *converter) appendNode(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	if depth > jsondoc.MaxDepth {
		return nil, &Error{Reason: Depth, Line: n.Line}
	}
	if c.aliases > 0 {
		const perNode = 8
		if c.expanded += len(n.Value) + perNode; c.expanded > MaxExpansion {
			return nil, &Error{Reason: Expansion, Line: n.Line}
		}
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return c.appendNode(dst, n.Content[0], depth)
	case yaml.MappingNode:
		return c.appendMapping(dst, n, depth)
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, item := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = c.appendNode(dst, item, depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case yaml.AliasNode:
		c.aliases++
		defer func() { c.aliases-- }()
		return c.appendNode(dst, n.Alias, depth+1) // MaxDepth ends the recursion if a node contains an alias of itself
	}
	return appendScalar(dst, n)
}

func (c *converter) appendMapping(dst []byte, n *yaml.Node, depth int) ([]byte, error) {
	dst = append(dst, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := target(n.Content[i])
		switch {
		case key.Tag == "!!merge":
			return nil, &Error{Reason: MergeKey, Line: n.Content[i].Line}
		case key.Kind != yaml.ScalarNode:
			return nil, &Error{Reason: Key, Line: n.Content[i].Line}
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, key.Value); err != nil {
			return nil, &Error{Reason: Encoding, Line: key.Line}
		}
		if dst, err = c.appendNode(append(dst, ':'), n.Content[i+1], depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// target returns the node that an alias stands for, or any other node itself.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
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
			return nil, syntaxError(err)
		}
		return fmt.Append(dst, b), nil
	case "!!int", "!!float":
		if v := jsontext.Value(n.Value); v.Kind() == '0' && v.IsValid() {
			return append(dst, v...), nil
		}
	}
	dst, err := jsontext.AppendQuote(dst, n.Value)
	if err != nil {
		return nil, &Error{Reason: Encoding, Line: n.Line}
	}
	return dst, nil
}
