package http

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// schemasPath is the address of the list of schemas.
const schemasPath = "/schemas/"

// schemaSummary is an entry of the response body, SchemaSummary in the contract.
type schemaSummary struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// schemaList is the response body, SchemaList in the contract.
type schemaList struct {
	Items []schemaSummary `json:"items"`
}

// ListSchemas handles GET /schemas/.
func (s *server) ListSchemas(
	ctx context.Context, req api.ListSchemasRequestObject,
) (api.ListSchemasResponseObject, error) {
	names, err := fs.Glob(s.schemas, "*.json")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	list := schemaList{}
	for _, name := range slices.Backward(names) {
		data, err := fs.ReadFile(s.schemas, name)
		if err != nil {
			return nil, err
		}
		summary := schemaSummary{Name: name, URL: schemasPath + name}
		if err := json.Unmarshal(data, &summary); err != nil {
			return nil, err
		}
		list.Items = append(list.Items, summary)
	}
	c := callOf(ctx)
	content := func() g.Node { return c.schemasPage(list) }
	return c.pageOrJSON(req.Params.IfNoneMatch, c.locale.Text("page.schemas.title", nil), content, list)
}

// schemasPage returns the content of the page with all schemas.
func (c *call) schemasPage(list schemaList) g.Node {
	return g.Group{
		html.P(c.words("page.schemas.intro")),
		html.Table(
			c.columns("page.schemas.name", "page.schemas.format"),
			html.TBody(g.Map(list.Items, func(s schemaSummary) g.Node {
				return html.Tr(html.Td(html.A(html.Href(s.Name), codeSpan(s.Name))), html.Td(g.Text(s.Title)))
			})),
		),
	}
}

// GetSchema handles GET /schemas/{schema_name}.
func (s *server) GetSchema(_ context.Context, req api.GetSchemaRequestObject) (api.GetSchemaResponseObject, error) {
	data, err := fs.ReadFile(s.schemas, req.SchemaName)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fault.New(fault.NotFound, "request.not_found", nil)
	}
	r := fileResponse("application/schema+json", data)
	if err == nil && matchesETag(req.Params.IfNoneMatch, r.Header["ETag"]) {
		delete(r.Header, "Content-Type")
		return notModified(r.Header), nil
	}
	return r, err
}
