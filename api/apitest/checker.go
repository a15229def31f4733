// Package apitest checks answers strictly against the contract, for tests. It reads the contract as OpenAPI 3.1 with a
// validator for JSON Schema 2020-12 that the service does not use.
package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/procedo/procedo/api"
)

// object is a JSON object.
type object = map[string]any

// Checker checks answers against the contract. Objects may only have the members that their schema declares, values
// must have the declared format, and answers only the declared statuses, media types and headers.
type Checker struct {
	root     object
	compiler *jsonschema.Compiler

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema // by JSON Pointer
}

// New returns a checker for the contract of this release.
var New = sync.OnceValues(func() (*Checker, error) { return newChecker(api.ContractJSON) })

const resource = "contract.json"

func newChecker(contract []byte) (*Checker, error) {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(contract))
	if err != nil {
		return nil, err
	}
	closeObjects(root)
	c := &Checker{
		root: root.(object), compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{},
	}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource(resource, root)
}

// closeObjects forbids undeclared members in each schema that declares members, unless it says what others may be. It
// also closes the open sets: this release sends only the codes, actions and states that the contract lists.
func closeObjects(value any) {
	switch value := value.(type) {
	case object:
		_, declares := value["properties"].(object)
		_, open := value["additionalProperties"]
		if declares && !open && value["type"] != nil {
			value["unevaluatedProperties"] = false
		}
		if known, ok := value["x-extensible-enum"].([]any); ok {
			value["enum"] = append(slices.Clone(known), nil)
		}
		for _, child := range value {
			closeObjects(child)
		}
	case []any:
		for _, child := range value {
			closeObjects(child)
		}
	}
}

// Check returns an error if the contract does not declare an answer to a request. Answers on paths and to methods that
// the contract does not have must be problems.
func (c *Checker) Check(method, path string, status int, header http.Header, body []byte) error {
	place, op := c.operation(method, path)
	if op == nil {
		return c.checkOther(status, header, body)
	}
	response, place := c.resolve(place+"/responses/"+strconv.Itoa(status), op["responses"].(object)[strconv.Itoa(status)])
	if response == nil && status == http.StatusNotFound {
		return c.checkOther(status, header, body) // of paths that the mux does not know, such as one with a slash at the end
	}
	if response == nil {
		return fmt.Errorf("%s %s: the status %d is not declared", method, path, status)
	}
	if err := c.checkHeaders(response, place, header); err != nil {
		return fmt.Errorf("%s %s: %d: %w", method, path, status, err)
	}
	if method == http.MethodHead {
		return nil
	}
	err := c.checkBody(response, place, header.Get("Content-Type"), body)
	if err == nil && status >= http.StatusBadRequest {
		err = c.checkProblem(status, body)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %d: %w", method, path, status, err)
	}
	return nil
}

// checkProblem checks that a problem has the status of its code.
func (c *Checker) checkProblem(status int, body []byte) error {
	var problem struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
	}
	if err := json.Unmarshal(body, &problem); err != nil {
		return err
	}
	code := c.root["components"].(object)["schemas"].(object)["ProblemCode"].(object)
	want := code["x-status-by-code"].(object)[problem.Code]
	if problem.Status != status || want != json.Number(strconv.Itoa(status)) {
		return fmt.Errorf("the problem %s has the status %d, declared is %v", problem.Code, problem.Status, want)
	}
	return nil
}

// checkOther checks an answer that no operation declares.
func (c *Checker) checkOther(status int, header http.Header, body []byte) error {
	if status < http.StatusBadRequest || len(body) == 0 {
		return nil
	}
	err := c.checkBody(object{"content": object{"application/problem+json": object{
		"schema": object{"$ref": "#/components/schemas/Problem"},
	}}}, "", header.Get("Content-Type"), body)
	if err != nil {
		return err
	}
	return c.checkProblem(status, body)
}

// operation returns the operation of a path, and its place in the contract; nil if there is none.
func (c *Checker) operation(method, path string) (place string, op object) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(path, "/")
	best := -1
	for template, item := range c.root["paths"].(object) {
		literals := 0
		fits := slices.EqualFunc(strings.Split(template, "/"), segments, func(want, got string) bool {
			if want == got {
				literals++
			}
			return want == got || strings.HasPrefix(want, "{") && got != ""
		})
		found, ok := item.(object)[strings.ToLower(method)].(object)
		if fits && ok && literals > best {
			best, op, place = literals, found, "/paths/"+escape(template)+"/"+strings.ToLower(method)
		}
	}
	return place, op
}

func escape(segment string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(segment) }

// resolve returns an object or, if it is a reference, the component that it names; and the place of either. It returns
// nil if there is no object.
func (c *Checker) resolve(place string, value any) (object, string) {
	o, _ := value.(object)
	ref, ok := o["$ref"].(string)
	if !ok {
		return o, place
	}
	place = strings.TrimPrefix(ref, "#")
	value = c.root
	for _, segment := range strings.Split(place[1:], "/") {
		value = value.(object)[segment]
	}
	return c.resolve(place, value)
}

// undeclared are the headers that the contract need not declare, as they belong to HTTP itself.
var undeclared = []string{
	"Allow", "Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding", "X-Content-Type-Options",
}

func (c *Checker) checkHeaders(response object, place string, header http.Header) error {
	declared, _ := response["headers"].(object)
	for name, values := range header {
		if slices.Contains(undeclared, name) {
			continue
		}
		i := slices.IndexFunc(keys(declared), func(k string) bool { return http.CanonicalHeaderKey(k) == name })
		if i < 0 {
			return fmt.Errorf("the header %s is not declared", name)
		}
		key := keys(declared)[i]
		of, at := c.resolve(place+"/headers/"+key, declared[key])
		var value any = values[0]
		switch t := of["schema"].(object)["type"]; t {
		case "integer", "boolean":
			value = json.Number(values[0])
			if t == "boolean" {
				value = values[0] == "true"
			}
		}
		if err := c.validate(at+"/schema", value); err != nil {
			return fmt.Errorf("the header %s: %w", name, err)
		}
	}
	for name, of := range declared {
		o, _ := c.resolve("", of)
		if o["required"] == true && header.Get(name) == "" {
			return fmt.Errorf("the header %s is missing", name)
		}
	}
	return nil
}

func keys(o object) []string {
	var all []string
	for k := range o {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func (c *Checker) checkBody(response object, place, contentType string, body []byte) error {
	content, _ := response["content"].(object)
	if len(body) == 0 && content == nil {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("the media type %q: %w", contentType, err)
	}
	declared, ok := content[media].(object)
	if !ok {
		return fmt.Errorf("the media type %s is not declared", media)
	}
	var value any = string(body)
	if strings.HasSuffix(media, "json") {
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(body)); err != nil {
			return err
		}
	}
	place += "/content/" + escape(media) + "/schema"
	if ref, ok := declared["schema"].(object)["$ref"].(string); ok {
		place = strings.TrimPrefix(ref, "#")
	}
	if err := c.validate(place, value); err != nil {
		return fmt.Errorf("%w\n%s", err, body[:min(len(body), 4000)])
	}
	return nil
}

// validate checks a value against the schema at a place.
func (c *Checker) validate(place string, value any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	schema, ok := c.schemas[place]
	if !ok {
		var err error
		if schema, err = c.compiler.Compile(resource + "#" + place); err != nil {
			return err
		}
		c.schemas[place] = schema
	}
	return schema.Validate(value)
}
