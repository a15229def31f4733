package http

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/fault"
)

// statusOf maps the kinds of faults to HTTP statuses (RFC 9110, section 15).
var statusOf = map[fault.Kind]int{
	fault.Malformed:          http.StatusBadRequest,
	fault.Forbidden:          http.StatusForbidden,
	fault.NotFound:           http.StatusNotFound,
	fault.Conflict:           http.StatusConflict,
	fault.Stale:              http.StatusPreconditionFailed,
	fault.PreconditionNeeded: http.StatusPreconditionRequired,
	fault.Invalid:            http.StatusUnprocessableEntity,
	fault.Limited:            http.StatusTooManyRequests,
	fault.Unavailable:        http.StatusServiceUnavailable,
	fault.Internal:           http.StatusInternalServerError,
}

// protocolError is an HTTP error that has no fault kind in the core, such as an unsupported media type.
type protocolError struct {
	status int
	code   string
	params fault.Params
}

// Error returns the code.
func (e protocolError) Error() string { return e.code }

// retryAfter is the value of the Retry-After header of a 503, in seconds.
const retryAfter = 1

// problem is an RFC 9457 problem document.
type problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance"`
	Code     string         `json:"code"`
	Params   fault.Params   `json:"params"`
	Issues   []problemIssue `json:"issues,omitempty"`
	// IssueCount is the number of all issues, of which Issues lists the first.
	IssueCount int `json:"issue_count,omitzero"`
}

type problemIssue struct {
	Field   string       `json:"field"`
	Code    string       `json:"code"`
	Params  fault.Params `json:"params"`
	Message string       `json:"message"`
}

// writeError responds with a problem document in the caller's language. It logs the causes of server errors. No cause
// is shown to the caller.
func (s *server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && !errors.As(err, new(protocolError)) {
		err = stopped(err)
	}
	p := callOf(r.Context()).problem(shortened(r.URL.EscapedPath()), err)
	if p.Status >= http.StatusInternalServerError && (r.Context().Err() == nil || timedOut(r.Context())) {
		s.log.ErrorContext(r.Context(), "request failed", "error", err, "method", r.Method, "path", r.URL.Path,
			"request_id", callOf(r.Context()).requestID)
	}
	s.writeProblem(w, r, p)
}

// stopped returns the fault for work that was stopped because its client left or its deadline passed. Any other refusal
// that the work came to before it was stopped stays as it is.
func stopped(err error) error {
	if f := fault.From(err); f.Kind != fault.Internal {
		return err
	}
	return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
}

// maxInstanceBytes is the maximum length of the path that a problem document repeats.
const maxInstanceBytes = 2 << 10

// shortened returns the beginning of an escaped path, without half an escape at its end.
func shortened(path string) string {
	if len(path) <= maxInstanceBytes {
		return path
	}
	path = path[:maxInstanceBytes]
	if i := strings.LastIndexByte(path, '%'); i > len(path)-3 {
		path = path[:i]
	}
	return path
}

// problem returns the problem document of an error in the caller's language.
func (c *call) problem(instance string, err error) problem {
	p := problem{Instance: instance}
	var protocol protocolError
	if errors.As(err, &protocol) {
		p.Status, p.Code, p.Params = protocol.status, protocol.code, protocol.params
	} else {
		f := fault.From(err)
		p.Status, p.Code, p.Params = statusOf[f.Kind], f.Code, f.Params
		p.Issues, p.IssueCount = c.issues(f.List().First), f.IssueCount()
	}
	p.Type = problemType(p.Code)
	p.Title, p.Detail = c.locale.Problem(p.Code, p.Params)
	p.Params = c.numbers.params(p.Params)
	return p
}

func (s *server) writeProblem(w http.ResponseWriter, r *http.Request, p problem) {
	c := callOf(r.Context())
	c.refusal = p.Code
	s.metrics.countIssues(p)
	body, err := json.Marshal(p, json.Deterministic(true))
	if err != nil {
		s.log.ErrorContext(r.Context(), "problem document cannot be encoded", "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", c.locale.Language())
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	c.numbers.showApplied(w) // problems are the same for all operations, also for those that ignore the preference
	switch p.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		s.setChallenge(r, h, p.Code)
	case http.StatusUnsupportedMediaType:
		if p.Code == encodingRefused { // only this refusal may have it (RFC 9110, section 12.5.3)
			h.Set("Accept-Encoding", "identity")
		}
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusTooManyRequests:
		setLimitHeaders(h, p.Code, p.Params)
	}
	w.WriteHeader(p.Status)
	w.Write(body) //nolint:errcheck,gosec // on an error the client has gone; the body is JSON, not HTML
}

// issues returns issues with their messages in the caller's language.
func (c *call) issues(issues []fault.Issue) []problemIssue {
	withMessages := make([]problemIssue, len(issues))
	for i, is := range issues {
		withMessages[i] = problemIssue{
			Field: is.Field, Code: is.Code, Params: c.numbers.params(is.Params), Message: c.message(is),
		}
	}
	return withMessages
}
