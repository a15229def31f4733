package storage

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sync"
)

// Statement is an SQL statement with named parameters. It is built once, when it is first needed, and bound to values at
// each call.
type Statement struct{ parts func() *parts }

// parts are a statement's text, which has the database's own placeholders, such as $1 or ?, and a parameter's name or a
// constant for each placeholder.
type parts struct {
	text   string
	args   []any    // one for each placeholder: a Param or a constant
	params []string // the distinct names of the parameters, in the order of their first use
}

// Param is the name of a parameter. In the arguments of a statement, Bind replaces it with the parameter's value.
type Param string

// Limit stands for the parameter "limit" in LIMIT clauses. It is a number because go-jet accepts no parameter there.
const Limit = math.MaxInt64

const limitParam = Param("limit")

// Args holds the values of a statement's parameters by name.
type Args map[string]any

// Query is a statement with the values of its placeholders, in order.
type Query struct {
	Text string
	Args []any
}

// NewStatement returns the statement whose text and arguments build returns, as go-jet has built them.
func NewStatement(build func() (text string, args []any)) Statement {
	return Statement{sync.OnceValue(func() *parts {
		text, args := build()
		p := parts{text: text, args: slices.Clone(args)}
		for i, arg := range p.args {
			if arg == any(int64(Limit)) {
				p.args[i] = limitParam
			}
			if name, ok := p.args[i].(Param); ok && !slices.Contains(p.params, string(name)) {
				p.params = append(p.params, string(name))
			}
		}
		return &p
	})}
}

// Bind returns the statement with values for its parameters. It panics if a parameter has no value, or a value has an
// unknown name, because both are bugs in the caller.
func (s Statement) Bind(values Args) Query {
	p := s.parts()
	q := Query{Text: p.text, Args: make([]any, len(p.args))}
	for i, arg := range p.args {
		name, ok := arg.(Param)
		if !ok {
			q.Args[i] = arg
			continue
		}
		value, given := values[string(name)]
		if !given {
			panic(fmt.Sprintf("no value for the parameter %s of the statement %s", name, p.text))
		}
		q.Args[i] = value
	}
	if len(values) > len(p.params) { // all parameters have a value, so the others are unknown
		panic(fmt.Sprintf("values for other parameters than %q of the statement %s", p.params, p.text))
	}
	return q
}

// Params returns the distinct names of the statement's parameters, in the order of their first use.
func (s Statement) Params() []string { return slices.Clone(s.parts().params) }

// Text returns the statement's SQL.
func (s Statement) Text() string { return s.parts().text }

var namePattern = regexp.MustCompile(`#[a-z_]+`)

// Named converts SQL text with parameters of the form #name to arguments for go-jet's Raw functions.
func Named(text string) (string, map[string]any) {
	args := map[string]any{}
	// go-jet would also replace #seq within #seq_before. A second # after each name prevents this.
	text = namePattern.ReplaceAllStringFunc(text, func(name string) string {
		args[name+"#"] = Param(name[1:])
		return name + "#"
	})
	return text, args
}
