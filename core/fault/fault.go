// Package fault is the closed set of ways in which Procedo says no. The core returns these; adapters word
// them, map them to a transport once, and never show their private cause.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what went wrong, seen from the caller. The set is closed: an adapter maps every member.
type Kind uint8

// The kinds. The zero Kind is no kind: an error without one is Internal.
const (
	_                  Kind = iota
	Malformed               // the request cannot be read
	NotFound                // nothing bears that name
	Conflict                // the state of things forbids it
	Stale                   // the caller's precondition no longer holds
	PreconditionNeeded      // the act needs a precondition and none was given
	Invalid                 // readable data that breaks rules: Issues says which
	Unavailable             // a dependency did not answer; trying again later may help
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

// Params are what a client needs to word a fault or an issue by itself. They never hold a submitted value.
type Params map[string]any

// Issue is one thing wrong with submitted data. Code never changes its meaning; wording is an adapter's.
type Issue struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Params Params `json:"params,omitempty"`
}

// Error is a refusal or a failure. Code names it for ever; Params and Issues go to the caller; cause does not.
type Error struct {
	Kind   Kind
	Code   string
	Params Params
	Issues []Issue
	cause  error
}

// New returns an error of a kind.
func New(kind Kind, code string, params Params) *Error {
	return &Error{Kind: kind, Code: code, Params: params}
}

// WithIssues returns an Invalid error that carries every issue found.
func WithIssues(code string, issues []Issue) *Error {
	return &Error{Kind: Invalid, Code: code, Issues: issues}
}

// Because attaches a private cause, for the log only.
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

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.cause }

// From returns err as an *Error; anything else is an Internal one with err as its cause.
func From(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, "service.internal", nil).Because(err)
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}
