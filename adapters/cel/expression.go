package cel

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// expression is a compiled condition.
type expression struct {
	scope    *scope
	program  cel.Program
	reads    []condition.Read
	result   bool // valid only if constant is true
	constant bool

	impossible []condition.Finding
}

// Reads returns the reads of the expression, in the order of the source.
func (e *expression) Reads() []condition.Read { return e.reads }

// Constant returns the result of the expression if it is the same for all values, and whether it is.
func (e *expression) Constant() (result, constant bool) { return e.result, e.constant }

// Impossible returns findings about literals that a slot can never hold.
func (e *expression) Impossible() []condition.Finding { return e.impossible }

// Eval evaluates the expression. It asks v only for the values that the expression reads.
func (e *expression) Eval(v condition.Values) (bool, error) {
	out, _, err := e.program.Eval(e.variables(v))
	if err != nil {
		return false, failureOf(err)
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, &condition.Failure{Reason: "not_boolean"}
	}
	return b, nil
}

// variables holds the values of the variables of an expression. It is a list because expressions have few variables.
type variables []variable

type variable struct {
	name  string
	value map[string]any
}

// ResolveName returns the value of a variable.
func (vs variables) ResolveName(name string) (any, bool) {
	for i := range vs {
		if vs[i].name == name {
			return vs[i].value, true
		}
	}
	return nil, false
}

// Parent returns nil: variables are not nested.
func (variables) Parent() interpreter.Activation { return nil }

func (e *expression) variables(v condition.Values) variables {
	vars := make(variables, 0, 2) // few expressions read more than two steps
	for _, r := range e.reads {
		if r.Step < 0 {
			if _, known := vars.ResolveName(runVariable); !known {
				vars = append(vars, variable{runVariable, map[string]any{"metadata": v.Metadata()}})
			}
			continue
		}
		name := e.scope.variables[r.Step]
		i := slices.IndexFunc(vars, func(known variable) bool { return known.name == name })
		if i < 0 {
			i, vars = len(vars), append(vars, variable{name, map[string]any{}})
		}
		if value := v.Value(r.Step, r.Slot); value != nil {
			vars[i].value[e.scope.steps[r.Step].Slots[r.Slot].Name] = celValue(value)
		}
	}
	return vars
}

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
		return types.WrapErr(&condition.Failure{Reason: condition.UnknownReason})
	}
}

// textTooLong returns the CEL error for a text that is longer than maxText.
func textTooLong() ref.Val {
	return types.WrapErr(&condition.Failure{Reason: "text_length", Params: map[string]any{"max": maxText}})
}
