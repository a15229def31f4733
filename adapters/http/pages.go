package http

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/fault"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates of the pages that people see in a browser. They contain no scripts.
var pages = template.Must(template.New("").Funcs(pageFunctions(i18n.Accept(""))).ParseFS(pageFiles, "pages/*.html"))

// pageStyle is the style sheet of all pages.
var pageStyle = string(mustRead("pages/style.css"))

// pagePolicy is the content security policy of all pages. It allows only their own style sheet.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}()

func mustRead(name string) []byte {
	data, err := pageFiles.ReadFile(name)
	if err != nil {
		panic("pages: " + err.Error())
	}
	return data
}

// pageFunctions returns the functions of the templates for a language.
func pageFunctions(l i18n.Locale) template.FuncMap {
	return template.FuncMap{
		"text":       func(id string) string { return l.Text(id, nil) },
		"version":    func(v string) string { return l.Text("page.home.version", fault.Params{"version": v}) },
		"address":    func(typ string) string { return strings.TrimPrefix(typ, problemsPath) },
		"statusText": http.StatusText,
		"code":       codeSpans,
	}
}

// span is a part of a text: words, or code.
type span struct {
	Text string
	Code bool
}

// codeSpans splits a text at its backquotes, which enclose code.
func codeSpans(text string) (spans []span) {
	for i, part := range strings.Split(text, "`") {
		spans = append(spans, span{part, i%2 == 1})
	}
	return spans
}

// page returns the response with a page in the caller's language.
func (c *call) page(name, title string, data any) (response, error) {
	own, err := pages.Clone()
	if err != nil {
		return response{}, err
	}
	own.Funcs(pageFunctions(c.locale))
	var content, body bytes.Buffer
	if err := own.ExecuteTemplate(&content, name, data); err != nil {
		return response{}, err
	}
	err = own.ExecuteTemplate(&body, "layout", struct {
		Language, Title string
		Style           template.CSS
		Content         template.HTML
	}{
		c.locale.Language(), title,
		template.CSS(pageStyle), template.HTML(content.String()), //nolint:gosec // a constant, and escaped above
	})
	answer := fileResponse("text/html; charset=utf-8", body.Bytes())
	return answer.withHeader("Content-Security-Policy", pagePolicy).withHeader("Referrer-Policy", "no-referrer"), err
}

// wantsPage reports whether the caller prefers a page to JSON, as browsers do.
func (c *call) wantsPage() bool {
	return c.accept.quality("text/html") > c.accept.quality("application/json")
}

// pageOrJSON returns the response to a caller that wants either a page or JSON, in the caller's language, or 304 if the
// caller has it.
func (c *call) pageOrJSON(ifNoneMatch *string, name, title string, data any) (r response, err error) {
	if c.wantsPage() {
		r, err = c.page(name, title, data)
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
