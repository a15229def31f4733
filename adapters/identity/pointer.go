package identity

import (
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// pointer is a parsed JSON pointer (RFC 6901): the names on the way from the root to a value.
type pointer []string

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// parsePointer parses a JSON pointer to a value below the root.
func parsePointer(text string) (pointer, error) {
	bad := !strings.HasPrefix(text, "/")
	for i := range len(text) {
		if text[i] == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			bad = true
		}
	}
	if bad {
		return nil, refuse(BadPointer, fault.Params{"given": text})
	}
	names := strings.Split(text[1:], "/")
	for i := range names {
		names[i] = unescapePointer.Replace(names[i])
	}
	return names, nil
}

// find returns the value that the pointer leads to, or nil if there is none.
func (p pointer) find(n *jsondoc.Node) *jsondoc.Node {
	for _, name := range p {
		if n == nil {
			return nil
		}
		switch n.Kind {
		case jsondoc.Object:
			n = n.Get(name)
		case jsondoc.Array:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(n.Items) || strconv.Itoa(i) != name {
				return nil
			}
			n = n.Items[i]
		default:
			return nil
		}
	}
	return n
}

// names returns the names in the claim that the pointer leads to: the strings of an array, or the words of a string,
// which spaces separate like those of the claim scope.
func (p pointer) names(claims *jsondoc.Node) ([]string, error) {
	n := p.find(claims)
	switch {
	case n == nil || n.Kind == jsondoc.Null:
		return nil, nil
	case n.Kind == jsondoc.String:
		return strings.Fields(n.Text), nil
	}
	return readStrings("/"+strings.Join(p, "/"), n)
}
