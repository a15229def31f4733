package mcp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// scheme begins the addresses of the resources.
const scheme = "procedo://"

// guideURI is the address of the guide for assistants.
const guideURI = scheme + "guide"

// definitionSchema is the JSON Schema of the format that definitions are written in.
const definitionSchema = "json_schema_procedure_v2.json"

func schemaURI(name string) string { return scheme + "schemas/" + name }

// Media types of the resources.
const (
	jsonText     = "application/json"
	markdownText = "text/markdown"
	mermaidText  = "text/vnd.mermaid"
	schemaText   = "application/schema+json"
)

// templates lists the resources that have a parameter in their address.
var templates = []struct{ name, uri, mimeType, permission string }{
	{"procedure", scheme + "procedures/{procedure_id}", jsonText, mayRead},
	{"version", scheme + "procedures/{procedure_id}/versions/{version}", jsonText, mayRead},
	{"graph", scheme + "procedures/{procedure_id}/versions/{version}/graph", mermaidText, mayRead},
	{"run", scheme + "runs/{run_id}", jsonText, mayRead},
	{"bundle", scheme + "runs/{run_id}/bundle", jsonText, mayTakeBundle},
	{"report", scheme + "runs/{run_id}/report", markdownText, mayRead},
}

// addResources adds the guide, the schema and the templates of the resources.
func (s *Server) addResources(p *sdk.Server, locale i18n.Locale) {
	p.AddResource(&sdk.Resource{
		Name: "guide", URI: guideURI, MIMEType: markdownText, Title: locale.Text("assistant.resource.guide", nil),
	}, s.readResource)
	p.AddResource(&sdk.Resource{
		Name: "schema", URI: schemaURI(definitionSchema), MIMEType: schemaText,
		Title: locale.Text("assistant.resource.schema", nil),
	}, s.readResource)
	for _, t := range templates {
		p.AddResourceTemplate(&sdk.ResourceTemplate{
			Name: t.name, URITemplate: t.uri, MIMEType: t.mimeType, Title: locale.Text("assistant.resource."+t.name, nil),
		}, s.readResource)
	}
}

// readResource reads a resource.
func (s *Server) readResource(ctx context.Context, r *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	text, mimeType, err := s.resource(ctx, r.Params.URI)
	if err != nil {
		p := s.problemOf(ctx, "resources/read", err)
		return nil, invalidParams(p.text())
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{
		URI: r.Params.URI, MIMEType: mimeType, Text: string(text),
	}}}, nil
}

// resource returns the text of a resource and its media type.
func (s *Server) resource(ctx context.Context, uri string) (text []byte, mimeType string, err error) {
	path, found := strings.CutPrefix(uri, scheme)
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if parts[i], err = url.PathUnescape(part); err != nil || parts[i] == "" || isDots(parts[i]) {
			found = false
		}
	}
	if !found {
		return nil, "", noResource(ctx)
	}
	switch parts[0] {
	case "guide":
		return guide(callerOf(ctx).locale), markdownText, nil
	case "schemas":
		if len(parts) != 2 {
			return nil, "", noResource(ctx)
		}
		text, err = procedo.Read(s.api.GetSchema(ctx, parts[1], nil))
		return text, schemaText, err
	case "procedures":
		return s.procedureResource(ctx, parts[1:])
	case "runs":
		return s.runResource(ctx, parts[1:])
	}
	return nil, "", noResource(ctx)
}

func noResource(ctx context.Context) error {
	return newProblem(ctx, "assistant.no_resource", nil)
}

// procedureResource returns the latest version of a procedure, one of its versions, or the graph of a version.
func (s *Server) procedureResource(ctx context.Context, path []string) (text []byte, mimeType string, err error) {
	if len(path) == 1 {
		text, err = procedo.Read(s.api.GetProcedure(ctx, path[0], nil))
		return text, jsonText, err
	}
	if len(path) < 3 || len(path) > 4 || path[1] != "versions" {
		return nil, "", noResource(ctx)
	}
	version, err := strconv.Atoi(path[2])
	switch {
	case err != nil:
		return nil, "", noResource(ctx)
	case len(path) == 3:
		text, err = procedo.Read(s.api.GetProcedureVersion(ctx, path[0], version, nil))
		return text, jsonText, err
	case path[3] == "graph":
		accept := func(_ context.Context, r *http.Request) error {
			r.Header.Set("Accept", mermaidText)
			return nil
		}
		text, err = procedo.Read(s.api.GetProcedureGraph(ctx, path[0], version, nil, accept))
		return text, mermaidText, err
	}
	return nil, "", noResource(ctx)
}

// runResource returns a run, its bundle, or a report of it.
func (s *Server) runResource(ctx context.Context, path []string) (text []byte, mimeType string, err error) {
	switch {
	case len(path) == 1:
		text, err = procedo.Read(s.api.GetRun(ctx, path[0], nil))
		return text, jsonText, err
	case len(path) == 2 && path[1] == "bundle":
		text, err = procedo.Read(s.api.GetRunBundle(ctx, path[0], &client.GetRunBundleParams{}))
		return text, jsonText, err
	case len(path) == 2 && path[1] == "report":
		text, err = s.report(ctx, path[0])
		return text, markdownText, err
	}
	return nil, "", noResource(ctx)
}
