package http

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// maxLine is the longest actor, reference, user id, idempotency key and request id, in bytes.
const maxLine = 255

// anonymous is the actor of a request that names none.
const anonymous = "anonymous"

// call is what holds for one request: who, in which language, under which id, and the body as it came.
type call struct {
	actor     string
	requestID string
	locale    i18n.Locale
	body      []byte
	method    string
	url       *url.URL
	accept    []string // the Accept header
	operation string   // method and path as the contract names them; empty where it has no such address
	refusal   string   // the code of the problem that was answered
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{locale: i18n.Accept("")}
}

// newCall reads what every request may say. A header that is not one short line is an issue; the request goes on
// under a name that is.
func newCall(r *http.Request) (*call, error) {
	c := &call{actor: r.Header.Get("X-Actor"), requestID: r.Header.Get("X-Request-Id"), method: r.Method, url: r.URL, accept: r.Header.Values("Accept")}
	c.locale = i18n.Accept(strings.Join(r.Header.Values("Accept-Language"), ","))
	var issues []fault.Issue
	if !isLine(c.requestID) {
		issues, c.requestID = append(issues, lineIssue("header.X-Request-Id")), ""
	}
	if c.requestID == "" {
		c.requestID = uuid.NewString()
	}
	if !isLine(c.actor) {
		issues, c.actor = append(issues, lineIssue("header.X-Actor")), ""
	}
	if c.actor = strings.TrimSpace(c.actor); c.actor == "" {
		c.actor = anonymous
	}
	return c, invalidRequest(issues)
}

// request is the call as the use cases see it.
func (c *call) request() app.Request { return app.Request{Actor: c.actor, ID: c.requestID} }

// isLine accepts one line of at most maxLine bytes: valid UTF-8 without control characters or line separators.
func isLine(s string) bool {
	if len(s) > maxLine || !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) < 0
}

func lineIssue(field string) fault.Issue {
	return fault.Issue{Field: field, Code: "request.line", Params: fault.Params{"max": maxLine}}
}

// invalidRequest is a request that does not fit the contract; nil where there are no issues.
func invalidRequest(issues []fault.Issue) error {
	if len(issues) == 0 {
		return nil
	}
	f := fault.New(fault.Malformed, "request.invalid", nil)
	f.Issues = issues
	return f
}
