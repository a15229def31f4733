package yaml

import (
	"strconv"

	yaml "go.yaml.in/yaml/v3"

	"github.com/procedo/procedo/core/jsondoc"
)

// Locate is the line and column, from 1, at which what a JSON pointer names stands in a YAML document: a key, an
// element; where it is missing, what should have held it.
func Locate(data []byte, pointer string) (line, column int) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		return 1, 1
	}
	n := doc.Content[0]
	line, column = n.Line, n.Column
	for _, s := range jsondoc.Segments(pointer) {
		at, value := step(n, s)
		if value == nil {
			break
		}
		n, line, column = value, at.Line, at.Column
	}
	return line, column
}

func step(n *yaml.Node, segment string) (at, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == segment {
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
