package http

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

func sortedNames(q url.Values) []string { return slices.Sorted(maps.Keys(q)) }

// validQuery reports whether a query string can be decoded to valid UTF-8 without NUL characters.
func validQuery(raw string) bool {
	q, err := url.ParseQuery(raw)
	for name, values := range q {
		for _, v := range append(values, name) {
			if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
				return false
			}
		}
	}
	return err == nil
}

// parameterIssues converts the validator's error for a parameter to issues. If the parameter cannot be parsed, the
// issue contains the expected type.
func parameterIssues(p *openapi3.Parameter, err error) []fault.Issue {
	field := p.In + "." + p.Name
	var unparsed *openapi3filter.ParseError
	if errors.As(err, &unparsed) {
		params := fault.Params{"expected": strings.Join(p.Schema.Value.Type.Slice(), ", ")}
		return []fault.Issue{{Field: field, Code: "request.type", Params: params}}
	}
	var issues fault.IssueList
	addIssues(&issues, field, err)
	return issues.First
}

// addIssues adds an error of the validator to a list of issues. An issue contains what the schema requires, such as the
// minimum, but neither the submitted value nor the validator's message. Issues that the list only counts are not made.
func addIssues(issues *fault.IssueList, field string, err error) {
	var many openapi3.MultiError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &many):
		for _, e := range many {
			addIssues(issues, field, e)
		}
	case len(issues.First) == fault.MaxIssues:
		issues.Count++
	case errors.As(err, &schema):
		issues.Add(schemaIssue(field, schema))
	case errors.Is(err, openapi3filter.ErrInvalidRequired), errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		issues.Add(fault.Issue{Field: field, Code: "request.required"})
	default:
		issues.Add(fault.Issue{Field: field, Code: "request.value"})
	}
}

// schemaIssue returns the issue of a value that violates a keyword of its schema.
func schemaIssue(field string, e *openapi3.SchemaError) fault.Issue {
	for _, name := range e.JSONPointer() {
		field = jsondoc.Pointer(field, name)
	}
	is := fault.Issue{Field: field}
	s := e.Schema
	switch e.SchemaField {
	case "type", "nullable":
		is.Code, is.Params = "request.type", fault.Params{"expected": strings.Join(s.Type.Slice(), ", ")}
	case "enum":
		is.Code, is.Params = "request.enum", fault.Params{"allowed": s.Enum}
	case "minLength":
		is.Code, is.Params = "request.min_length", fault.Params{"min": s.MinLength}
	case "maxLength":
		is.Code, is.Params = "request.max_length", fault.Params{"max": *s.MaxLength}
	case "minItems":
		is.Code, is.Params = "request.min_items", fault.Params{"min": s.MinItems}
	case "maxItems":
		is.Code, is.Params = "request.max_items", fault.Params{"max": *s.MaxItems}
	case "minimum":
		is.Code, is.Params = "request.min", fault.Params{"min": *s.Min}
	case "maximum":
		is.Code, is.Params = "request.max", fault.Params{"max": *s.Max}
	case "format":
		is.Code, is.Params = "request.format", fault.Params{"expected": s.Format}
	case "required":
		is.Code = "request.required"
	case "properties", "additionalProperties":
		is.Code = "request.unknown_member"
		if _, quoted, ok := strings.Cut(e.Reason, `"`); ok { // the reason is: property "x" is unsupported
			name, _, _ := strings.Cut(quoted, `"`)
			is.Field = jsondoc.Pointer(field, name)
		}
	default:
		is.Code = "request.value"
	}
	return is
}
