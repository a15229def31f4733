package cel

import (
	"cmp"
	"slices"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// Widened returns the source with each integer literal that is compared or combined with a number slot written as a
// double, such as 10.0 for 10. If the source has findings, or numbers are exact, Widened returns it unchanged.
func (s *scope) Widened(step int, source string) string {
	if s.exact {
		return source
	}
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return source
	}
	w := widener{analyzer: analyzer{resolver: r}}
	w.visit(parsed.NativeRep().Expr())
	slices.SortFunc(w.edits, func(a, b edit) int { return cmp.Compare(b.start, a.start) })
	text := []rune(source)
	for _, e := range w.edits { // from the end, so that the other offsets stay valid
		text = slices.Concat(text[:e.start], []rune(e.replacement), text[e.end:])
	}
	return string(text)
}

// edit replaces the text between two offsets, in code points.
type edit struct {
	start, end  int
	replacement string
}

type widener struct {
	analyzer
	edits []edit
}

// arithmetic operators take two operands of the same type and return a value of that type.
var arithmetic = []string{operators.Add, operators.Subtract, operators.Multiply, operators.Divide}

// numeric operators take two operands of the same type.
var numeric = append([]string{
	operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater,
	operators.GreaterEquals,
}, arithmetic...)

func (w *widener) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		if args := call.Args(); slices.Contains(numeric, call.FunctionName()) && len(args) == 2 {
			w.widen(args[0], args[1])
			w.widen(args[1], args[0])
		} else if call.FunctionName() == operators.In && w.isDouble(args[0]) && args[1].Kind() == ast.ListKind {
			for _, element := range args[1].AsList().Elements() {
				w.widen(element, args[0])
			}
		}
		if call.IsMemberFunction() {
			w.visit(call.Target())
		}
		for _, a := range call.Args() {
			w.visit(a)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			w.visit(element)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.visit(part)
		}
	}
}

// widen adds an edit if the operand is an integer literal and the other operand is a double.
func (w *widener) widen(operand, other ast.Expr) {
	n, isInt := literal(operand).(types.Int)
	offsets, hasOffsets := w.info.GetOffsetRange(operand.ID())
	if !isInt || !hasOffsets || !w.isDouble(other) {
		return
	}
	double := strconv.FormatInt(int64(n), 10) + ".0"
	w.edits = append(w.edits, edit{int(offsets.Start), int(offsets.Stop), double})
}

// isDouble reports whether an expression is a double: a literal, a number slot, or arithmetic with one of these.
func (w *widener) isDouble(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		_, ok := e.AsLiteral().(types.Double)
		return ok
	case ast.SelectKind:
		ref, ok := w.slotOf(e.AsSelect().Operand(), e.AsSelect().FieldName())
		return ok && w.steps[ref.step].Slots[ref.slot].Kind == condition.Double
	case ast.CallKind:
		args := e.AsCall().Args()
		return len(args) == 2 && slices.Contains(arithmetic, e.AsCall().FunctionName()) &&
			(w.isDouble(args[0]) || w.isDouble(args[1]))
	}
	return false
}
