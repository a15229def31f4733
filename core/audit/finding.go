package audit

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/procedo/procedo/core/fault"
)

// Finding is one problem that verification found.
type Finding struct {
	Entity  Entity
	Seq     int64 // sequence number of the event; 0 if the finding is about the entity as a whole
	Problem Problem
	// Warning is set if the problem is no evidence of a change to the trail. Either today's rules decide differently
	// from the rules at the time of the event, or a checkpoint could not be compared with its events.
	Warning bool
}

// String returns the finding with the code of its problem, for those who develop the service.
func (f Finding) String() string {
	return fmt.Sprintf("%s event %d: %s %v", f.Entity, f.Seq, f.Problem.Code, f.Problem.Params)
}

// Equal reports whether two findings say the same.
func (f Finding) Equal(o Finding) bool { return reflect.DeepEqual(f, o) }

// Problem says what is wrong: with a code, for which the catalogue of messages has the text finding.CODE, and with the
// parameters of that text. A parameter may be a Problem, too. A parameter "cause" is the text of an error.
type Problem struct {
	Code   string
	Params fault.Params
}

// Wrong returns a problem. Each name of a parameter is followed by its value.
func Wrong(code string, params ...any) Problem {
	p := Problem{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if p.Params == nil {
			p.Params = fault.Params{}
		}
		name, _ := params[i].(string)
		p.Params[name] = params[i+1]
	}
	return p
}

// problemError is an error with the words of a problem.
type problemError struct{ problem Problem }

// Error returns the code and the parameters, for logs. For people, there is the text of the problem; see ProblemOf.
func (e problemError) Error() string { return fmt.Sprintf("%s %v", e.problem.Code, e.problem.Params) }

// Err returns the problem as an error.
func (p Problem) Err() error { return problemError{p} }

// HeldProblem returns the problem that an error holds, if it holds one.
func HeldProblem(err error) (Problem, bool) {
	var held problemError
	ok := errors.As(err, &held)
	return held.problem, ok
}

// ProblemOf returns the problem that an error holds. For any other error, it is the given code with the error's text as
// its cause.
func ProblemOf(err error, code string) Problem {
	if held, ok := HeldProblem(err); ok {
		return held
	}
	return Wrong(code, "cause", err.Error())
}
