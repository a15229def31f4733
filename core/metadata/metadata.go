// Package metadata reads the free objects that definitions and runs carry for their owners.
package metadata

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// Read returns the canonical bytes (RFC 8785) of a free object, nil when it is empty. Numbers must survive as
// IEEE doubles; those that do not are issues with the code, named by JSON pointers below base.
func Read(n *jsondoc.Node, base, code string) (jsontext.Value, []fault.Issue) {
	if issues := unfit(n, base, code, nil); issues != nil {
		return nil, issues
	}
	if n == nil || len(n.Members) == 0 {
		return nil, nil
	}
	v := jsontext.Value(n.Raw).Clone()
	if err := v.Canonicalize(); err != nil {
		return nil, []fault.Issue{{Field: base, Code: code}}
	}
	return v, nil
}

func unfit(n *jsondoc.Node, pointer, code string, issues []fault.Issue) []fault.Issue {
	switch {
	case n == nil:
	case n.Kind == jsondoc.Number && !decimal.SurvivesAsDouble(n.Text):
		issues = append(issues, fault.Issue{Field: pointer, Code: code, Params: fault.Params{"expected": "double"}})
	case n.Kind == jsondoc.Array:
		for i, item := range n.Items {
			issues = unfit(item, jsondoc.PointerAt(pointer, i), code, issues)
		}
	case n.Kind == jsondoc.Object:
		for _, m := range n.Members {
			issues = unfit(m.Value, jsondoc.Pointer(pointer, m.Name), code, issues)
		}
	}
	return issues
}
