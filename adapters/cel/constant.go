package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// truth is the result of an expression if it can be predicted without values; otherwise it is unknown.
type truth int

const (
	unknown truth = iota
	alwaysTrue
	alwaysFalse
)

func truthOf(b bool) truth {
	if b {
		return alwaysTrue
	}
	return alwaysFalse
}

func not(t truth) truth {
	return [...]truth{unknown: unknown, alwaysTrue: alwaysFalse, alwaysFalse: alwaysTrue}[t]
}

func and(a, b truth) truth {
	switch {
	case a == alwaysFalse || b == alwaysFalse:
		return alwaysFalse
	case a == alwaysTrue && b == alwaysTrue:
		return alwaysTrue
	}
	return unknown
}

func or(a, b truth) truth { return not(and(not(a), not(b))) }

// findConstant sets result and constant if the expression has the same result for all values. If the expression reads
// no values, findConstant evaluates it once. If that evaluation fails, every later one would fail too, so findConstant
// returns a finding and false.
func (e *expression) findConstant(r *resolver, root ast.Expr) (finding condition.Finding, ok bool) {
	if len(e.reads) == 0 {
		out, _, err := e.program.Eval(map[string]any{})
		if err != nil {
			return r.newFinding(root.ID(), codeSyntax, reasonOfFailure(failureOf(err))), false
		}
		e.result, e.constant = out.Value() == true, true
		return finding, true
	}
	a := &analyzer{resolver: r}
	if t := a.truth(root); t != unknown {
		e.result, e.constant = t == alwaysTrue, true
	}
	return finding, true
}

// truth predicts the result of an expression from its literals and from the options of the enum slots that it reads.
func (a *analyzer) truth(e ast.Expr) truth {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, ok := e.AsLiteral().(types.Bool); ok {
			return truthOf(bool(b))
		}
	case ast.CallKind:
		return a.callTruth(e.AsCall())
	}
	return unknown
}

func (a *analyzer) callTruth(call ast.CallExpr) truth {
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		return not(a.truth(args[0]))
	case operators.LogicalAnd:
		return and(a.truth(args[0]), a.truth(args[1]))
	case operators.LogicalOr:
		return or(a.truth(args[0]), a.truth(args[1]))
	case operators.Conditional:
		if then, otherwise := a.truth(args[1]), a.truth(args[2]); then == otherwise {
			return then
		}
	case operators.Equals:
		return a.equals(args[0], args[1])
	case operators.NotEquals:
		return not(a.equals(args[0], args[1]))
	case operators.In:
		return a.in(args[0], args[1])
	}
	return unknown
}

// equals predicts the result of x == y. It compares two literals. If one operand is an enum and the other a literal
// that is not one of its options, it returns alwaysFalse. Otherwise, it returns unknown.
func (a *analyzer) equals(x, y ast.Expr) truth {
	if x.Kind() == ast.LiteralKind && y.Kind() == ast.LiteralKind {
		return truthOf(x.AsLiteral().Equal(y.AsLiteral()) == types.True)
	}
	if x.Kind() == ast.LiteralKind {
		x, y = y, x
	}
	options := a.options(x)
	if s, ok := literal(y).(types.String); ok && len(options) > 0 && !slices.Contains(options, string(s)) {
		return alwaysFalse
	}
	return unknown
}

// in predicts the result of "e in list". If e is an enum, the result is alwaysFalse for a list with none of the enum's
// options and alwaysTrue for a list with all of them.
func (a *analyzer) in(e, list ast.Expr) truth {
	options := a.options(e)
	if len(options) == 0 || list.Kind() != ast.ListKind {
		return unknown
	}
	listed := map[string]bool{}
	for _, element := range list.AsList().Elements() {
		s, ok := literal(element).(types.String)
		if !ok {
			return unknown
		}
		listed[string(s)] = true
	}
	found := 0
	for _, o := range options {
		if listed[o] {
			found++
		}
	}
	switch found {
	case 0:
		return alwaysFalse
	case len(options):
		return alwaysTrue
	}
	return unknown
}

// options returns the options of the enum that an expression reads. It returns nil for any other expression.
func (a *analyzer) options(e ast.Expr) []string {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
		return nil
	}
	ref, ok := a.slotOf(e.AsSelect().Operand(), e.AsSelect().FieldName())
	if !ok {
		return nil
	}
	return a.steps[ref.step].Slots[ref.slot].Options
}
