package http

import (
	"context"
	"maps"
	"slices"
	"strings"

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
	return c.pageOrJSON(req.Params.IfNoneMatch, "problems", c.locale.Text("page.problems.title", nil), list)
}

// GetProblemType handles GET /problems/{problem_type}. It finds a problem by its code, too.
func (s *server) GetProblemType(
	ctx context.Context, req api.GetProblemTypeRequestObject,
) (api.GetProblemTypeResponseObject, error) {
	c, wanted := callOf(ctx), problemType(req.ProblemType)
	for code := range problemStatuses() {
		if problemType(code) == wanted {
			view := c.problemTypeView(code)
			return c.pageOrJSON(req.Params.IfNoneMatch, "problem", view.Title, view)
		}
	}
	return nil, fault.New(fault.NotFound, "request.not_found", nil)
}
