package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// truth is what can be said of an expression without values.
type truth int

const (
	unknown truth = iota
	always
	never
)

func truthOf(b bool) truth {
	if b {
		return always
	}
	return never
}

func (t truth) not() truth { return [...]truth{unknown: unknown, always: never, never: always}[t] }

// fold finds out whether the expression decides the same whatever the values. One that reads nothing is evaluated;
// when that fails, it always will.
func (e *expression) fold(r *resolver, root ast.Expr) (finding condition.Finding, broken bool) {
	if len(e.reads) == 0 {
		out, _, err := e.program.Eval(map[string]any{})
		if err != nil {
			return r.finding(root.ID(), "condition", err.Error()), true
		}
		e.result, e.constant = out.Value() == true, true
		return finding, false
	}
	g := &guards{resolver: r}
	if t := g.truth(root); t != unknown {
		e.result, e.constant = t == always, true
	}
	return finding, false
}

// truth judges by literals and by the options of enums.
func (g *guards) truth(e ast.Expr) truth {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, is := e.AsLiteral().(types.Bool); is {
			return truthOf(bool(b))
		}
	case ast.CallKind:
		return g.callTruth(e.AsCall())
	}
	return unknown
}

func (g *guards) callTruth(call ast.CallExpr) truth {
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		return g.truth(args[0]).not()
	case operators.LogicalAnd:
		return all(g.truth(args[0]), g.truth(args[1]))
	case operators.LogicalOr:
		return all(g.truth(args[0]).not(), g.truth(args[1]).not()).not()
	case operators.Conditional:
		if a, b := g.truth(args[1]), g.truth(args[2]); a == b {
			return a
		}
	case operators.Equals:
		return g.equals(args[0], args[1])
	case operators.NotEquals:
		return g.equals(args[0], args[1]).not()
	case operators.In:
		return g.oneOf(args[0], args[1])
	}
	return unknown
}

func all(a, b truth) truth {
	switch {
	case a == never || b == never:
		return never
	case a == always && b == always:
		return always
	}
	return unknown
}

// equals knows that an enum never is what is not among its options.
func (g *guards) equals(a, b ast.Expr) truth {
	if a.Kind() == ast.LiteralKind && b.Kind() == ast.LiteralKind {
		return truthOf(a.AsLiteral().Equal(b.AsLiteral()) == types.True)
	}
	if a.Kind() == ast.LiteralKind {
		a, b = b, a
	}
	options, text := g.options(a), literal(b)
	if s, is := text.(types.String); is && len(options) > 0 && !slices.Contains(options, string(s)) {
		return never
	}
	return unknown
}

// oneOf knows that an enum is in no list that has none of its options, and in every list that has them all.
func (g *guards) oneOf(e, list ast.Expr) truth {
	options := g.options(e)
	if len(options) == 0 || list.Kind() != ast.ListKind {
		return unknown
	}
	listed := map[string]bool{}
	for _, el := range list.AsList().Elements() {
		s, is := literal(el).(types.String)
		if !is {
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
		return never
	case len(options):
		return always
	}
	return unknown
}

// options are those of the enum that a node reads; none of anything else.
func (g *guards) options(e ast.Expr) []string {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
		return nil
	}
	p, is := g.placeOf(e.AsSelect().Operand(), e.AsSelect().FieldName())
	if !is {
		return nil
	}
	return g.steps[p[0]].Slots[p[1]].Options
}
