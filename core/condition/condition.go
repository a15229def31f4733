// Package condition declares the interfaces of the language in which conditions are written. They compile an
// expression, list the values that it reads, and evaluate it. Package adapters/cel implements them.
package condition

import "github.com/procedo/procedo/core/budget"

// Meaning is the number of the rules that give expressions their meaning. A published version keeps the meaning that
// its expressions had then. Stored versions and the trail contain the number, so it must not change.
type Meaning int

// The meanings. Binary is older than the member "conditions" of events, which records the meaning; an event without
// this member has the meaning Binary.
const (
	Binary Meaning = 0 // numbers are CEL ints and doubles; times are compared as they are written
	Exact  Meaning = 2 // numbers are exact decimals; times are compared by value
)

// Known reports whether this program can evaluate expressions with the meaning.
func (m Meaning) Known() bool { return m == Binary || m == Exact }

// Kind is the type of a slot's value in expressions.
type Kind uint8

// The kinds, with the Go type that Values.Value returns for each. Integer and Double are used with the meaning Binary,
// Number with Exact.
const (
	Text      Kind = iota // string; also for dates and times of day
	Integer               // int64
	Double                // float64
	Boolean               // bool
	Timestamp             // time.Time
	List                  // []string
	Number                // decimal.Decimal
)

// Slot describes a slot that expressions may name.
type Slot struct {
	Name      string
	Kind      Kind
	Sensitive bool     // an expression that reads it does not compile
	Options   []string // all values of an enum; nil for other types

	// Equal checks a literal that an expression compares with the slot by ==, != or in. The literal is a text or a
	// plain decimal; for a slot of kind List, it stands for one choice. Equal returns the form in which the slot would
	// store the literal, and false if the slot can never hold it. Order does the same for comparisons by <, <=, > and
	// >=, but also accepts values beyond the slot's bounds. A nil function accepts every literal.
	Equal, Order func(literal string) (kept string, ok bool)

	// Examples are all options of an enum or multi_enum, or the number nearest to zero of a Number, as a plain decimal.
	// They are nil if the slot has other values.
	Examples []string
	// Patterns are RE2 patterns, each of which matches as a whole every text that the slot can hold. The first is the
	// most precise one. Meet reports whether some text matches all of the patterns that it is given, and returns true
	// if that is not known. If Meet is nil, nothing is known.
	Patterns []string
	Meet     func(patterns []string) bool
	// MaxChoices is the maximum number of choices of a List.
	MaxChoices int
	// MaxLength is the maximum length of a Text in code points; 0 if it has none.
	MaxLength int
}

// Cost is what an expression costs.
type Cost struct {
	Weight     int    // the memory for its regular expressions; see package pattern
	Evaluation uint64 // the highest cost of an evaluation, in the units of package budget
}

// Step describes a step and its slots.
type Step struct {
	Key   string
	Slots []Slot
}

// Language is an expression language. Scope returns a scope for the expressions of one definition.
type Language interface {
	Scope(steps []Step, m Meaning) Scope
}

// Scope compiles the expressions of one definition.
type Scope interface {
	// Compile compiles an expression that belongs to the step with the given index. It returns either an expression
	// or findings, in the order of their places in the source.
	Compile(step int, source string) (Expression, []Finding)
	// Widened returns the source with whole-number literals written as doubles (1 as 1.0) where they are compared or
	// combined with a number slot. This is their meaning in format 0.1. If the source is invalid, or the scope has the
	// meaning Exact, the source is returned unchanged.
	Widened(step int, source string) string
	// Estimate returns an upper bound of the cost of an expression, for values of the usual sizes.
	Estimate(step int, source string) Cost
}

// Finding is one thing wrong with an expression.
type Finding struct {
	Code   string         // as in "condition_type", without the prefix "definition."
	Params map[string]any // line and column, counted from 1 in code points; other params depend on the code
}

// Error is the error of an evaluation. Reason is a code of a closed set, such as "absent", that adapters/i18n words.
// Params never contain submitted values.
type Error struct {
	Reason string
	Params map[string]any
}

// Error returns the code.
func (e *Error) Error() string { return e.Reason }

// CostReason is the reason of a failure because of a limit of cost.
const CostReason = "cost"

// UnknownReason is the reason of a failure that has no reason of its own.
const UnknownReason = "unknown"

// Expression is a compiled expression. It is safe for concurrent use and always gives the same result for the same
// values.
type Expression interface {
	// Reads lists the reads of the expression, in the order of the source.
	Reads() []Read
	// Constant reports whether the result is the same for all values. If so, it also returns the result.
	Constant() (result, constant bool)
	// Impossible returns a finding for each literal that is compared with a slot that can never hold it, in the order of
	// the source. Such an expression can be evaluated all the same.
	Impossible() []Finding
	// Eval evaluates the expression and subtracts the cost from the budget. It returns an *Error if, for example, a value
	// is absent, the cost limit of one expression is exceeded, or the budget does not suffice. Evaluation with the same
	// values and the same budget returns the same error.
	Eval(v Values, b *budget.Budget) (bool, error)
}

// Read is one place at which an expression reads a value.
type Read struct {
	Step, Slot int    // indexes of the step and its slot; Step is -1 if the expression reads the run's metadata
	Guarded    bool   // whether the expression handles the absence of the value
	Metadata   string // name of the member that is read, if Step is -1
	Line       int
	Column     int
}

// Values provides the values that an expression reads.
type Values interface {
	// Value returns the value of a slot in the Go type of its kind. It returns nil if the value is absent, and a value
	// of type error if the Go type cannot represent it.
	Value(step, slot int) any
	// Metadata returns the run's metadata.
	Metadata() map[string]any
}

// Condition is a compiled expression with its source and its place in the definition.
type Condition struct {
	Pointer string // JSON pointer into the canonical document
	Source  string
	Expression
}
