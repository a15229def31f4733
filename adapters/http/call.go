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
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// maxLineBytes is the maximum length of an actor, reference, user id, idempotency key or request id, in bytes.
const maxLineBytes = 255

// anonymous is the actor of a request without X-Actor.
const anonymous = "anonymous"

// call holds data of one request for the handlers. It is stored in the request's context.
type call struct {
	principal access.Principal       // who acts; see server.authenticate
	token     func() (string, error) // returns the token of the request; see server.tokenOf
	unproven  error                  // why a given token is not accepted; nil if it is, or if none is given
	useCases  *app.UseCases          // as the principal may call them
	// permission is what the operation needs; 0 if it needs none.
	permission access.Permission
	origin     string // scheme and host under which the client reached the server
	address    string // of the client, as limits count it
	requestID  string
	locale     i18n.Locale
	body       []byte
	document   *jsondoc.Node // the body as a tree
	method     string
	url        *url.URL
	accept     acceptHeader
	hasKey     bool       // the request has an Idempotency-Key
	numbers    numberForm // that the client prefers
	operation  string     // method and path template, as in the contract; empty for an unknown operation
	labels     optionLabels
	deadline   deadline
	refusal    string // the code of the problem in the response; empty if the request succeeds
}

type callKey struct{}

// callOf returns the call stored in a request's context. It returns an empty call if there is none.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{locale: i18n.Accept("")}
}

// newCall returns the call for a request. It also returns an error if X-Actor or X-Request-Id is not a single line, or
// if X-Actor is given but blank. Even then the call can be used: it has the default actor or a new request id instead
// of the refused value.
func newCall(r *http.Request) (*call, error) {
	actor := r.Header.Get("X-Actor")
	c := &call{
		origin: origin(r), requestID: r.Header.Get("X-Request-Id"), method: r.Method, url: r.URL,
		accept: parseAccept(r.Header.Values("Accept")), address: peerAddress(r.RemoteAddr),
		numbers: numberFormOf(r.Header),
	}
	c.hasKey = len(r.Header.Values("Idempotency-Key")) > 0
	c.locale = i18n.Accept(strings.Join(r.Header.Values("Accept-Language"), ","))
	var issues []fault.Issue
	if !isSingleLine(c.requestID) {
		issues, c.requestID = append(issues, lineIssue("header.X-Request-Id")), ""
	}
	if blank.Is(c.requestID) {
		c.requestID = uuid.NewString()
	}
	switch {
	case !isSingleLine(actor):
		issues, actor = append(issues, lineIssue("header.X-Actor")), ""
	case blank.Is(actor) && len(r.Header.Values("X-Actor")) > 0:
		issues, actor = append(issues, fault.Issue{Field: "header.X-Actor", Code: "request.blank"}), ""
	}
	if actor = strings.TrimSpace(actor); actor == "" {
		actor = anonymous
	}
	c.principal = access.Unproven(actor)
	return c, invalidRequest(issues)
}

// OriginOf returns the scheme and the host under which a client reached the server, by the context of its request.
func OriginOf(ctx context.Context) string { return callOf(ctx).origin }

// within makes the call of a request that a mount sends to the API on behalf of another request: it has the caller, the
// limits and the id of that one, which has passed the checks. The context of a request from outside never has a call.
func (c *call) within(outer *call) {
	c.principal, c.token, c.unproven, c.useCases = outer.principal, outer.token, outer.unproven, outer.useCases
	c.origin, c.address, c.requestID = outer.origin, outer.address, outer.requestID
}

// request returns the address and the request id in the type that the use cases take.
func (c *call) request() app.Request {
	return app.Request{Address: c.address, ID: c.requestID, ReadCommand: c.numbers.readCommand()}
}

// isSingleLine reports whether s is valid UTF-8 of at most maxLineBytes bytes, without control characters or line
// separators.
func isSingleLine(s string) bool {
	if len(s) > maxLineBytes || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}

func lineIssue(field string) fault.Issue {
	return fault.Issue{Field: field, Code: "request.line", Params: fault.Params{"max": maxLineBytes}}
}

// invalidRequest returns the fault for a request that does not conform to the contract, or nil if there are no issues.
func invalidRequest(issues []fault.Issue) error {
	var list fault.IssueList
	list.Add(issues...)
	return refusedRequest(list)
}

// refusedRequest is like invalidRequest, for a list of issues.
func refusedRequest(issues fault.IssueList) error {
	if issues.Count == 0 {
		return nil
	}
	return issues.Fault(fault.Malformed, "request.invalid")
}
