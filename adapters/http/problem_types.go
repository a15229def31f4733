package http

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// problemsPath is the beginning of the types of all problems, and the address of the list of them.
const problemsPath = "/problems/"

// problemType returns the type of the problem with a code. It identifies the problem and is the address of its page.
func problemType(code string) string {
	return problemsPath + strings.NewReplacer(".", "-", "_", "-").Replace(code)
}

// problemTypeView is the response body, ProblemType in the contract.
type problemTypeView struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	Title       string `json:"title"`
	Status      int    `json:"status"`
	Description string `json:"description"`
}

// issueTypeView is an entry of the response body, IssueType in the contract.
type issueTypeView struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// problemTypeList is the response body, ProblemTypeList in the contract.
type problemTypeList struct {
	Items  []problemTypeView `json:"items"`
	Issues []issueTypeView   `json:"issues"`
}

// problemTypeView returns the description of a problem in the caller's language.
func (c *call) problemTypeView(code string) problemTypeView {
	title, _ := c.locale.Problem(code, nil)
	return problemTypeView{problemType(code), code, title, problemStatuses()[code], c.locale.Explanation(code)}
}

// ListProblemTypes handles GET /problems/.
func (s *server) ListProblemTypes(
	ctx context.Context, req api.ListProblemTypesRequestObject,
) (api.ListProblemTypesResponseObject, error) {
	c, list := callOf(ctx), problemTypeList{}
	for _, code := range slices.Sorted(maps.Keys(problemStatuses())) {
		list.Items = append(list.Items, c.problemTypeView(code))
	}
	for _, e := range c.locale.Issues() {
		list.Issues = append(list.Issues, issueTypeView{e.Code, c.locale.Form(e.Code)})
	}
	content := func() g.Node { return c.problemsPage(list) }
	return c.pageOrJSON(req.Params.IfNoneMatch, c.locale.Text("page.problems.title", nil), content, list)
}

// GetProblemType handles GET /problems/{problem_type}. It finds a problem by its code, too.
func (s *server) GetProblemType(
	ctx context.Context, req api.GetProblemTypeRequestObject,
) (api.GetProblemTypeResponseObject, error) {
	c, wanted := callOf(ctx), problemType(req.ProblemType)
	for code := range problemStatuses() {
		if problemType(code) == wanted {
			view := c.problemTypeView(code)
			content := func() g.Node { return c.problemPage(view) }
			return c.pageOrJSON(req.Params.IfNoneMatch, view.Title, content, view)
		}
	}
	return nil, fault.New(fault.NotFound, "request.not_found", nil)
}

// problemsPage returns the content of the page with all problems and issues.
func (c *call) problemsPage(list problemTypeList) g.Node {
	return g.Group{
		html.P(c.words("page.problems.intro")),
		html.Table(
			c.columns("page.problems.status", "page.problems.code", "page.problems.name"),
			html.TBody(g.Map(list.Items, func(p problemTypeView) g.Node {
				return html.Tr(
					html.Td(g.Text(strconv.Itoa(p.Status))),
					html.Td(html.A(html.Href(strings.TrimPrefix(p.Type, problemsPath)), codeSpan(p.Code))),
					html.Td(g.Text(p.Title)),
				)
			})),
		),
		html.H2(html.ID("issues"), c.words("page.issues.title")),
		html.P(c.words("page.issues.intro")),
		html.Table(
			c.columns("page.problems.code", "page.issues.message"),
			html.TBody(g.Map(list.Issues, func(i issueTypeView) g.Node {
				return html.Tr(html.ID(i.Code), html.Td(codeSpan(i.Code)), html.Td(g.Text(i.Message)))
			})),
		),
	}
}

// problemPage returns the content of the page of a problem.
func (c *call) problemPage(p problemTypeView) g.Node {
	row := func(id string, content ...g.Node) g.Node {
		return html.Tr(html.Th(html.Scope("row"), c.words(id)), html.Td(content...))
	}
	return g.Group{
		html.P(withCodeSpans(p.Description)),
		html.Table(html.TBody(
			row("page.problems.status", g.Text(strconv.Itoa(p.Status)+" "+http.StatusText(p.Status))),
			row("page.problems.code", codeSpan(p.Code)),
			row("page.problems.type", codeSpan(p.Type)),
		)),
		html.P(
			html.A(html.Href("./"), c.words("page.problems.all")), g.Text(" · "),
			html.A(html.Href("./#issues"), c.words("page.issues.title")),
		),
	}
}

// withCodeSpans returns a text in which backquotes enclose code.
func withCodeSpans(text string) g.Node {
	var spans g.Group
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			spans = append(spans, codeSpan(part))
		} else {
			spans = append(spans, g.Text(part))
		}
	}
	return spans
}
