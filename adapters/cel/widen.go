package cel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// Widened writes each whole-number literal that is set against a number slot as a double.
func (s *scope) Widened(step int, source string) string {
	parsed, r, findings := s.parse(step, source)
	if len(findings) > 0 {
		return source
	}
	w := widening{guards: guards{resolver: r}}
	w.visit(parsed.NativeRep().Expr())
	slices.SortFunc(w.literals, func(a, b edit) int { return cmp.Compare(b.at, a.at) })
	text := []rune(source)
	for _, l := range w.literals { // from the end, so that what comes before keeps its place
		text = slices.Concat(text[:l.at], []rune(l.double), text[l.to:])
	}
	return string(text)
}

// edit replaces the literal between two offsets, in code points.
type edit struct {
	at, to int
	double string
}

type widening struct {
	guards
	literals []edit
}

var comparing = []string{
	operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide,
}

func (w *widening) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		if args := call.Args(); slices.Contains(comparing, call.FunctionName()) && len(args) == 2 {
			w.widen(args[0], args[1])
			w.widen(args[1], args[0])
		} else if call.FunctionName() == operators.In && w.isDouble(args[0]) && args[1].Kind() == ast.ListKind {
			for _, el := range args[1].AsList().Elements() {
				w.widen(el, args[0])
			}
		}
		if call.IsMemberFunction() {
			w.visit(call.Target())
		}
		for _, a := range call.Args() {
			w.visit(a)
		}
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			w.visit(el)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.visit(part)
		}
	}
}

// widen notes a whole-number literal that stands against a double.
func (w *widening) widen(e, against ast.Expr) {
	n, is := literal(e).(types.Int)
	o, ok := w.info.GetOffsetRange(e.ID())
	if !is || !ok || !w.isDouble(against) {
		return
	}
	w.literals = append(w.literals, edit{int(o.Start), int(o.Stop), strconv.FormatInt(int64(n), 10) + ".0"})
}

func (w *widening) isDouble(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		_, is := e.AsLiteral().(types.Double)
		return is
	case ast.SelectKind:
		p, is := w.placeOf(e.AsSelect().Operand(), e.AsSelect().FieldName())
		return is && w.steps[p[0]].Slots[p[1]].Kind == condition.Double
	case ast.CallKind:
		args := e.AsCall().Args()
		name := e.AsCall().FunctionName()
		return len(args) == 2 && strings.HasPrefix(name, "_") && slices.Contains(comparing[6:], name) && (w.isDouble(args[0]) || w.isDouble(args[1]))
	}
	return false
}
