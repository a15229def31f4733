package storage

import (
	"fmt"
	"math"
	"regexp"
	"slices"
)

// Statement is SQL text whose parameters have names. It is built once, when the program starts, and bound to values
// each time it is sent. The text has numbered or anonymous placeholders, whichever the database wants: only this type
// knows which of them belongs to which name.
type Statement struct {
	text string
	args []any // one for each placeholder: a Param, or a constant that was written into the statement
}

// Param stands for the value of a named parameter while a statement is built. The builder collects it among the
// statement's arguments, where NewStatement finds it.
type Param string

// Limit stands for the parameter "limit" in LIMIT clauses, for which go-jet accepts only a number.
const Limit = math.MaxInt64

const limitParam = Param("limit")

// Args holds the values of a statement's parameters by name.
type Args map[string]any

// Query is a statement that is ready to be sent: its text and the values of its placeholders, in order.
type Query struct {
	Text string
	Args []any
}

// NewStatement returns a statement from the text and the arguments that a builder made of it.
func NewStatement(text string, args []any) Statement {
	s := Statement{text: text, args: slices.Clone(args)}
	for i, arg := range s.args {
		if arg == any(int64(Limit)) {
			s.args[i] = limitParam
		}
	}
	return s
}

// Bind returns the statement with values for its parameters. It panics where a parameter has no value or a value no
// parameter: either is a mistake in the program.
func (s Statement) Bind(values Args) Query {
	q := Query{Text: s.text, Args: make([]any, len(s.args))}
	for i, arg := range s.args {
		name, ok := arg.(Param)
		if !ok {
			q.Args[i] = arg
			continue
		}
		value, given := values[string(name)]
		if !given {
			panic(fmt.Sprintf("no value for the parameter %s of the statement %s", name, s.text))
		}
		q.Args[i] = value
	}
	for name := range values {
		if !slices.Contains(s.args, any(Param(name))) {
			panic(fmt.Sprintf("no parameter %s in the statement %s", name, s.text))
		}
	}
	return q
}

// Params returns the names of the statement's parameters, each once, in the order of their first use.
func (s Statement) Params() []string {
	var names []string
	for _, arg := range s.args {
		if name, ok := arg.(Param); ok && !slices.Contains(names, string(name)) {
			names = append(names, string(name))
		}
	}
	return names
}

// Text returns the statement's SQL.
func (s Statement) Text() string { return s.text }

var namePattern = regexp.MustCompile(`#[a-z_]+`)

// Named returns SQL text with named parameters, written #name, in the form that go-jet's Raw functions take.
func Named(text string) (string, map[string]any) {
	args := map[string]any{}
	// go-jet replaces names wherever they occur: the closing mark keeps #seq apart from #seq_before.
	text = namePattern.ReplaceAllStringFunc(text, func(name string) string {
		args[name+"#"] = Param(name[1:])
		return name + "#"
	})
	return text, args
}
