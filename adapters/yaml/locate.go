package yaml

import (
	"strconv"

	yaml "go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/core/jsondoc"
)

// Locate returns the line and column, counted from 1, of the value that a JSON pointer refers to in a YAML document.
// For a value in a mapping, it returns the position of the key. If the value does not exist, it returns the position of
// the nearest enclosing value. If the document cannot be parsed, it returns 1, 1.
func Locate(data []byte, pointer string) (line, column int) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		return 1, 1
	}
	n := doc.Content[0]
	line, column = n.Line, n.Column
	for _, s := range jsondoc.Segments(pointer) {
		at, value := child(n, s)
		if value == nil {
			break
		}
		n, line, column = value, at.Line, at.Column
	}
	return line, column
}

// child returns the value that a segment of a pointer refers to in n, and the node that marks its position: its key in
// a mapping, the value itself in a sequence. Both are nil if there is no such value.
func child(n *yaml.Node, segment string) (at, value *yaml.Node) {
	n = target(n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if target(n.Content[i]).Value == segment {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
