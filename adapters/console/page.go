package console

import (
	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/adapters/i18n"
)

// page returns the page, which is empty until its script runs. The root is the address of the folder with its files.
func page(locale i18n.Locale, root string) g.Node {
	return html.Doctype(html.HTML(html.Lang(locale.Language()),
		html.Head(
			html.Meta(html.Charset("utf-8")),
			html.Meta(html.Name("viewport"), html.Content("width=device-width, initial-scale=1")),
			html.TitleEl(g.Text("Procedo")),
			html.Link(html.Rel("icon"), html.Type("image/svg+xml"), html.Href(root+"icon.svg")),
			html.Link(html.Rel("stylesheet"), html.Href(root+"app.css")),
			html.Link(html.Rel("modulepreload"), html.Href(root+"shared.js")),
			html.Link(html.Rel("modulepreload"), html.Href(root+locale.Language()+".js")),
			html.Script(html.Type("module"), html.Src(root+"app.js")),
		),
		html.Body(
			html.NoScript(html.P(g.Text(locale.Text("page.console.script", nil)))),
			html.Div(html.ID("app")),
		),
	))
}
