package mcp

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/adapters/i18n"
)

// definitions holds a tool in each file, as tools/list shows it, except its title, which depends on the language.
//
//go:embed tools/*.json
var definitions embed.FS

// tool is a tool with its handler.
type tool struct {
	name       string
	modes      []Mode
	permission string // that the API requires of the caller
	call       handler
}

// handler carries out a call, and returns its result.
type handler func(*Server, context.Context, call) (any, error)

var (
	always    = []Mode{Propose, Act}
	proposing = []Mode{Propose}
	acting    = []Mode{Act}
)

// tools lists the tools in the order in which clients see them. Where an assistant only proposes, no tool commits,
// skips, amends or fails: what is not listed cannot be called.
var tools = []tool{
	{"list_procedures", always, mayRead, with((*Server).listProcedures)},
	{"list_runs", always, mayRead, with((*Server).listRuns)},
	{"get_run", always, mayRead, with((*Server).getRun)},
	{"check_step", always, mayWork, with((*Server).checkStep)},
	{"explain_run", always, mayRead, with((*Server).explainRun)},
	{"start_run", always, mayWork, with((*Server).startRun)},
	{"save_draft", always, mayWork, with((*Server).saveDraft)},
	{"request_commit", proposing, mayWork, with((*Server).requestCommit)},
	{"commit_step", acting, mayWork, with((*Server).commitStep)},
	{"skip_step", acting, mayWork, with((*Server).skipStep)},
	{"amend_step", acting, mayWork, with((*Server).amendStep)},
	{"fail_run", acting, mayFail, with((*Server).failRun)},
}

// call is a call of a tool.
type call struct {
	tool      string
	request   *sdk.CallToolRequest
	arguments json.RawMessage // that conform to the schema of the tool
}

// with returns the handler of a tool whose arguments have the type A.
func with[A any](handle func(*Server, context.Context, call, A) (any, error)) handler {
	return func(s *Server, ctx context.Context, c call) (any, error) {
		var arguments A
		if err := json.Unmarshal(c.arguments, &arguments); err != nil {
			return nil, unreadable(ctx, err)
		}
		return handle(s, ctx, c, arguments)
	}
}

// addTools adds the tools of the server's mode.
func (s *Server) addTools(p *sdk.Server, locale i18n.Locale) error {
	for _, t := range tools {
		if !t.in(s.Mode) {
			continue
		}
		shown, taken, err := t.definition(locale)
		if err != nil {
			return fmt.Errorf("tool %s: %w", t.name, err)
		}
		p.AddTool(shown, func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return s.answer(ctx, t, taken, r)
		})
	}
	return nil
}

func (t tool) in(m Mode) bool {
	for _, mode := range t.modes {
		if mode == m {
			return true
		}
	}
	return false
}

// definition returns the tool as clients see it, and what its arguments are checked against.
func (t tool) definition(locale i18n.Locale) (*sdk.Tool, inputs, error) {
	data, err := definitions.ReadFile("tools/" + t.name + ".json")
	if err != nil {
		return nil, inputs{}, err
	}
	var file struct {
		Description               string
		Annotations               *sdk.ToolAnnotations
		InputSchema, OutputSchema json.RawMessage
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, inputs{}, err
	}
	taken, err := newInputs(file.InputSchema)
	return &sdk.Tool{
		Name: t.name, Title: locale.Text("assistant.tool."+t.name, nil), Description: file.Description,
		Annotations: file.Annotations, InputSchema: compact(file.InputSchema), OutputSchema: compact(file.OutputSchema),
	}, taken, err
}

// answer calls a tool. A refusal is a result, so that the assistant sees it and can do better.
func (s *Server) answer(
	ctx context.Context, t tool, taken inputs, r *sdk.CallToolRequest,
) (*sdk.CallToolResult, error) {
	arguments, err := taken.checked(ctx, r.Params.Arguments)
	if err != nil {
		return s.refused(ctx, t.name, err)
	}
	value, err := t.call(s, ctx, call{t.name, r, arguments})
	if err != nil {
		return s.refused(ctx, t.name, err)
	}
	if done, ok := value.(*sdk.CallToolResult); ok {
		return done, nil
	}
	return result(value)
}
