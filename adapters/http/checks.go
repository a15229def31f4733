package http

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/procedo/procedo/core/fault"
)

// checks are what one operation's contract demands of a request, in the order in which they are made: what the
// client can take, parameters, body.
type checks struct {
	route    routers.Route
	name     string
	body     *openapi3.RequestBody // nil where the operation has none
	byCore   bool                  // the body's rules are the core's: only its JSON is checked here
	params   openapi3.Parameters
	query    []string // the query parameters there are
	offered  []string // media types of the answer
	validate *openapi3filter.Options
}

func (c *checks) prepare() {
	op := c.route.Operation
	if op.RequestBody != nil {
		c.body = op.RequestBody.Value
		c.byCore = strings.HasSuffix(op.RequestBody.Ref, "/ProcedureDocument")
	}
	for _, p := range slices.Concat(c.route.PathItem.Parameters, op.Parameters) {
		c.params = append(c.params, p)
		if p.Value.In == openapi3.ParameterInQuery {
			c.query = append(c.query, p.Value.Name)
		}
	}
	for status, response := range op.Responses.Map() {
		if strings.HasPrefix(status, "2") {
			for media := range response.Value.Content {
				c.offered = append(c.offered, media)
			}
		}
	}
	slices.Sort(c.offered)
	c.offered = slices.Compact(c.offered)
	c.validate = &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true}
}

func (c *checks) check(w http.ResponseWriter, r *http.Request) error {
	call := callOf(r.Context())
	call.operation = c.name
	if !acceptable(r.Header.Values("Accept"), c.offered) {
		return protocolError{http.StatusNotAcceptable, "request.not_acceptable", fault.Params{"offered": strings.Join(c.offered, ", ")}}
	}
	issues := c.parameters(r)
	if c.body == nil {
		return invalidRequest(issues)
	}
	var err error
	if call.body, err = readBody(w, r, c.body.Required); err != nil {
		return err
	}
	if len(call.body) > 0 && !c.byCore {
		err := openapi3filter.ValidateRequestBody(r.Context(), c.input(r), c.body)
		issues = append(issues, issuesOf("", err)...)
	}
	return invalidRequest(issues)
}

func (c *checks) input(r *http.Request) *openapi3filter.RequestValidationInput {
	in := &openapi3filter.RequestValidationInput{Request: r, Route: &c.route, Options: c.validate, QueryParams: r.URL.Query(), PathParams: map[string]string{}}
	for _, p := range c.params {
		if p.Value.In == openapi3.ParameterInPath {
			in.PathParams[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	}
	return in
}

// parameters checks every parameter: that the contract has it, that it stands once, that its value fits.
func (c *checks) parameters(r *http.Request) []fault.Issue {
	var issues []fault.Issue
	in := c.input(r)
	for _, name := range sortedNames(in.QueryParams) {
		if !slices.Contains(c.query, name) {
			issues = append(issues, fault.Issue{Field: "query." + name, Code: "request.unknown_parameter"})
		} else if len(in.QueryParams[name]) > 1 {
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

// acceptable reports whether an Accept header (RFC 9110, section 12.5.1) leaves one of the media types.
func acceptable(accept, offered []string) bool {
	if len(accept) == 0 {
		return true
	}
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil || params["q"] == "0" || params["q"] == "0.0" {
			continue
		}
		for _, o := range offered {
			kind, _, _ := strings.Cut(o, "/")
			if media == o || media == "*/*" || media == kind+"/*" {
				return true
			}
		}
	}
	return strings.TrimSpace(strings.Join(accept, "")) == ""
}
