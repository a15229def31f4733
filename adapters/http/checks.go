package http

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/procedo/procedo/core/fault"
)

// checks holds the contract's requirements for requests to one operation. The Accept header is checked first, then the
// parameters, then the body.
type checks struct {
	route         routers.Route
	name          string
	body          *openapi3.RequestBody // nil if the operation has none
	checkedByCore bool                  // the core validates the body; here it must only be strict JSON
	params        openapi3.Parameters
	queryNames    []string // names of the query parameters
	repeatable    []string // those that may be given several times
	mediaTypes    []string // of successful responses, sorted
	options       *openapi3filter.Options
}

func newChecks(name string, route routers.Route) *checks {
	c := &checks{name: name, route: route}
	op := route.Operation
	if op.RequestBody != nil {
		c.body = op.RequestBody.Value
		c.checkedByCore = strings.HasSuffix(op.RequestBody.Ref, "/ProcedureDocument")
	}
	for _, p := range slices.Concat(c.route.PathItem.Parameters, op.Parameters) {
		c.params = append(c.params, p)
		if p.Value.In == openapi3.ParameterInQuery {
			c.queryNames = append(c.queryNames, p.Value.Name)
			if p.Value.Schema.Value.Type.Is("array") {
				c.repeatable = append(c.repeatable, p.Value.Name)
			}
		}
	}
	for status, response := range op.Responses.Map() {
		if strings.HasPrefix(status, "2") {
			for media := range response.Value.Content {
				c.mediaTypes = append(c.mediaTypes, media)
			}
		}
	}
	slices.Sort(c.mediaTypes)
	c.mediaTypes = slices.Compact(c.mediaTypes)
	c.options = &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true}
	return c
}

// check returns an error if the request does not conform to the contract. It also sets the operation and the body of
// the call.
func (c *checks) check(w http.ResponseWriter, r *http.Request) error {
	call := callOf(r.Context())
	call.operation = c.name
	if !slices.ContainsFunc(c.mediaTypes, call.accept.accepts) {
		params := fault.Params{"offered": strings.Join(c.mediaTypes, ", ")}
		return protocolError{http.StatusNotAcceptable, "request.not_acceptable", params}
	}
	var issues fault.IssueList
	issues.Add(c.parameters(r)...)
	if c.body == nil {
		return refusedRequest(issues)
	}
	var err error
	if call.body, err = readBody(w, r, c.body.Required); err != nil {
		return err
	}
	if len(call.body) > 0 && !c.checkedByCore {
		err := openapi3filter.ValidateRequestBody(r.Context(), c.input(r), c.body)
		addIssues(&issues, "", err)
	}
	return refusedRequest(issues)
}

func (c *checks) input(r *http.Request) *openapi3filter.RequestValidationInput {
	in := &openapi3filter.RequestValidationInput{
		Request: r, Route: &c.route, Options: c.options, QueryParams: r.URL.Query(), PathParams: map[string]string{},
	}
	for _, p := range c.params {
		if p.Value.In == openapi3.ParameterInPath {
			in.PathParams[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	}
	return in
}

// parameters returns issues for unknown parameters, repeated parameters and invalid values.
func (c *checks) parameters(r *http.Request) []fault.Issue {
	var issues []fault.Issue
	in := c.input(r)
	for _, name := range sortedNames(in.QueryParams) {
		if !slices.Contains(c.queryNames, name) {
			issues = append(issues, fault.Issue{Field: "query." + fault.Quoted(name), Code: "request.unknown_parameter"})
		} else if len(in.QueryParams[name]) > 1 && !slices.Contains(c.repeatable, name) {
			issues = append(issues, fault.Issue{Field: "query." + name, Code: "request.duplicate_parameter"})
		}
	}
	if !validQuery(r.URL.RawQuery) {
		issues = append(issues, fault.Issue{Field: "query", Code: "request.value"})
	}
	for _, p := range c.params {
		if err := openapi3filter.ValidateParameter(context.WithoutCancel(r.Context()), in, p.Value); err != nil {
			issues = append(issues, parameterIssues(p.Value, err)...)
		}
	}
	return issues
}
