package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

const dynFunction = "dyn"

// checkDyn reports types that do not fit but that dyn() hides from the type checker: an expression such as
// dyn(a.text) > 5 fails for every value, and so does [a.text, 1][0] > 5. It checks the source again, without dyn() and
// such lists where a value is used at once.
func (s *scope) checkDyn(step int, source string) []condition.Finding {
	for _, unwrap := range []func(ast.Expr) ast.Expr{dynArgument, hidden} {
		if findings := s.checkUnwrapped(step, source, unwrap); len(findings) > 0 {
			return findings
		}
	}
	return nil
}

// checkUnwrapped checks the types of a source in which the expressions that unwrap returns replace those around them.
func (s *scope) checkUnwrapped(step int, source string, unwrap func(ast.Expr) ast.Expr) []condition.Finding {
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return nil
	}
	found := false
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		for _, used := range usedAtOnce(e) {
			if inner := unwrap(used); inner != nil {
				used.SetKindCase(inner)
				found = true
			}
		}
	}))
	if !found {
		return nil
	}
	if _, issues := s.environment().Check(parsed); issues.Err() != nil {
		return findingsOf(codeType, issues, r.source)
	}
	return nil
}

// usedAtOnce returns the operands of an expression that must have a certain type when it is evaluated.
func usedAtOnce(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.ComprehensionKind:
		return []ast.Expr{e.AsComprehension().IterRange()}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() == operators.Conditional {
			return call.Args()[:1]
		}
		passesOn := []string{"orValue", "or", "optional.of", "type"}
		if slices.Contains(passesOn, call.FunctionName()) {
			return nil
		}
		if call.IsMemberFunction() {
			return append(slices.Clone(call.Args()), call.Target())
		}
		return call.Args()
	}
	return nil
}

// hidden returns the expression whose value an expression has although the type checker does not see its type: the
// argument of dyn(), or the element of a list with a literal index. It returns nil for any other expression.
func hidden(e ast.Expr) ast.Expr {
	if inner := dynArgument(e); inner != nil {
		return inner
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index {
		args := e.AsCall().Args()
		i, ok := indexOf(args[1])
		if args[0].Kind() == ast.ListKind && ok && i >= 0 && int(i) < args[0].AsList().Size() {
			return args[0].AsList().Elements()[i]
		}
	}
	return nil
}

func dynArgument(e ast.Expr) ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == dynFunction {
		return e.AsCall().Args()[0]
	}
	return nil
}

// indexOf returns the index that a literal is. Before types are checked, a number is a conversion of its digits.
func indexOf(e ast.Expr) (types.Int, bool) {
	e = withoutConversion(e)
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == toNumber {
		e = e.AsCall().Args()[0]
	}
	switch v := literal(e).(type) {
	case types.Int:
		return v, true
	case *number:
		return v.index()
	case types.String:
		if n, ok := numberFrom(v).(*number); ok {
			return n.index()
		}
	}
	return 0, false
}
