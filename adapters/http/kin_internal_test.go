package http

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/oapi-codegen/runtime"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// kinChecks checks requests with kin-openapi, which interprets the contract for each request. It returns the issues
// that the compiled checks must return.
type kinChecks struct {
	route  routers.Route
	body   *openapi3.RequestBody // nil if the operation has none, or if the core validates it
	params openapi3.Parameters
}

// The format date-time of kin-openapi includes times that the generated code cannot decode, or only as another time.
func init() {
	form := openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringDateTime)
	farZone := regexp.MustCompile(`[+-](2[4-9]|[3-9].):..$|[+-]..:[6-9].$`)
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(text string) error {
		if farZone.MatchString(text) {
			return errors.New("the zone is beyond a day")
		}
		return errors.Join(form.Validate(text), runtime.BindStringToObject(text, new(time.Time)))
	}))
}

func newKinChecks(route routers.Route) *kinChecks {
	c := &kinChecks{route: route, params: slices.Concat(route.PathItem.Parameters, route.Operation.Parameters)}
	if b := route.Operation.RequestBody; b != nil && !strings.HasSuffix(b.Ref, "/ProcedureDocument") {
		c.body = b.Value
	}
	return c
}

func (c *kinChecks) issues(r *http.Request, body []byte) fault.IssueList {
	var issues fault.IssueList
	issues.Add(c.parameters(r)...)
	if c.body != nil && len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
		addKinIssues(&issues, "", openapi3filter.ValidateRequestBody(r.Context(), c.input(r), c.body))
	}
	return issues
}

func (c *kinChecks) input(r *http.Request) *openapi3filter.RequestValidationInput {
	in := &openapi3filter.RequestValidationInput{
		Request: r, Route: &c.route, QueryParams: r.URL.Query(), PathParams: map[string]string{},
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	for _, p := range c.params {
		if p.Value.In == openapi3.ParameterInPath {
			in.PathParams[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	}
	return in
}

func (c *kinChecks) parameters(r *http.Request) []fault.Issue {
	var issues []fault.Issue
	in := c.input(r)
	for _, name := range sortedNames(in.QueryParams) {
		i := slices.IndexFunc(c.params, func(p *openapi3.ParameterRef) bool {
			return p.Value.In == openapi3.ParameterInQuery && p.Value.Name == name
		})
		if i < 0 {
			issues = append(issues, fault.Issue{Field: "query." + fault.Quoted(name), Code: "request.unknown_parameter"})
		} else if len(in.QueryParams[name]) > 1 && !c.params[i].Value.Schema.Value.Type.Is("array") {
			issues = append(issues, fault.Issue{Field: "query." + name, Code: "request.duplicate_parameter"})
		}
	}
	if !isValidQuery(r.URL.RawQuery) {
		issues = append(issues, fault.Issue{Field: "query", Code: "request.value"})
	}
	for _, p := range c.params {
		if p.Value.In == openapi3.ParameterInHeader && len(r.Header.Values(p.Value.Name)) > 1 {
			issues = append(issues, fault.Issue{Field: "header." + p.Value.Name, Code: "request.duplicate_parameter"})
			continue
		}
		if err := openapi3filter.ValidateParameter(r.Context(), in, p.Value); err != nil {
			issues = append(issues, kinParameterIssues(p.Value, err)...)
		}
	}
	return issues
}

func isValidQuery(raw string) bool {
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

func kinParameterIssues(p *openapi3.Parameter, err error) []fault.Issue {
	field := p.In + "." + p.Name
	var unparsed *openapi3filter.ParseError
	if errors.As(err, &unparsed) {
		params := fault.Params{"expected": strings.Join(p.Schema.Value.Type.Slice(), ", ")}
		return []fault.Issue{{Field: field, Code: "request.type", Params: params}}
	}
	var issues fault.IssueList
	addKinIssues(&issues, field, err)
	return issues.First
}

// addKinIssues adds an error of the validator to a list of issues.
func addKinIssues(issues *fault.IssueList, field string, err error) {
	var many openapi3.MultiError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &many):
		for _, e := range many {
			addKinIssues(issues, field, e)
		}
	case len(issues.First) == fault.MaxIssues:
		issues.Count++
	case errors.As(err, &schema):
		issues.Add(kinSchemaIssue(field, schema))
	case errors.Is(err, openapi3filter.ErrInvalidRequired), errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		issues.Add(fault.Issue{Field: field, Code: "request.required"})
	default:
		issues.Add(fault.Issue{Field: field, Code: "request.value"})
	}
}

// kinSchemaIssue returns the issue of a value that violates a keyword of its schema.
func kinSchemaIssue(field string, e *openapi3.SchemaError) fault.Issue {
	for _, name := range e.JSONPointer() {
		field = jsondoc.Pointer(field, name)
	}
	is := fault.Issue{Field: field}
	s := e.Schema
	switch e.SchemaField {
	case "type", "nullable":
		is.Code, is.Params = "request.type", fault.Params{"expected": strings.Join(s.Type.Slice(), ", ")}
	case "enum":
		allowed := slices.DeleteFunc(slices.Clone(s.Enum), func(v any) bool { return v == nil })
		is.Code, is.Params = "request.enum", fault.Params{"allowed": allowed}
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
	case "pattern":
		is.Code = "request.value"
		if s.Example != nil { // the version that kin-openapi reads has one
			is.Params = fault.Params{"example": s.Example}
		}
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
