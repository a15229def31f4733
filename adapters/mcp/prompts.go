package mcp

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// prompt is a prompt with the name of its argument.
type prompt struct {
	name, argument string
	attach         string // the schema that goes with it; empty for none
	byMode         bool   // it tells the assistant to commit where it may
}

var prompts = []prompt{
	{name: "follow_procedure", argument: "procedure_id", byMode: true},
	{name: "review_run", argument: "run_id"},
	{name: "draft_procedure", argument: "purpose", attach: definitionSchema},
}

// said returns the description or the text of a prompt in the mode of the server.
func (s *Server) said(locale i18n.Locale, t prompt, part string) string {
	id := "assistant.prompt." + t.name
	if t.byMode && s.Mode == Act {
		id += ".act"
	}
	return locale.Text(id+"."+part, nil)
}

// addPrompts adds the prompts, with texts in one language.
func (s *Server) addPrompts(p *sdk.Server, locale i18n.Locale) {
	for _, t := range prompts {
		id := "assistant.prompt." + t.name
		p.AddPrompt(&sdk.Prompt{
			Name: t.name, Title: locale.Text(id+".title", nil), Description: s.said(locale, t, "description"),
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
	text := s.said(callerOf(ctx).locale, t, "text") + "\n\n" + fenced(given)
	messages := []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: text}}}
	if t.attach != "" {
		schema, err := procedo.Read(s.api.GetSchema(ctx, t.attach, nil))
		if err != nil {
			return nil, invalidParams(s.problemOf(ctx, "prompts/get", err).text())
		}
		messages = append(messages, &sdk.PromptMessage{Role: "user", Content: &sdk.EmbeddedResource{
			Resource: &sdk.ResourceContents{
				URI: schemaURI(t.attach), MIMEType: schemaText, Text: string(schema),
			},
		}})
	}
	return &sdk.GetPromptResult{Messages: messages}, nil
}

// invalidParams returns the error of a request that is no call of a tool and that cannot be answered as it is.
func invalidParams(message string) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: message}
}
