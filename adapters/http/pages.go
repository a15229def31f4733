package http

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the style sheet
	"encoding/base64"
	"net/http"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"
)

// pageStyle is the style sheet of all pages that people see in a browser. They contain no scripts.
//
//go:embed page.css
var pageStyle string

// pagePolicy is the content security policy of all pages. It allows only their own style sheet.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}()

// page returns the response with a page in the caller's language.
func (c *call) page(title string, content g.Node) (response, error) {
	var body bytes.Buffer
	if err := layout(c.locale.Language(), title, content).Render(&body); err != nil {
		return response{}, err
	}
	answer := fileResponse("text/html; charset=utf-8", body.Bytes())
	return answer.withHeader("Content-Security-Policy", pagePolicy).withHeader("Referrer-Policy", "no-referrer"), nil
}

// layout returns a whole page.
func layout(language, title string, content g.Node) g.Node {
	return html.Doctype(html.HTML(html.Lang(language),
		html.Head(
			html.Meta(html.Charset("utf-8")),
			html.Meta(html.Name("viewport"), html.Content("width=device-width, initial-scale=1")),
			html.TitleEl(g.Text(title+" · Procedo")),
			html.Link(html.Rel("icon"), html.Href("data:,")),
			html.StyleEl(g.Raw(pageStyle)), // byte for byte, because the policy has its digest
		),
		html.Body(html.Main(html.H1(g.Text(title)), content)),
	))
}

// words returns the text with an id in the caller's language.
func (c *call) words(id string) g.Node { return g.Text(c.locale.Text(id, nil)) }

// columns returns the head of a table: the texts with these ids.
func (c *call) columns(ids ...string) g.Node {
	return html.THead(html.Tr(g.Map(ids, func(id string) g.Node { return html.Th(c.words(id)) })))
}

// codeSpan returns text that is code.
func codeSpan(text string) g.Node { return html.Code(g.Text(text)) }

// wantsPage reports whether the caller prefers a page to JSON, as browsers do.
func (c *call) wantsPage() bool {
	return c.accept.quality("text/html") > c.accept.quality("application/json")
}

// pageOrJSON returns the response to a caller that wants either a page or JSON, in the caller's language, or 304 if the
// caller has it.
func (c *call) pageOrJSON(
	ifNoneMatch *string, title string, content func() g.Node, data any,
) (r response, err error) {
	if c.wantsPage() {
		r, err = c.page(title, content())
	} else if r, err = jsonResponse(http.StatusOK, data, nil); err == nil {
		r = fileResponse("application/json", r.Body)
	}
	if err != nil {
		return response{}, err
	}
	r = r.withHeader("Content-Language", c.locale.Language()).withHeader("Vary", "Accept, Accept-Language")
	if matchesETag(ifNoneMatch, r.Header["ETag"]) {
		delete(r.Header, "Content-Type")
		return notModified(r.Header), nil
	}
	return r, nil
}
