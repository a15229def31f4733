package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// noArguments are the arguments of a call that names none.
var noArguments = json.RawMessage("{}")

// inputs is what the arguments of a tool are checked against.
type inputs struct {
	schema   *jsonschema.Schema
	optional []string // the arguments that a call need not have
}

func newInputs(schema json.RawMessage) (i inputs, err error) {
	document, err := jsondoc.Parse(schema)
	if err != nil {
		return inputs{}, err
	}
	var named struct {
		Properties map[string]json.RawMessage
		Required   []string
	}
	if err := json.Unmarshal(schema, &named); err != nil {
		return inputs{}, err
	}
	for name := range named.Properties {
		if !slices.Contains(named.Required, name) {
			i.optional = append(i.optional, name)
		}
	}
	var compiler jsonschema.Compiler
	i.schema, err = compiler.Compile(document)
	return i, err
}

// withoutNulls returns arguments without the optional ones that are null. As in the API, null means the same as leaving
// a member out: clients whose arguments are all required send it.
func (i inputs) withoutNulls(given json.RawMessage, document *jsondoc.Node) (json.RawMessage, *jsondoc.Node, error) {
	isNull := func(m jsondoc.Member) bool {
		return m.Value.Kind == jsondoc.Null && slices.Contains(i.optional, m.Name)
	}
	if !slices.ContainsFunc(document.Members, isNull) {
		return given, document, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(given, &members); err != nil {
		return nil, nil, err
	}
	for _, m := range document.Members {
		if isNull(m) {
			delete(members, m.Name)
		}
	}
	left, err := marshal(members)
	if err != nil {
		return nil, nil, err
	}
	document, err = jsondoc.Parse(left)
	return left, document, err
}

// checked returns the arguments of a call if they are strict JSON and conform to the schema of the tool.
func (i inputs) checked(ctx context.Context, given json.RawMessage) (json.RawMessage, error) {
	if len(given) == 0 {
		given = noArguments
	}
	if jsondoc.CountValues(given) > jsondoc.MaxValues {
		return nil, unreadable(ctx, &jsondoc.Error{Reason: jsondoc.Values})
	}
	document, err := jsondoc.Parse(given)
	if err == nil {
		given, document, err = i.withoutNulls(given, document)
	}
	if err != nil {
		return nil, unreadable(ctx, err)
	}
	var issues fault.IssueList
	i.schema.Check(document, &issues)
	for _, name := range []string{"run_id", "step"} { // segments of the path of a request
		if n := document.Get(name); n != nil && isDots(n.Text) {
			issues.Add(fault.Issue{Field: jsondoc.Pointer("", name), Code: "request.value"})
		}
	}
	if issues.Count == 0 {
		return given, nil
	}
	p := newProblem(ctx, "assistant.arguments", nil)
	for _, issue := range issues.First {
		if issue.Params == nil {
			issue.Params = fault.Params{} // as in the API, an object
		}
		p.Issues = append(p.Issues, client.Issue{
			Field: issue.Field, Code: issue.Code, Params: issue.Params, Message: callerOf(ctx).locale.Issue(issue),
		})
	}
	p.IssueCount = &issues.Count
	return nil, p
}

// isDots reports whether a text would lead elsewhere as a segment of a path (RFC 3986, section 5.2.4).
func isDots(text string) bool { return text == "." || text == ".." }

// unreadable returns the problem of arguments that are not strict JSON, for example with a name twice.
func unreadable(ctx context.Context, err error) *problem {
	params := fault.Params{"reason": jsondoc.Syntax}
	var at *jsondoc.Error
	if errors.As(err, &at) {
		params = fault.Params{"reason": at.Reason, "offset": at.Offset}
		if at.Pointer != "" {
			params["pointer"] = at.Pointer
		}
	}
	return newProblem(ctx, "request.malformed", params)
}

// onRun are the arguments that say what a call is about.
type onRun struct {
	RunID string `json:"run_id"`
	Step  string `json:"step"`
}

// content are the arguments with values and ticks for a step.
type content struct {
	onRun
	Slots     client.Values `json:"slots"`
	Checklist []client.Tick `json:"checklist"`
	Visit     *int          `json:"visit"`
	Revision  *int64        `json:"revision"`
}

// draft returns the content as the API takes it. Every value has the origin agent; no argument changes that.
func (c content) draft() client.StepDraft {
	d := client.StepDraft{Slots: c.Slots, Visit: c.Visit}
	if c.Checklist != nil {
		d.Checklist = c.Checklist
	}
	d.Origins = c.origins()
	return d
}

func (c content) origins() client.Origins {
	origins := client.Origins{}
	for name := range c.Slots {
		origins[name] = agentOrigin
	}
	return origins
}

// agentOrigin is the origin of a value that an assistant gave.
const agentOrigin = "agent"
