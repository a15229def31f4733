package apidocs

import (
	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/adapters/i18n"
)

// page returns the page with its own words in a language. The rest of it is in the language of the contract.
func page(locale i18n.Locale) g.Node {
	words := func(id string) g.Node { return g.Text(locale.Text("page.docs."+id, nil)) }
	return html.Doctype(html.HTML(html.Lang(locale.Language()),
		html.Head(
			html.Meta(html.Charset("utf-8")),
			html.Meta(html.Name("viewport"), html.Content("width=device-width, initial-scale=1")),
			html.TitleEl(words("title")),
			html.Link(html.Rel("icon"), html.Href("data:,")),
			html.Link(html.Rel("stylesheet"), html.Href("swagger-ui.css")),
			html.Link(html.Rel("stylesheet"), html.Href("page.css")),
		),
		html.Body(
			html.Header(
				html.P(words("intro")),
				html.Nav(
					html.A(html.Href("../openapi.yaml"), words("contract")), g.Text(" "),
					html.A(html.Href("../problems/"), words("problems")), g.Text(" "),
					html.A(html.Href("../schemas/"), words("schemas")),
				),
			),
			html.NoScript(html.P(
				words("script"), g.Text(" "), html.A(html.Href("../openapi.yaml"), g.Text("openapi.yaml")),
			)),
			html.P(html.ID("failed"), g.Attr("hidden"), words("failed")),
			html.Main(html.ID("reference"), html.Lang("en")),
			html.Script(html.Src("swagger-ui-bundle.js")),
			html.Script(html.Src("init.js")),
		),
	))
}
