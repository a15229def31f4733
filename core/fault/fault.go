// Package fault defines the errors that the core returns: a closed set of kinds, each error with a code and its
// parameters. Adapters word them and map each kind to their transport. They never show the private cause.
package fault

import (
	"errors"
	"fmt"
)

// Kind is the category of an error as the caller sees it. The set is closed: an adapter maps every kind.
type Kind uint8

// The kinds. The zero Kind is not among them.
const (
	_                  Kind = iota
	Malformed               // the request cannot be parsed
	NotFound                // the thing named does not exist
	Conflict                // the present state does not allow the request
	Stale                   // the caller's precondition no longer holds
	PreconditionNeeded      // the request requires a precondition and has none
	Invalid                 // the request was parsed and breaks rules; see Issues
	Unavailable             // a dependency did not answer; a later attempt may succeed
	Internal                // a defect of Procedo itself
)

var kindNames = [...]string{
	Malformed: "malformed", NotFound: "not found", Conflict: "conflict", Stale: "stale",
	PreconditionNeeded: "precondition needed", Invalid: "invalid", Unavailable: "unavailable", Internal: "internal",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Params are the values that a client needs to word an error or an issue itself. They never hold a submitted value.
type Params map[string]any

// Issue is one thing wrong with submitted data. A code never changes its meaning. Adapters word it.
type Issue struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Params Params `json:"params,omitempty"`
}

// Error is a refusal or a failure. A code never changes its meaning. Code, Params and Issues are shown to the caller;
// the cause is only logged.
type Error struct {
	Kind   Kind
	Code   string
	Params Params
	Issues []Issue
	cause  error
}

// New returns an error of the kind.
func New(kind Kind, code string, params Params) *Error {
	return &Error{Kind: kind, Code: code, Params: params}
}

// WithIssues returns an Invalid error with the issues.
func WithIssues(code string, issues []Issue) *Error {
	return &Error{Kind: Invalid, Code: code, Issues: issues}
}

// Because returns a copy of the error with a private cause, which is only logged.
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

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.cause }

// From returns the *Error in err's chain. Where there is none, it returns an Internal one with err as its cause.
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
