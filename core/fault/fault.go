// Package fault defines the errors that the core returns. Each error has a kind from a closed set, a code, and
// parameters. Adapters write the text for a code and map each kind to their transport, for example to an HTTP status.
package fault

import (
	"errors"
	"fmt"
)

// Kind is the category of an error. The set is closed, so that adapters can map every kind.
type Kind uint8

// The kinds. The zero Kind is not among them.
const (
	_                  Kind = iota
	Malformed               // the request cannot be parsed
	NotFound                // the named resource does not exist
	Conflict                // the present state does not allow the request
	Forbidden               // the caller may not do this
	Stale                   // the caller's precondition no longer holds
	PreconditionNeeded      // the request requires a precondition and has none
	Invalid                 // the request was parsed but breaks rules; see Issues
	Limited                 // the caller has asked too often; a later attempt may succeed
	Unavailable             // a dependency did not answer; a later attempt may succeed
	Internal                // a defect of Procedo itself
)

var kindNames = [...]string{
	Malformed: "malformed", NotFound: "not found", Conflict: "conflict", Forbidden: "forbidden", Stale: "stale",
	PreconditionNeeded: "precondition needed", Invalid: "invalid", Limited: "limited", Unavailable: "unavailable",
	Internal: "internal",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Params are the values that the text of an error or issue mentions, such as a limit. They never hold submitted values.
type Params map[string]any

// Issue is one thing wrong with submitted data. A code never changes its meaning; adapters write the text for it.
type Issue struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Params Params `json:"params,omitempty"`
	// Texts is the message by language tag if the author of the procedure wrote it; the key "" stands for the
	// procedure's own language. Texts is nil if the text comes from the message catalogue.
	Texts map[string]string `json:"-"`
}

// Error is a refusal or a failure. A code never changes its meaning. Code, Params and Issues are shown to the caller;
// the cause is only logged.
type Error struct {
	Kind   Kind
	Code   string
	Params Params
	Issues []Issue // the first issues, at most MaxIssues
	count  int     // of all issues; 0 if Issues has all
	cause  error
}

// New returns an error without issues and without a cause.
func New(kind Kind, code string, params Params) *Error {
	return &Error{Kind: kind, Code: code, Params: params}
}

// WithIssues returns an error of kind Invalid with the given issues.
func WithIssues(code string, issues []Issue) *Error {
	var list IssueList
	list.Add(issues...)
	return list.Fault(Invalid, code)
}

// Fault returns an error with the issues of the list.
func (l IssueList) Fault(kind Kind, code string) *Error {
	return &Error{Kind: kind, Code: code, Issues: l.First, count: l.Count}
}

// List returns the issues of the error.
func (e *Error) List() IssueList {
	return IssueList{First: e.Issues[:min(MaxIssues, len(e.Issues))], Count: e.IssueCount()}
}

// IssueCount returns the number of all issues, of which e.Issues lists the first.
func (e *Error) IssueCount() int { return max(e.count, len(e.Issues)) }

// Because returns a copy of the error with a cause. The cause is only logged, never shown to the caller.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Code, e.cause)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Code)
}

// Unwrap returns the cause; nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// From returns the *Error in err's chain. If there is none, it returns an Internal error with err as its cause.
func From(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, "service.internal", nil).Because(err)
}

// Is reports whether err's chain contains an *Error of the kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}
