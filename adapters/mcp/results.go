package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// refusal is the structured content of a call that was refused.
type refusal struct {
	Problem problem `json:"problem"`
}

// problem is a problem document of the API without the members that an assistant has no use for.
type problem struct {
	Code       string         `json:"code"`
	Status     int            `json:"status"`
	Title      string         `json:"title"`
	Detail     string         `json:"detail"`
	Params     map[string]any `json:"params"`
	Issues     []client.Issue `json:"issues,omitempty"`
	IssueCount *int           `json:"issue_count,omitempty"`
	// ConfirmAt is the address where a person does what the assistant must not.
	ConfirmAt string `json:"confirm_at,omitempty"`
}

func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// text returns the detail and one line for each issue.
func (p *problem) text() string {
	var text strings.Builder
	text.WriteString(p.Detail)
	for _, issue := range p.Issues {
		fmt.Fprintf(&text, "\n- %s (%s)", withField(issue.Field, issue.Message), issue.Code)
	}
	if p.IssueCount != nil && *p.IssueCount > len(p.Issues) {
		fmt.Fprintf(&text, "\n- … (%d)", *p.IssueCount)
	}
	if p.ConfirmAt != "" {
		fmt.Fprintf(&text, "\n%s", p.ConfirmAt)
	}
	return text.String()
}

// withField returns a message with the field that it is about, if it is about one.
func withField(field, message string) string {
	if field == "" {
		return message
	}
	return field + ": " + message
}

// result returns the result of a call that was carried out. Its text is its structured content, for clients that read
// only the text.
func result(value any) (*sdk.CallToolResult, error) {
	text, err := marshal(value)
	if err != nil {
		return nil, err
	}
	return &sdk.CallToolResult{
		Content: []sdk.Content{&sdk.TextContent{Text: string(text)}}, StructuredContent: json.RawMessage(text),
	}, nil
}

// refused returns the result of a call that was refused or failed. What is no matter of the tool, such as a caller that
// has gone, stays an error.
func (s *Server) refused(ctx context.Context, tool string, err error) (*sdk.CallToolResult, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	p := s.problemOf(ctx, tool, err)
	content, err := marshal(refusal{*p})
	if err != nil {
		return nil, err
	}
	return &sdk.CallToolResult{
		IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: p.text()}},
		StructuredContent: json.RawMessage(content),
	}, nil
}

// problemOf returns an error as a problem. An error that is not one of the API is only logged.
func (s *Server) problemOf(ctx context.Context, what string, err error) *problem {
	var own *problem
	if errors.As(err, &own) {
		return own
	}
	var p *procedo.Problem
	if errors.As(err, &p) {
		return &problem{
			Code: p.Code, Status: p.Status, Title: p.Title, Detail: p.Detail, Params: p.Params,
			Issues: forAssistant(callerOf(ctx).locale, p.Issues), IssueCount: p.IssueCount,
		}
	}
	s.Log.WarnContext(ctx, "the API did not answer an assistant", "call", what, "error", err)
	return newProblem(ctx, "assistant.unreachable", nil)
}

// statuses holds the problems of this server itself, with the HTTP status that the API gives to their like. The set is
// closed.
var statuses = map[string]int{
	"request.malformed":         http.StatusBadRequest,
	"assistant.arguments":       http.StatusBadRequest,
	"assistant.sensitive":       http.StatusForbidden,
	"step.agent":                http.StatusForbidden,
	"assistant.no_resource":     http.StatusNotFound,
	"run.stale":                 http.StatusPreconditionFailed,
	"assistant.not_committable": http.StatusUnprocessableEntity,
	"assistant.unreachable":     http.StatusServiceUnavailable,
}

// newProblem returns a problem of this server itself, with texts in the language of the caller.
func newProblem(ctx context.Context, code string, params map[string]any) *problem {
	locale, id := callerOf(ctx).locale, "problem."+code
	if strings.HasPrefix(code, "assistant.") { // no problem of the API
		id = "refused." + code
	}
	if params == nil {
		params = map[string]any{}
	}
	return &problem{
		Code: code, Status: statuses[code], Title: locale.Text(id+".title", params),
		Detail: locale.Text(id+".detail", params), Params: params,
	}
}

// marshal returns a value as JSON in one line. Texts keep their <, > and &.
func marshal(value any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// compact returns JSON without white space between its tokens.
func compact(text json.RawMessage) json.RawMessage {
	var short bytes.Buffer
	if err := json.Compact(&short, text); err != nil {
		return text
	}
	return short.Bytes()
}
