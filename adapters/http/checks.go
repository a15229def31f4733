package http

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
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
	// elsewhere maps media types that a path directly below this one offers to the last segment of that path.
	elsewhere    map[string]string
	permission   access.Permission // that the operation needs; 0 if it does not ask who the caller is
	showsNumbers bool              // successful responses honour the preference for the form of numbers
}

// newChecks compiles the requirements for an operation of a path. It returns an error if they cannot be checked.
func newChecks(name string, path, op *jsondoc.Node, compiler *jsonschema.Compiler) (*checks, error) {
	media, err := mediaTypes(op, compiler.Contract)
	c := &checks{name: name, mediaTypes: media, offered: strings.Join(media, ", ")}
	if p := op.Get("x-permission"); p != nil && err == nil {
		c.permission, err = access.ParsePermission(p.Text)
	}
	if err == nil {
		c.showsNumbers, err = hasHeader(op, compiler.Contract, appliedHeader)
	}
	if err == nil {
		err = c.addElsewhere(compiler)
	}
	if err == nil {
		err = c.addParameters(compiler, path.Get("parameters"), op.Get("parameters"))
	}
	if body := op.Get("requestBody"); body != nil && err == nil {
		err = c.addBody(compiler, body)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// addParameters compiles the parameters in lists; a list may be nil.
func (c *checks) addParameters(compiler *jsonschema.Compiler, lists ...*jsondoc.Node) error {
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, p := range list.Items {
			compiled, err := compiler.CompileParameter(p)
			if err != nil {
				return err
			}
			if compiled.Name == "If-Match" {
				compiled.MakeOptional() // 428 if it is missing
			}
			c.params = append(c.params, compiled)
		}
	}
	return nil
}

// addBody compiles the body of an operation. The core checks definitions.
func (c *checks) addBody(compiler *jsonschema.Compiler, body *jsondoc.Node) error {
	if ref := body.Get("$ref"); ref != nil && strings.HasSuffix(ref.Text, "/ProcedureDocument") {
		c.hasBody, c.bodyRequired = true, true
		return nil
	}
	body, err := compiler.Contract.Resolve(body)
	if err != nil {
		return err
	}
	required, content := body.Get("required"), body.Get("content")
	c.hasBody, c.bodyRequired = true, required != nil && required.Bool
	if content == nil || len(content.Members) != 1 || content.Members[0].Name != jsonBody {
		return fmt.Errorf("the body must be declared as %s only", jsonBody)
	}
	if c.body, err = compiler.Compile(content.Members[0].Value.Get("schema")); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	c.body.MakeOptional("reason") // the core reports a missing reason, together with all other issues
	return nil
}

// hasHeader reports whether a successful response of an operation declares a header.
func hasHeader(op *jsondoc.Node, contract jsonschema.Contract, name string) (bool, error) {
	for _, m := range op.Get("responses").Members {
		if !strings.HasPrefix(m.Name, "2") {
			continue
		}
		response, err := contract.Resolve(m.Value)
		if err != nil {
			return false, err
		}
		if headers := response.Get("headers"); headers != nil && headers.Get(name) != nil {
			return true, nil
		}
	}
	return false, nil
}

// addElsewhere finds the media types of representations that have a path of their own below that of a GET operation.
func (c *checks) addElsewhere(compiler *jsonschema.Compiler) error {
	own, isGet := strings.CutPrefix(c.name, "GET ")
	if !isGet {
		return nil
	}
	for _, path := range compiler.Contract.Get("paths").Members {
		segment, below := strings.CutPrefix(path.Name, own+"/")
		op := path.Value.Get("get")
		if !below || strings.ContainsAny(segment, "/{") || op == nil {
			continue
		}
		types, err := mediaTypes(op, compiler.Contract)
		if err != nil {
			return err
		}
		for _, media := range types {
			if c.elsewhere == nil {
				c.elsewhere = map[string]string{}
			}
			c.elsewhere[media] = segment
		}
	}
	return nil
}

// notAcceptable returns the error for a request whose Accept header allows none of the media types. It names the path
// that offers what the header asks for, if there is one.
func (c *checks) notAcceptable(r *http.Request, accept acceptHeader) error {
	params := fault.Params{"offered": c.offered}
	for _, media := range sortedNames(c.elsewhere) {
		if accept.acceptsByName(media) {
			params["media"], params["path"] = media, shortened(r.URL.EscapedPath())+"/"+c.elsewhere[media]
		}
	}
	return protocolError{http.StatusNotAcceptable, "request.not_acceptable", params}
}

// mediaTypes returns the media types of the successful responses of an operation, sorted.
func mediaTypes(op *jsondoc.Node, contract jsonschema.Contract) ([]string, error) {
	var types []string
	for _, m := range op.Get("responses").Members {
		if !strings.HasPrefix(m.Name, "2") {
			continue
		}
		response, err := contract.Resolve(m.Value)
		if err != nil {
			return nil, err
		}
		if content := response.Get("content"); content != nil {
			for _, media := range content.Members {
				types = append(types, media.Name)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types), nil
}

// check returns an error if the request does not conform to the contract. It also sets the operation and the body of
// the call.
func (c *checks) check(w http.ResponseWriter, r *http.Request) error {
	call := callOf(r.Context())
	call.operation = c.name
	if c.showsNumbers {
		call.numbers.showApplied(w)
	}
	if !slices.ContainsFunc(c.mediaTypes, call.accept.accepts) {
		return c.notAcceptable(r, call.accept)
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
		if p.In == "query" && p.Name == name {
			return p
		}
	}
	return nil
}
