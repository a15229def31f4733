package mcp

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// definitionSchema is the JSON Schema of the format that definitions are written in.
const definitionSchema = "json_schema_procedure_v2.json"

// prompt is a prompt with the name of its argument.
type prompt struct {
	name, argument string
	attach         string // the schema that goes with it; empty for none
}

var prompts = []prompt{
	{"follow_procedure", "procedure_id", ""},
	{"review_run", "run_id", ""},
	{"draft_procedure", "purpose", definitionSchema},
}

// addPrompts adds the prompts, with texts in one language.
func (s *Server) addPrompts(p *sdk.Server, locale i18n.Locale) {
	for _, t := range prompts {
		id := "assistant.prompt." + t.name
		p.AddPrompt(&sdk.Prompt{
			Name: t.name, Title: locale.Text(id+".title", nil), Description: locale.Text(id+".description", nil),
			Arguments: []*sdk.PromptArgument{{
				Name: t.argument, Description: locale.Text(id+"."+t.argument, nil), Required: true,
			}},
		}, func(ctx context.Context, r *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			return s.prompted(ctx, t, r)
		})
	}
}

// prompted returns the messages of a prompt, in the language of the caller. What the person gave is fenced as data.
func (s *Server) prompted(ctx context.Context, t prompt, r *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
	given := r.Params.Arguments[t.argument]
	if given == "" {
		issue := fault.Issue{Field: t.argument, Code: "request.required"}
		return nil, invalidParams(t.argument + ": " + callerOf(ctx).locale.Issue(issue))
	}
	text := callerOf(ctx).locale.Text("assistant.prompt."+t.name+".text", nil) + "\n\n" + fenced(given)
	messages := []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: text}}}
	if t.attach != "" {
		schema, err := procedo.Read(s.api.GetSchema(ctx, t.attach, nil))
		if err != nil {
			return nil, invalidParams(s.problemOf(ctx, "prompts/get", err).text())
		}
		messages = append(messages, &sdk.PromptMessage{Role: "user", Content: &sdk.EmbeddedResource{
			Resource: &sdk.ResourceContents{
				URI: scheme + "schemas/" + t.attach, MIMEType: "application/schema+json", Text: string(schema),
			},
		}})
	}
	return &sdk.GetPromptResult{Messages: messages}, nil
}

// invalidParams returns the error of a request that is no call of a tool and that cannot be answered as it is.
func invalidParams(message string) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: message}
}
