package cel

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// The names of internal functions that convert numbers. An author cannot call them, because @ is not allowed in a name.
const (
	toNumber  = "@number"  // from a text or a CEL integer to an exact number; an exact number stays as it is
	toInteger = "@integer" // like toNumber, without the digits after the point
	toIndex   = "@index"   // from an exact number to an index or a map key; other values stay as they are
)

// errConversion is the failure of a conversion of a value that the new type does not have.
var errConversion = &condition.Error{Reason: "conversion"}

// numericTypes are the number types of CEL. Exact numbers replace them all.
var numericTypes = []string{"int", "uint", "double"}

// numberFunctions declares the operators and functions of exact numbers. The operators need no implementation here: CEL
// calls methods of type number, such as Add, because numberType has the corresponding traits.
func numberFunctions() []cel.EnvOption {
	operator := func(name, id string, result *cel.Type) cel.EnvOption {
		return cel.Function(name, cel.Overload(id+"_number", []*cel.Type{numberType, numberType}, result))
	}
	convert := func(name, id string, from, to *cel.Type, f func(ref.Val) ref.Val) cel.EnvOption {
		return cel.Function(name, cel.Overload(id, []*cel.Type{from}, to, cel.UnaryBinding(f)))
	}
	return []cel.EnvOption{
		operator(operators.Add, "add", numberType), operator(operators.Subtract, "subtract", numberType),
		operator(operators.Multiply, "multiply", numberType), operator(operators.Less, "less", cel.BoolType),
		operator(operators.LessEquals, "less_equals", cel.BoolType), operator(operators.Greater, "greater", cel.BoolType),
		operator(operators.GreaterEquals, "greater_equals", cel.BoolType),
		cel.Function(operators.Negate, cel.Overload("negate_number", []*cel.Type{numberType}, numberType)),

		convert(toNumber, "int_to_number", cel.IntType, numberType, numberFrom),
		convert(toNumber, "string_to_number", cel.StringType, numberType, numberFrom),
		convert(toNumber, "number_to_number", numberType, numberType, numberFrom),
		convert(toInteger, "string_to_integer", cel.StringType, numberType, integerFrom),
		convert(toInteger, "number_to_integer", numberType, numberType, integerFrom),
		convert(toInteger, "timestamp_to_integer", cel.TimestampType, numberType, integerFrom),
		convert(toInteger, "duration_to_integer", cel.DurationType, numberType, integerFrom),
		convert(toIndex, "to_index", cel.TypeParamType("A"), cel.DynType, indexFrom),
		convert("string", "number_to_string", numberType, cel.StringType, func(v ref.Val) ref.Val {
			return v.ConvertToType(types.StringType)
		}),
		convert("timestamp", "number_to_timestamp", numberType, cel.TimestampType, func(v ref.Val) ref.Val {
			if i, ok := indexFrom(v).(types.Int); ok {
				return i.ConvertToType(types.TimestampType)
			}
			return types.WrapErr(errConversion)
		}),
	}
}

// numberFrom converts a value to a number. If the value is not a number, it returns a CEL error.
func numberFrom(v ref.Val) ref.Val {
	switch v := v.(type) {
	case *number:
		return v
	case types.Int:
		n := newNumber(0)
		n.coefficient.SetInt64(int64(v))
		return n
	case types.String:
		if d, ok := decimal.Parse(string(v)); ok {
			return numberOf(d)
		}
		return types.WrapErr(errConversion)
	}
	return types.MaybeNoSuchOverloadErr(v)
}

// integerFrom converts a value to a whole number. From a number, it drops the digits after the point. A text must be a
// whole number already.
func integerFrom(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Timestamp, types.Duration:
		return numberFrom(v.ConvertToType(types.IntType))
	case types.String:
		if d, ok := decimal.Parse(string(v)); ok && d.IsInteger() {
			return numberOf(d)
		}
		return types.WrapErr(errConversion)
	}
	if n, ok := numberFrom(v).(*number); ok {
		return n.truncated()
	}
	return types.MaybeNoSuchOverloadErr(v)
}

// indexFrom converts a number to an index of a list. It returns any other value unchanged.
func indexFrom(v ref.Val) ref.Val {
	n, ok := v.(*number)
	if !ok {
		return v
	}
	if i, ok := n.index(); ok {
		return i
	}
	return types.WrapErr(&condition.Error{Reason: "index"})
}

// markNumbers rewrites a parsed expression so that all its numbers are exact: literals, the results of size(), of
// accessors such as getHours(), and of conversions.
func (r *resolver) markNumbers(root ast.Expr) {
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.LiteralKind:
			if n, ok := r.numberAt(e); ok {
				text := nodes.NewLiteral(r.newID(e.ID()), types.String(n))
				e.SetKindCase(nodes.NewCall(e.ID(), toNumber, text))
			}
		case ast.CallKind:
			r.markCall(e)
		}
	}))
}

// numberAt returns the number if a node was a number literal in the original source. In the parsed expression, the node
// is a text literal, because quoteNumbers put the number in quotes before CEL parsed the source.
func (r *resolver) numberAt(e ast.Expr) (decimal.Decimal, bool) {
	_, isText := e.AsLiteral().(types.String)
	at, ok := r.info.GetOffsetRange(e.ID())
	if !isText || !ok {
		return "", false
	}
	n, ok := r.source.numbers[at.Start]
	return n, ok
}

func (r *resolver) markCall(e ast.Expr) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	switch {
	case name == "size" || call.IsMemberFunction() && isTimeAccessor(name):
		inner := nodes.NewCall(r.newID(e.ID()), name, args...)
		if call.IsMemberFunction() {
			inner = nodes.NewMemberCall(r.newID(e.ID()), name, call.Target(), args...)
		}
		e.SetKindCase(nodes.NewCall(e.ID(), toNumber, inner))
	case !call.IsMemberFunction() && slices.Contains(numericTypes, name):
		conversion := toInteger
		if name == "double" {
			conversion = toNumber
		}
		e.SetKindCase(nodes.NewCall(e.ID(), conversion, args...))
	case (name == operators.Index || name == operators.OptIndex) && args[1].Kind() != ast.LiteralKind:
		index := nodes.NewCall(r.newID(args[1].ID()), toIndex, args[1])
		e.SetKindCase(nodes.NewCall(e.ID(), name, args[0], index))
	}
}

// setNumbers replaces the calls that markNumbers wrote for numeric literals with number constants. It runs after the
// type check, because CEL's type checker does not accept constants of a custom type.
func (r *resolver) setNumbers(root ast.Expr) {
	if !r.exact {
		return
	}
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		args := e.AsCall().Args()
		if len(args) != 1 || args[0].Kind() != ast.LiteralKind {
			return
		}
		switch value, name := args[0].AsLiteral(), e.AsCall().FunctionName(); v := value.(type) {
		case types.String:
			if n, ok := numberFrom(v).(*number); ok && name == toNumber {
				e.SetKindCase(nodes.NewLiteral(e.ID(), n))
			}
		case *number:
			if i, ok := v.index(); ok && name == toIndex {
				e.SetKindCase(nodes.NewLiteral(e.ID(), i))
			} else if name == operators.Negate {
				e.SetKindCase(nodes.NewLiteral(e.ID(), v.Negate()))
			}
		}
	}))
}
