package http

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/procedo/procedo/adapters/http/jsonschema"
	"github.com/procedo/procedo/core/fault"
)

// checks holds the contract's requirements for requests to one operation. The Accept header is checked first, then the
// parameters, then the body.
type checks struct {
	name         string
	hasBody      bool
	bodyRequired bool
	body         *jsonschema.Schema // nil if there is no body, or if the core validates it; then it must be strict JSON
	params       []*jsonschema.Parameter
	mediaTypes   []string // of successful responses, sorted
	offered      string   // the media types as a list
	showsNumbers bool     // the operation honours the preference for the form of numbers
}

// newChecks compiles the requirements for an operation. It returns an error if they cannot be checked.
func newChecks(
	name string, item *openapi3.PathItem, op *openapi3.Operation, compiler *jsonschema.Compiler,
) (*checks, error) {
	c := &checks{name: name, mediaTypes: mediaTypes(op)}
	c.offered = strings.Join(c.mediaTypes, ", ")
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		compiled, err := compiler.CompileParameter(p.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		c.params = append(c.params, compiled)
		c.showsNumbers = c.showsNumbers || compiled.In == openapi3.ParameterInHeader && compiled.Name == preferHeader
	}
	if op.RequestBody == nil {
		return c, nil
	}
	c.hasBody, c.bodyRequired = true, op.RequestBody.Value.Required
	content := op.RequestBody.Value.Content
	media, ok := content[jsonBody]
	if !ok || len(content) != 1 {
		return nil, fmt.Errorf("%s: the body must be declared as %s only", name, jsonBody)
	}
	if strings.HasSuffix(op.RequestBody.Ref, "/ProcedureDocument") {
		return c, nil
	}
	var err error
	if c.body, err = compiler.Compile(media.Schema); err != nil {
		return nil, fmt.Errorf("%s: body: %w", name, err)
	}
	return c, nil
}

// mediaTypes returns the media types of the successful responses of an operation, sorted.
func mediaTypes(op *openapi3.Operation) []string {
	var types []string
	for status, response := range op.Responses.Map() {
		if strings.HasPrefix(status, "2") {
			for media := range response.Value.Content {
				types = append(types, media)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// check returns an error if the request does not conform to the contract. It also sets the operation and the body of
// the call.
func (c *checks) check(w http.ResponseWriter, r *http.Request) error {
	call := callOf(r.Context())
	call.operation = c.name
	if c.showsNumbers {
		call.numbers.showApplied(w.Header())
	}
	if !slices.ContainsFunc(c.mediaTypes, call.accept.accepts) {
		return protocolError{http.StatusNotAcceptable, "request.not_acceptable", fault.Params{"offered": c.offered}}
	}
	var issues fault.IssueList
	c.checkParameters(r, &issues)
	if !c.hasBody {
		return refusedRequest(issues)
	}
	var err error
	if call.body, call.document, err = readBody(w, r, c.bodyRequired); err != nil {
		return err
	}
	r.Body = http.NoBody
	if call.document != nil {
		r.Body = parsedBody{call.document}
		if c.body != nil {
			c.body.Check(call.document, &issues)
		}
	}
	return refusedRequest(issues)
}

// checkParameters adds issues for unknown parameters, repeated parameters and invalid values.
func (c *checks) checkParameters(r *http.Request, issues *fault.IssueList) {
	query, valid := parseQuery(r.URL.RawQuery)
	for _, name := range sortedNames(query) {
		switch p := c.queryParameter(name); {
		case p == nil:
			issues.Add(fault.Issue{Field: "query." + fault.Quoted(name), Code: "request.unknown_parameter"})
		case len(query[name]) > 1 && !p.Repeatable:
			issues.Add(fault.Issue{Field: "query." + name, Code: "request.duplicate_parameter"})
		}
	}
	if !valid {
		issues.Add(fault.Issue{Field: "query", Code: "request.value"})
	}
	for _, p := range c.params {
		p.Check(r, query, issues)
	}
}

// queryParameter returns the query parameter with a name, or nil if there is none.
func (c *checks) queryParameter(name string) *jsonschema.Parameter {
	for _, p := range c.params {
		if p.In == openapi3.ParameterInQuery && p.Name == name {
			return p
		}
	}
	return nil
}
