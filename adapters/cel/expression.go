package cel

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// expression is a compiled condition.
type expression struct {
	scope    *scope
	program  cel.Program
	reads    []condition.Read
	result   bool
	constant bool
}

func (e *expression) Reads() []condition.Read { return e.reads }

func (e *expression) Constant() (result, constant bool) { return e.result, e.constant }

// quoted are the values that CEL's own words may cite: what was submitted is not repeated.
var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// errNotBoolean is the error of a dynamic value that is neither true nor false.
var errNotBoolean = errors.New("the result is neither true nor false")

// Eval decides over the values that the expression reads, and no others.
func (e *expression) Eval(v condition.Values) (bool, error) {
	out, _, err := e.program.Eval(e.variables(v))
	if err != nil {
		return false, errors.New(words(quoted.ReplaceAllString(err.Error(), "…")))
	}
	b, is := out.Value().(bool)
	if !is {
		return false, errNotBoolean
	}
	return b, nil
}

func (e *expression) variables(v condition.Values) map[string]any {
	vars := make(map[string]any, len(e.reads))
	for _, r := range e.reads {
		if r.Step < 0 {
			vars[runVariable] = map[string]any{"metadata": v.Metadata()}
			continue
		}
		name := variable(r.Step)
		fields, _ := vars[name].(map[string]any)
		if fields == nil {
			fields = map[string]any{}
			vars[name] = fields
		}
		if value := v.Value(r.Step, r.Slot); value != nil {
			fields[e.scope.steps[r.Step].Slots[r.Slot].Name] = native(value)
		}
	}
	return vars
}

// native is a value as CEL takes it; one that could not be made is an error where it is read.
func native(value any) any {
	switch value := value.(type) {
	case error:
		return types.WrapErr(value)
	case time.Time:
		return types.Timestamp{Time: value}
	case string:
		if len(value) > maxText {
			return types.NewErr("a text of more than %d bytes", maxText)
		}
		return value
	case int64, float64, bool, []string:
		return value
	default:
		return types.NewErr("%s", fmt.Sprintf("a value of type %T", value))
	}
}
