package http

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/fault"
)

// statusOf is the one map from the core's kinds to HTTP (RFC 9110, section 15).
var statusOf = map[fault.Kind]int{
	fault.Malformed:          http.StatusBadRequest,
	fault.NotFound:           http.StatusNotFound,
	fault.Conflict:           http.StatusConflict,
	fault.Stale:              http.StatusPreconditionFailed,
	fault.PreconditionNeeded: http.StatusPreconditionRequired,
	fault.Invalid:            http.StatusUnprocessableEntity,
	fault.Unavailable:        http.StatusServiceUnavailable,
	fault.Internal:           http.StatusInternalServerError,
}

// protocolError is what HTTP itself refuses: the core has no kind for it.
type protocolError struct {
	status int
	code   string
	params fault.Params
}

func (e protocolError) Error() string { return e.code }

// retryAfter is how many seconds a client is asked to wait where waiting may help.
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
}

type problemIssue struct {
	Field   string       `json:"field"`
	Code    string       `json:"code"`
	Params  fault.Params `json:"params"`
	Message string       `json:"message"`
}

// fail answers with a problem document in the caller's language. Causes go to the log, never to the caller.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := callOf(r.Context()).problem(r.URL.EscapedPath(), err)
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.log.ErrorContext(r.Context(), "request failed", "error", err, "method", r.Method, "path", r.URL.Path, "request_id", callOf(r.Context()).requestID)
	}
	s.writeProblem(w, r, p)
}

// problem words an error for the caller.
func (c *call) problem(instance string, err error) problem {
	p := problem{Instance: instance}
	var protocol protocolError
	if errors.As(err, &protocol) {
		p.Status, p.Code, p.Params = protocol.status, protocol.code, protocol.params
	} else {
		f := fault.From(err)
		p.Status, p.Code, p.Params, p.Issues = statusOf[f.Kind], f.Code, f.Params, c.issues(f.Issues)
	}
	p.Type = "/problems/" + strings.NewReplacer(".", "-", "_", "-").Replace(p.Code)
	p.Title, p.Detail = c.locale.Problem(p.Code, p.Params)
	if p.Params == nil {
		p.Params = fault.Params{}
	}
	return p
}

func (s *server) writeProblem(w http.ResponseWriter, r *http.Request, p problem) {
	c := callOf(r.Context())
	c.refusal = p.Code
	s.metrics.refused(p)
	body, err := json.Marshal(p, json.Deterministic(true))
	if err != nil {
		s.log.ErrorContext(r.Context(), "problem cannot be written", "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", c.locale.Language())
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.WriteHeader(p.Status)
	w.Write(body) //nolint:errcheck,gosec // the client is gone: nobody is left to tell; what is written is JSON, and said to be
}

// issues words issues for the caller.
func (c *call) issues(issues []fault.Issue) []problemIssue {
	worded := make([]problemIssue, len(issues))
	for i, is := range issues {
		worded[i] = problemIssue{Field: is.Field, Code: is.Code, Params: is.Params, Message: c.locale.Issue(is)}
		if is.Params == nil {
			worded[i].Params = fault.Params{}
		}
	}
	return worded
}
