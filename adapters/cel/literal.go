package cel

import (
	"cmp"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/procedo/procedo/core/condition"
)

// maxShown is the maximum length of a literal in a finding, in bytes.
const maxShown = 100

// literalCheck examines the literals that an expression compares with slots. It writes each literal in the form in
// which the slot keeps it, and reports those that the slot can never hold.
type literalCheck struct {
	*analyzer
	impossible []impossible
}

// impossible is a finding about a literal, and the position of the literal.
type impossible struct {
	condition.Finding
	line, column int
}

// operand is what is known about one side of a comparison.
type operand struct {
	slots    []slotRef // the slots whose value it can be, or one of whose choices
	list     bool      // it is all choices of a slot
	fallback []string  // the literals that it can be if a slot has no value
}

// checkLiterals returns a finding for each literal that a slot can never hold.
func (r *resolver) checkLiterals(root ast.Expr) []condition.Finding {
	if !r.exact {
		return nil
	}
	c := &literalCheck{analyzer: &analyzer{resolver: r}}
	c.check(root, nil)
	slices.SortStableFunc(c.impossible, func(a, b impossible) int { return cmp.Or(a.line-b.line, a.column-b.column) })
	var findings []condition.Finding
	for _, i := range c.impossible {
		findings = append(findings, i.Finding)
	}
	return findings
}

// check examines the comparisons in e. Bound holds what the variables of the enclosing comprehensions stand for.
func (c *literalCheck) check(e ast.Expr, bound map[string]operand) {
	switch e.Kind() {
	case ast.SelectKind:
		c.check(e.AsSelect().Operand(), bound)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			c.check(element, bound)
		}
	case ast.ComprehensionKind:
		c.checkComprehension(e.AsComprehension(), bound)
	case ast.CallKind:
		call := e.AsCall()
		c.checkCall(call, bound)
		if call.IsMemberFunction() {
			c.check(call.Target(), bound)
		}
		for _, arg := range call.Args() {
			c.check(arg, bound)
		}
	}
}

func (c *literalCheck) checkComprehension(fold ast.ComprehensionExpr, bound map[string]operand) {
	c.check(fold.IterRange(), bound)
	inner := map[string]operand{}
	for name, o := range bound {
		inner[name] = o
	}
	over := c.operand(fold.IterRange(), bound)
	inner[fold.IterVar()] = operand{slots: over.slots, fallback: over.fallback}
	for _, part := range []ast.Expr{fold.AccuInit(), fold.LoopCondition(), fold.LoopStep(), fold.Result()} {
		c.check(part, inner)
	}
}

func (c *literalCheck) checkCall(call ast.CallExpr, bound map[string]operand) {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals:
		c.compare(c.operand(args[0], bound), args[1], equal)
		c.compare(c.operand(args[1], bound), args[0], equal)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		c.compare(c.operand(args[0], bound), args[1], order)
		c.compare(c.operand(args[1], bound), args[0], order)
	case operators.In:
		if list := c.operand(args[1], bound); list.list {
			list.list = false
			c.compare(list, args[0], equal)
		}
		if one := c.operand(args[0], bound); args[1].Kind() == ast.ListKind && !one.list {
			c.compareElements(one, args[1], equal)
		}
	case "timestamp", "duration":
		c.checkConversion(call)
	}
}

// checkConversion reports a text that is not in the form of a timestamp or duration.
func (c *literalCheck) checkConversion(call ast.CallExpr) {
	to := types.TimestampType
	if call.FunctionName() == "duration" {
		to = types.DurationType
	}
	if text, ok := literal(call.Args()[0]).(types.String); ok && types.IsError(text.ConvertToType(to)) {
		c.reportLiteral(call.Args()[0], call.FunctionName(), string(text))
	}
}

// operand returns what is known about an expression. It is the zero operand if the expression is not a slot's value.
func (c *literalCheck) operand(e ast.Expr, bound map[string]operand) operand {
	switch e.Kind() {
	case ast.IdentKind:
		return bound[e.AsIdent()]
	case ast.SelectKind:
		if slot, ok := c.slotOf(e.AsSelect().Operand(), e.AsSelect().FieldName()); ok && !e.AsSelect().IsTestOnly() {
			return c.operandOf(slot)
		}
	case ast.CallKind:
		return c.callOperand(e.AsCall(), bound)
	}
	return operand{}
}

func (c *literalCheck) operandOf(slot slotRef) operand {
	return operand{slots: []slotRef{slot}, list: c.slot(slot).Kind == condition.List}
}

func (c *literalCheck) slot(r slotRef) *condition.Slot { return &c.steps[r.step].Slots[r.slot] }

func (c *literalCheck) callOperand(call ast.CallExpr, bound map[string]operand) operand {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Conditional:
		return either(c.operand(args[1], bound), c.operand(args[2], bound), args[1], args[2])
	case operators.OptSelect:
		name, _ := literal(args[1]).(types.String)
		if slot, ok := c.slotOf(args[0], string(name)); ok {
			return c.operandOf(slot)
		}
	case operators.Index, operators.OptIndex:
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

// either returns what is known about an expression that has the value of one of two operands. The expressions are those
// of the operands; if one is a literal, the value can be that.
func either(a, b operand, x, y ast.Expr) operand {
	both := operand{
		slots:    slices.Concat(a.slots, b.slots),
		list:     a.list || b.list,
		fallback: slices.Concat(a.fallback, b.fallback),
	}
	for _, e := range []ast.Expr{x, y} {
		if e == nil {
			continue
		}
		if text, ok := textOf(e); ok {
			both.fallback = append(both.fallback, text)
		}
		if e.Kind() == ast.ListKind {
			for _, element := range e.AsList().Elements() {
				text, _ := textOf(element)
				both.fallback = append(both.fallback, text)
			}
		}
	}
	return both
}

// textOf returns the value of a text literal, or the plain decimal notation of a number literal. It returns false for
// any other expression.
func textOf(e ast.Expr) (string, bool) {
	switch v := literal(e).(type) {
	case types.String:
		return string(v), true
	case *number:
		return v.String(), true
	}
	return "", false
}

// question is how a slot is asked whether it can hold a literal.
type question func(s *condition.Slot, literal string) (kept string, ok bool)

func equal(s *condition.Slot, text string) (string, bool) { return ask(s.Equal, text) }
func order(s *condition.Slot, text string) (string, bool) { return ask(s.Order, text) }

func ask(accepts func(string) (string, bool), text string) (string, bool) {
	if accepts == nil {
		return text, true
	}
	return accepts(text)
}

// compare examines a literal, or the elements of a list, that are compared with an operand.
func (c *literalCheck) compare(o operand, e ast.Expr, q question) {
	if o.list {
		if e.Kind() == ast.ListKind {
			c.compareElements(o, e, q)
		}
		return
	}
	text, ok := textOf(e)
	if !ok || len(o.slots) == 0 {
		return
	}
	accepted, kept := c.accept(o, text, q)
	switch {
	case accepted:
		setText(e, kept)
	case !slices.Contains(o.fallback, text):
		slot := o.slots[0]
		c.reportLiteral(e, c.steps[slot.step].Key+"."+c.slot(slot).Name, text)
	}
}

func (c *literalCheck) compareElements(o operand, list ast.Expr, q question) {
	o.list = false
	for _, element := range list.AsList().Elements() {
		c.compare(o, element, q)
	}
}

// accept reports whether one of the slots can hold a literal, and the form in which it keeps it.
func (c *literalCheck) accept(o operand, text string, q question) (accepted bool, kept string) {
	for _, slot := range o.slots {
		if form, ok := q(c.slot(slot), text); ok {
			return true, form
		}
	}
	return false, text
}

// normalize writes a literal that stands in for the value of a slot in the form that the slot would keep.
func (c *literalCheck) normalize(o operand, e ast.Expr) {
	if text, ok := textOf(e); ok {
		if accepted, kept := c.accept(o, text, order); accepted {
			setText(e, kept)
		}
	}
}

// setText replaces a literal text.
func setText(e ast.Expr, text string) {
	if _, ok := e.AsLiteral().(types.String); ok {
		e.SetKindCase(nodes.NewLiteral(e.ID(), ref.Val(types.String(text))))
	}
}

func (c *literalCheck) reportLiteral(e ast.Expr, name, text string) {
	f := c.newFinding(e.ID(), codeLiteral, reason{})
	f.Params["name"], f.Params["literal"] = name, cut(text, maxShown)
	line, column := c.position(e.ID())
	c.impossible = append(c.impossible, impossible{f, line, column})
}
