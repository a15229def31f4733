package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/procedo/procedo/core/condition"
)

// operand describes the values that one side of a comparison can have.
type operand struct {
	slots    []slotRef // the slots whose value it can be, or one of whose choices
	list     bool      // it is all choices of a slot, or some of them
	fallback []ref.Val // the literals that it can be instead
	open     bool      // it can be something else too
	derived  bool      // it is computed from the slots; literals compared with it stay as they are written

	elements []ast.Expr // for a variable of a comprehension over a list of literals, the elements of that list
}

// operand describes the value of an expression. It returns the zero operand if the value does not come from a slot.
func (c *literalCheck) operand(e ast.Expr, bound map[string]operand) operand {
	switch e.Kind() {
	case ast.IdentKind:
		return bound[e.AsIdent()]
	case ast.SelectKind:
		if slot, ok := c.slotOf(e.AsSelect().Operand(), e.AsSelect().FieldName()); ok && !e.AsSelect().IsTestOnly() {
			return c.operandOf(slot)
		}
	case ast.CallKind:
		return c.callOperand(e, bound)
	case ast.ComprehensionKind:
		if fold := e.AsComprehension(); isSelection(fold) {
			o := c.operand(fold.IterRange(), bound)
			o.derived = true
			return o
		}
	}
	return operand{}
}

// isSelection reports whether a comprehension returns some elements of its range, as filter() does.
func isSelection(fold ast.ComprehensionExpr) bool {
	step := fold.LoopStep()
	if step.Kind() == ast.CallKind && step.AsCall().FunctionName() == operators.Conditional {
		step = step.AsCall().Args()[1]
	}
	if step.Kind() != ast.CallKind || step.AsCall().FunctionName() != operators.Add {
		return false
	}
	added := step.AsCall().Args()[1]
	if added.Kind() != ast.ListKind || added.AsList().Size() != 1 || fold.AccuInit().Kind() != ast.ListKind {
		return false
	}
	element := added.AsList().Elements()[0]
	return element.Kind() == ast.IdentKind && element.AsIdent() == fold.IterVar()
}

func (c *literalCheck) operandOf(slot slotRef) operand {
	return operand{slots: []slotRef{slot}, list: c.slot(slot).Kind == condition.List}
}

func (c *literalCheck) slot(r slotRef) *condition.Slot { return &c.steps[r.step].Slots[r.slot] }

func (c *literalCheck) callOperand(e ast.Expr, bound map[string]operand) operand {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.Conditional:
		return either(c.operand(args[1], bound), c.operand(args[2], bound), args[1], args[2])
	case operators.Add:
		if a, b := c.operand(args[0], bound), c.operand(args[1], bound); a.list || b.list {
			sum := either(a, b, args[0], args[1])
			sum.derived = true
			return sum
		}
	case "string":
		if t := c.types[args[0].ID()]; t == nil || !t.IsExactType(types.StringType) {
			return operand{}
		}
		fallthrough
	case dynFunction:
		o := c.operand(args[0], bound)
		o.derived = true
		return o
	case operators.OptSelect:
		name, _ := literal(args[1]).(types.String)
		if slot, ok := c.slotOf(args[0], string(name)); ok {
			return c.operandOf(slot)
		}
	case operators.Index, operators.OptIndex:
		if inner := hidden(e); inner != nil {
			return c.operand(inner, bound)
		}
		if args[0].Kind() == ast.ListKind && call.FunctionName() == operators.Index {
			return c.operandOfElements(args[0].AsList().Elements(), bound)
		}
		if o := c.operand(args[0], bound); o.list {
			o.list = false
			return o
		}
	case "orValue", "or":
		if call.IsMemberFunction() && len(args) == 1 {
			value := c.operand(call.Target(), bound)
			c.normalize(value, args[0])
			return either(value, c.operand(args[0], bound), nil, args[0])
		}
	case "value":
		if call.IsMemberFunction() {
			return c.operand(call.Target(), bound)
		}
	}
	return operand{}
}

// either returns the operand for a value that is a or b. x and y are the expressions of a and b, or nil. If an
// expression is a literal or a list, its literals are added to the fallback of the result.
func either(a, b operand, x, y ast.Expr) operand {
	both := operand{
		slots:    slices.Concat(a.slots, b.slots),
		list:     a.list || b.list,
		fallback: slices.Concat(a.fallback, b.fallback),
		open:     a.open || b.open,
		derived:  a.derived || b.derived,
	}
	for side, e := range []ast.Expr{x, y} {
		known := len([]operand{a, b}[side].slots) > 0
		switch {
		case e == nil || known:
		case e.Kind() == ast.LiteralKind:
			both.fallback = append(both.fallback, e.AsLiteral())
		case e.Kind() == ast.ListKind:
			for _, element := range e.AsList().Elements() {
				if element.Kind() != ast.LiteralKind {
					both.open = true
					continue
				}
				both.fallback = append(both.fallback, element.AsLiteral())
			}
		default:
			both.open = true
		}
	}
	return both
}
