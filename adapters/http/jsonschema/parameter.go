package jsonschema

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

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

// CompileParameter returns the table of a parameter. It returns an error for what the checks do not support: besides
// what Compile does not support, all types but strings, integers and, in queries, arrays of strings; all styles but the
// default ones; and cookies.
func (c *Compiler) CompileParameter(from *openapi3.Parameter) (*Parameter, error) {
	p := &Parameter{Name: from.Name, In: from.In, field: from.In + "." + from.Name, required: from.Required}
	if from.In == openapi3.ParameterInHeader {
		p.Name = http.CanonicalHeaderKey(from.Name)
	}
	var err error
	if p.schema, err = c.Compile(from.Schema); err != nil {
		return nil, fmt.Errorf("parameter %s: %w", p.field, err)
	}
	types := from.Schema.Value.Type
	p.Repeatable = types.Is(openapi3.TypeArray)
	switch {
	case from.In == openapi3.ParameterInCookie, from.Content != nil, from.AllowEmptyValue, !isDefaultStyle(from):
		err = errors.New("its place, style or content is not supported")
	case p.Repeatable && (from.In != openapi3.ParameterInQuery || !isArrayOfStrings(from.Schema.Value)):
		err = errors.New("such arrays are not supported")
	case !p.Repeatable && !types.Is(openapi3.TypeString) && !types.Is(openapi3.TypeInteger):
		err = fmt.Errorf("the type %q is not supported", p.schema.expected)
	case types.Is(openapi3.TypeInteger) && p.schema.enum != nil:
		err = errors.New("an enum of integers is not supported")
	}
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %w", p.field, err)
	}
	return p, nil
}

func isArrayOfStrings(s *openapi3.Schema) bool {
	return s.Items != nil && s.Items.Value.Type.Is(openapi3.TypeString)
}

// isDefaultStyle reports whether the values of a parameter are given as they are, each by itself.
func isDefaultStyle(p *openapi3.Parameter) bool {
	isQuery := p.In == openapi3.ParameterInQuery
	switch p.Style {
	case "", openapi3.SerializationSimple:
		return p.Style == "" || !isQuery
	case openapi3.SerializationForm:
		return isQuery && (p.Explode == nil || *p.Explode)
	}
	return false
}

// Check adds an issue for each keyword that the parameter violates in a request. If the parameter cannot be parsed, the
// issue contains the expected type.
func (p *Parameter) Check(r *http.Request, query url.Values, issues *fault.IssueList) {
	given, value := false, ""
	switch p.In {
	case openapi3.ParameterInPath:
		value = r.PathValue(p.Name)
		given = value != ""
	case openapi3.ParameterInHeader:
		if values := r.Header[p.Name]; len(values) > 0 {
			given, value = true, values[0]
		}
	case openapi3.ParameterInQuery:
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
