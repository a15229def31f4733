package cel

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// expression is a compiled condition.
type expression struct {
	program  cel.Program
	reads    []condition.Read
	result   bool // valid only if constant is true
	constant bool

	impossible []condition.Finding
}

// Reads returns the reads of the expression, in the order of the source.
func (e *expression) Reads() []condition.Read { return e.reads }

// Constant reports whether the expression has the same result for all values, and returns that result.
func (e *expression) Constant() (result, constant bool) { return e.result, e.constant }

// Impossible returns findings about literals that a slot can never hold.
func (e *expression) Impossible() []condition.Finding { return e.impossible }

// Eval evaluates the expression. It asks v only for the values that the expression reads.
func (e *expression) Eval(v condition.Values, b *budget.Budget) (bool, error) {
	if b.Exhausted() {
		return false, &condition.Error{Reason: condition.CostReason}
	}
	out, details, err := e.program.Eval(activation{v})
	if !b.SpendEvaluation(costOf(details)) {
		return false, &condition.Error{Reason: condition.CostReason}
	}
	if err != nil {
		return false, failureOf(err)
	}
	result, ok := out.Value().(bool)
	if !ok {
		return false, &condition.Error{Reason: "not_boolean"}
	}
	return result, nil
}

// costOf returns the cost of an evaluation in CEL cost units. It returns 1 if CEL has not counted it.
func costOf(details *cel.EvalDetails) uint64 {
	if details == nil || details.ActualCost() == nil {
		return 1
	}
	return max(1, *details.ActualCost())
}

// activation gives CEL the values of an expression. Every variable stands for all of them. A field of its type, which
// provider declares, selects one.
type activation struct{ values condition.Values }

// ResolveName returns the values. An expression that compiles names only the variables of its scope.
func (a activation) ResolveName(string) (any, bool) { return a.values, true }

// Parent returns nil: variables are not nested.
func (activation) Parent() interpreter.Activation { return nil }

// celValue converts a value to a type that CEL accepts. An error, or a value that CEL cannot hold, becomes a CEL error.
// The evaluation fails only if it uses that value.
func celValue(value any) any {
	switch value := value.(type) {
	case error:
		return types.WrapErr(value)
	case time.Time:
		return types.Timestamp{Time: value}
	case string:
		if len(value) > maxText {
			return textTooLong()
		}
		return value
	case decimal.Decimal:
		return numberOf(value)
	case int64, float64, bool, []string:
		return value
	default:
		return types.WrapErr(&condition.Error{Reason: condition.UnknownReason})
	}
}

// textTooLong returns the CEL error for a text that is longer than maxText.
func textTooLong() ref.Val {
	return types.WrapErr(&condition.Error{Reason: "text_length", Params: map[string]any{"max": maxText}})
}
