// Package condition says what the core asks of the language in which conditions are written: what an expression may
// read, what it reads, and what it decides. The language itself is an adapter.
package condition

// Kind is what a slot's value is to an expression.
type Kind uint8

// The kinds, with the Go type in which Values gives them.
const (
	Text      Kind = iota // string: also dates and times of day
	Integer               // int64
	Double                // float64
	Boolean               // bool
	Timestamp             // time.Time
	List                  // []string
)

// Slot is a slot as expressions know it.
type Slot struct {
	Name      string
	Kind      Kind
	Sensitive bool     // no expression may read it
	Options   []string // of an enum: all the values there are
}

// Step is a step as expressions know it.
type Step struct {
	Key   string
	Slots []Slot
}

// Language prepares for the expressions of one definition.
type Language interface {
	Scope(steps []Step) Scope
}

// Scope compiles expressions of one definition.
type Scope interface {
	// Compile checks an expression of the step with the given index. Findings are in the order of the text; with
	// any of them the expression is nil.
	Compile(step int, source string) (Expression, []Finding)
	// Widened is the source with each whole-number literal that is set against a number slot written as a double, as
	// definitions of format 0.1 mean it. A source that cannot be parsed is returned as it is.
	Widened(step int, source string) string
}

// Finding is what is wrong with an expression, and where: Code follows "definition.condition".
type Finding struct {
	Code   string
	Params map[string]any // line and column, from 1, in code points; reason and more by code
}

// Expression is compiled. It is safe for concurrent use, and the same values decide the same for ever.
type Expression interface {
	// Reads lists what the expression reads, in the order of the text.
	Reads() []Read
	// Constant reports an expression that decides the same whatever the values.
	Constant() (result, constant bool)
	// Eval decides. An error, such as an absent value or the limit of cost, is one of the expression, not of the machine.
	Eval(v Values) (bool, error)
}

// Read is one place at which an expression reads a value.
type Read struct {
	Step, Slot int  // indexes; Step is -1 where the run's metadata is read
	Guarded    bool // the expression copes with the value's absence
	Metadata   string
	Line       int
	Column     int
}

// Values are what an expression sees.
type Values interface {
	// Value is a slot's value, in the Go type of its kind; nil where it is absent; an error where it has none.
	Value(step, slot int) any
	// Metadata is the run's own.
	Metadata() map[string]any
}

// Condition is an expression in its place.
type Condition struct {
	Pointer string // JSON pointer into the canonical document
	Source  string
	Expression
}
