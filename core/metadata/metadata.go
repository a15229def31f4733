// Package metadata reads metadata: JSON objects with free content in definitions and runs.
package metadata

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// Read returns the canonical bytes (RFC 8785) of a metadata object; nil if the object is absent or empty. The canonical
// form writes numbers as IEEE 754 doubles, so Read returns an issue for each number whose value would change. Issues
// have the given code; their field is a JSON pointer that begins with base.
func Read(n *jsondoc.Node, base, code string) (v jsontext.Value, issues fault.IssueList) {
	if addInexactNumbers(&issues, n, base, code); issues.Count > 0 {
		return nil, issues
	}
	if n == nil || len(n.Members) == 0 {
		return nil, issues
	}
	v = jsontext.Value(n.Raw).Clone()
	if err := v.Canonicalize(); err != nil {
		issues.Add(fault.Issue{Field: base, Code: code})
		return nil, issues
	}
	return v, issues
}

// addInexactNumbers adds an issue for each number in n that changes its value when it is parsed as a double and written
// again.
func addInexactNumbers(issues *fault.IssueList, n *jsondoc.Node, pointer, code string) {
	switch {
	case n == nil:
	case n.Kind == jsondoc.Number && !decimal.SurvivesAsDouble(n.Text):
		issues.Add(fault.Issue{Field: pointer, Code: code, Params: fault.Params{"expected": "double"}})
	case n.Kind == jsondoc.Array:
		for i, item := range n.Items {
			addInexactNumbers(issues, item, jsondoc.PointerAt(pointer, i), code)
		}
	case n.Kind == jsondoc.Object:
		for _, m := range n.Members {
			addInexactNumbers(issues, m.Value, jsondoc.Pointer(pointer, m.Name), code)
		}
	}
}
