// Package condition declares the interfaces of the language in which conditions are written: compiling an expression,
// listing the values that it reads, and evaluating it. The language itself is an adapter.
package condition

// Kind is the type of a slot's value in expressions.
type Kind uint8

// The kinds, with the Go types that Values returns for them.
const (
	Text      Kind = iota // string; also for dates and times of day
	Integer               // int64
	Double                // float64
	Boolean               // bool
	Timestamp             // time.Time
	List                  // []string
)

// Slot declares a slot to the language.
type Slot struct {
	Name      string
	Kind      Kind
	Sensitive bool     // no expression may read it
	Options   []string // all values of an enum; nil for other types
}

// Step declares a step and its slots to the language.
type Step struct {
	Key   string
	Slots []Slot
}

// Language returns a scope in which the expressions of one definition can be compiled.
type Language interface {
	Scope(steps []Step) Scope
}

// Scope compiles the expressions of one definition.
type Scope interface {
	// Compile compiles an expression of the step with the given index. Findings are in the order of the source. If
	// there are any, the expression is nil.
	Compile(step int, source string) (Expression, []Finding)
	// Widened returns the source with each whole-number literal that is compared or combined with a number slot
	// written as a double, which is what such a literal means in definitions of format 0.1. It returns a source that
	// cannot be parsed unchanged.
	Widened(step int, source string) string
}

// Finding is one thing wrong with an expression.
type Finding struct {
	Code   string         // as in "condition_type", without the prefix "definition."
	Params map[string]any // line and column, counted from 1 in code points; others depend on the code
}

// Expression is a compiled expression. It is safe for concurrent use and always gives the same result for the same
// values.
type Expression interface {
	// Reads lists the reads of the expression, in the order of the source.
	Reads() []Read
	// Constant reports whether the result is the same for all values, and that result.
	Constant() (result, constant bool)
	// Eval evaluates the expression. An error, for example because a value is absent or the cost limit is exceeded,
	// depends on the expression and the values only.
	Eval(v Values) (bool, error)
}

// Read is one place at which an expression reads a value.
type Read struct {
	Step, Slot int    // indexes; Step is -1 for the run's metadata
	Guarded    bool   // the expression handles the absence of the value
	Metadata   string // the member of the run's metadata, if Step is -1
	Line       int
	Column     int
}

// Values gives an expression the values that it reads.
type Values interface {
	// Value returns the value of a slot in the Go type of its kind, nil if the value is absent, and an error if the
	// type cannot hold it.
	Value(step, slot int) any
	// Metadata returns the run's metadata.
	Metadata() map[string]any
}

// Condition is a compiled expression with its place in the definition.
type Condition struct {
	Pointer string // JSON pointer into the canonical document
	Source  string
	Expression
}
