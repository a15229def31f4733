package jsonschema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/procedo/procedo/core/jsondoc"
)

// Contract is an OpenAPI 3.1 document.
type Contract struct{ root *jsondoc.Node }

// Parse returns the contract in a JSON text.
func Parse(text []byte) (Contract, error) {
	root, err := jsondoc.Parse(text)
	if err != nil {
		return Contract{}, err
	}
	if version := root.Get("openapi"); version == nil || !strings.HasPrefix(version.Text, "3.1.") {
		return Contract{}, errors.New("the contract is not in OpenAPI 3.1")
	}
	return Contract{root}, nil
}

// Get returns the value at a path of member names, or nil if there is none.
func (c Contract) Get(path ...string) *jsondoc.Node {
	n := c.root
	for _, name := range path {
		if n = n.Get(name); n == nil {
			return nil
		}
	}
	return n
}

// Resolve returns the object that a reference names, or an object that is not a reference unchanged.
func (c Contract) Resolve(n *jsondoc.Node) (*jsondoc.Node, error) {
	for range jsondoc.MaxDepth {
		ref := n.Get("$ref")
		if ref == nil {
			return n, nil
		}
		path, ok := strings.CutPrefix(ref.Text, "#/components/")
		if n = c.Get(append([]string{"components"}, strings.Split(path, "/")...)...); n == nil || !ok {
			return nil, fmt.Errorf("the reference %s leads nowhere", ref.Text)
		}
	}
	return nil, errors.New("references lead in a circle")
}

// texts returns the texts of an array of strings.
func texts(n *jsondoc.Node) []string {
	all := make([]string, len(n.Items))
	for i, item := range n.Items {
		all[i] = item.Text
	}
	return all
}
