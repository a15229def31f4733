package jsonschema

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// Parameter is a compiled parameter of an operation, in its path, query or headers.
type Parameter struct {
	Name       string
	In         string
	Repeatable bool // the parameter may be given several times

	field    string // of issues
	required bool
	schema   *Schema
}

// MakeOptional lets the parameter be absent although the contract requires it, because the handler reports that better.
func (p *Parameter) MakeOptional() { p.required = false }

// CompileParameter returns the table of a parameter. It returns an error for what the checks do not support: besides
// what Compile does not support, all types but strings, integers and, in queries, arrays of strings; all styles but the
// default ones; and cookies.
func (c *Compiler) CompileParameter(from *jsondoc.Node) (*Parameter, error) {
	from, err := c.Contract.Resolve(from)
	if err != nil {
		return nil, err
	}
	p := &Parameter{Name: textOf(from, "name"), In: textOf(from, "in"), required: isTrue(from, "required")}
	p.field = p.In + "." + p.Name
	if p.In == "header" {
		p.Name = http.CanonicalHeaderKey(p.Name)
	}
	if p.schema, err = c.Compile(from.Get("schema")); err != nil {
		return nil, fmt.Errorf("parameter %s: %w", p.field, err)
	}
	s := p.schema
	p.Repeatable = s.types == kinds["array"]
	isText := s.types == kinds["string"]
	isInteger := s.types == kinds["integer"] && s.integer
	switch {
	case p.In == "cookie", isTrue(from, "allowEmptyValue"), !p.hasDefaultStyle(from):
		err = errors.New("its place or style is not supported")
	case p.Repeatable && (p.In != "query" || s.items == nil || s.items.types != kinds["string"]):
		err = errors.New("such arrays are not supported")
	case !p.Repeatable && !isText && !isInteger:
		err = fmt.Errorf("the type %q is not supported", s.expected)
	case isInteger && s.enum != nil:
		err = errors.New("an enum of integers is not supported")
	}
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %w", p.field, err)
	}
	return p, nil
}

func textOf(n *jsondoc.Node, member string) string {
	if value := n.Get(member); value != nil {
		return value.Text
	}
	return ""
}

func isTrue(n *jsondoc.Node, member string) bool {
	value := n.Get(member)
	return value != nil && value.Bool
}

// hasDefaultStyle reports whether the values of a parameter are given as they are, each by itself.
func (p *Parameter) hasDefaultStyle(from *jsondoc.Node) bool {
	switch textOf(from, "style") {
	case "":
		return from.Get("explode") == nil
	case "simple":
		return p.In != "query"
	case "form":
		return p.In == "query" && (from.Get("explode") == nil || isTrue(from, "explode"))
	}
	return false
}

// Check adds an issue for each keyword that the parameter violates in a request, and one for a header with several
// values. If the parameter cannot be parsed, the issue contains the expected type.
func (p *Parameter) Check(r *http.Request, query url.Values, issues *fault.IssueList) {
	given, value := false, ""
	switch p.In {
	case "path":
		value = r.PathValue(p.Name)
		given = value != ""
	case "header":
		switch values := r.Header[p.Name]; len(values) {
		case 0:
		case 1:
			given, value = true, values[0]
		default:
			issues.Add(fault.Issue{Field: p.field, Code: "request.duplicate_parameter"})
			return
		}
	case "query":
		values := query[p.Name]
		if given = len(values) > 0; given && p.Repeatable {
			p.checkList(values, issues)
			return
		}
		value = firstGiven(values)
	}
	if given {
		p.checkValue(value, issues)
	} else if p.required {
		issues.Add(fault.Issue{Field: p.field, Code: "request.required"})
	}
}

// firstGiven returns the first value that is not empty, or "" if all are empty.
func firstGiven(values []string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (p *Parameter) checkValue(value string, issues *fault.IssueList) {
	c := checker{issues: issues, field: p.field}
	if !p.schema.integer {
		if p.schema.enum != nil && !p.schema.allows(value) {
			c.add(p.schema, "enum")
		} else {
			c.text(p.schema, value)
		}
		return
	}
	if value == "" {
		c.add(p.schema, "required")
		return
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		c.add(p.schema, "type")
		return
	}
	c.number(p.schema, float64(n))
}

func (p *Parameter) checkList(values []string, issues *fault.IssueList) {
	if len(values) == 1 && values[0] == "" {
		issues.Add(fault.Issue{Field: p.field, Code: "request.required"})
		return
	}
	list := jsondoc.Node{Kind: jsondoc.Array}
	for _, v := range values {
		list.Items = append(list.Items, &jsondoc.Node{Kind: jsondoc.String, Text: v})
	}
	c := checker{issues: issues, field: p.field}
	c.value(p.schema, &list)
}
