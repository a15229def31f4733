package http

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// problemsPath is the beginning of the types of all problems, and the address of the list of them.
const problemsPath = "/problems/"

// problemStatuses maps the codes of all problems to their HTTP statuses.
var problemStatuses = map[string]int{
	"condition.failed":              http.StatusUnprocessableEntity,
	"definition.invalid":            http.StatusUnprocessableEntity,
	"idempotency.in_progress":       http.StatusConflict,
	"idempotency.mismatch":          http.StatusUnprocessableEntity,
	"procedure.archived":            http.StatusConflict,
	"procedure.exists":              http.StatusConflict,
	"procedure.not_found":           http.StatusNotFound,
	"procedure.stale":               http.StatusPreconditionFailed,
	"procedure.version_not_found":   http.StatusNotFound,
	"rate.refusals":                 http.StatusTooManyRequests,
	"rate.requests":                 http.StatusTooManyRequests,
	"request.cross_site":            http.StatusForbidden,
	"request.cursor":                http.StatusBadRequest,
	"request.foreign_host":          http.StatusMisdirectedRequest,
	"request.headers_too_large":     http.StatusRequestHeaderFieldsTooLarge,
	"request.invalid":               http.StatusBadRequest,
	"request.malformed":             http.StatusBadRequest,
	"request.media_type":            http.StatusUnsupportedMediaType,
	"request.method_not_allowed":    http.StatusMethodNotAllowed,
	"request.not_acceptable":        http.StatusNotAcceptable,
	"request.not_found":             http.StatusNotFound,
	"request.precondition_required": http.StatusPreconditionRequired,
	"request.target_too_long":       http.StatusRequestURITooLong,
	"request.timeout":               http.StatusRequestTimeout,
	"request.too_large":             http.StatusRequestEntityTooLarge,
	"run.event_not_found":           http.StatusNotFound,
	"run.not_found":                 http.StatusNotFound,
	"run.older_events":              http.StatusConflict,
	"run.stale":                     http.StatusPreconditionFailed,
	"run.state":                     http.StatusConflict,
	"run.too_large":                 http.StatusUnprocessableEntity,
	"service.database_damaged":      http.StatusServiceUnavailable,
	"service.database_denied":       http.StatusServiceUnavailable,
	"service.database_full":         http.StatusServiceUnavailable,
	"service.database_missing":      http.StatusServiceUnavailable,
	"service.database_moved":        http.StatusServiceUnavailable,
	"service.database_read_only":    http.StatusServiceUnavailable,
	"service.database_schema":       http.StatusServiceUnavailable,
	"service.database_unreadable":   http.StatusServiceUnavailable,
	"service.internal":              http.StatusInternalServerError,
	"service.unavailable":           http.StatusServiceUnavailable,
	"step.already_committed":        http.StatusConflict,
	"step.max_visits":               http.StatusConflict,
	"step.not_committed":            http.StatusConflict,
	"step.not_found":                http.StatusNotFound,
	"step.not_skippable":            http.StatusConflict,
	"step.out_of_order":             http.StatusConflict,
	"step.visit":                    http.StatusConflict,
	"values.invalid":                http.StatusUnprocessableEntity,
}

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
	return problemTypeView{problemType(code), code, title, problemStatuses[code], c.locale.Explanation(code)}
}

// ListProblemTypes handles GET /problems/.
func (s *server) ListProblemTypes(
	ctx context.Context, req api.ListProblemTypesRequestObject,
) (api.ListProblemTypesResponseObject, error) {
	c, list := callOf(ctx), problemTypeList{}
	for _, code := range slices.Sorted(maps.Keys(problemStatuses)) {
		list.Items = append(list.Items, c.problemTypeView(code))
	}
	for _, code := range i18n.IssueCodes() {
		list.Issues = append(list.Issues, issueTypeView{code, c.locale.Form(code)})
	}
	return c.pageOrJSON(req.Params.IfNoneMatch, "problems", c.locale.Text("page.problems.title", nil), list)
}

// GetProblemType handles GET /problems/{problem_type}. It finds a problem by its code, too.
func (s *server) GetProblemType(
	ctx context.Context, req api.GetProblemTypeRequestObject,
) (api.GetProblemTypeResponseObject, error) {
	c, wanted := callOf(ctx), problemType(req.ProblemType)
	for code := range problemStatuses {
		if problemType(code) == wanted {
			view := c.problemTypeView(code)
			return c.pageOrJSON(req.Params.IfNoneMatch, "problem", view.Title, view)
		}
	}
	return nil, fault.New(fault.NotFound, "request.not_found", nil)
}
