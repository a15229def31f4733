package cel

import (
	"cmp"
	"slices"
	"strconv"

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
	types      map[int64]*types.Type // the types of the nodes
	impossible []impossible
}

// impossible is a finding about a literal, and the position of the literal.
type impossible struct {
	condition.Finding
	line, column int
}

// checkLiterals returns a finding for each literal that a slot can never hold.
func (r *resolver) checkLiterals(root ast.Expr, types map[int64]*types.Type) []condition.Finding {
	if !r.exact {
		return nil
	}
	c := &literalCheck{analyzer: &analyzer{resolver: r}, types: types}
	c.check(root, nil)
	slices.SortStableFunc(c.impossible, func(a, b impossible) int { return cmp.Or(a.line-b.line, a.column-b.column) })
	var findings []condition.Finding
	for _, i := range c.impossible {
		findings = append(findings, i.Finding)
	}
	return findings
}

// check examines the comparisons in e. Bound maps the variables of the enclosing comprehensions to their values.
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
		c.checkNever(e, bound)
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
	if fold.IterRange().Kind() == ast.ListKind {
		over = c.operandOfElements(fold.IterRange().AsList().Elements(), bound)
	}
	over.list = false
	inner[fold.IterVar()] = over
	for _, part := range []ast.Expr{fold.AccuInit(), fold.LoopCondition(), fold.LoopStep(), fold.Result()} {
		c.check(part, inner)
	}
}

// operandOfElements returns what is known about a variable that stands for the elements of a list.
func (c *literalCheck) operandOfElements(elements []ast.Expr, bound map[string]operand) (o operand) {
	for _, element := range elements {
		o = either(o, c.operand(element, bound), nil, element)
	}
	o.elements, o.derived = elements, true
	return o
}

func (c *literalCheck) checkCall(call ast.CallExpr, bound map[string]operand) {
	args := call.Args()
	both := func(q question) {
		for _, side := range [][2]ast.Expr{{args[0], args[1]}, {args[1], args[0]}} {
			for _, e := range alternatives(side[1], bound) {
				c.compare(c.operand(side[0], bound), e, q)
			}
		}
	}
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals:
		both(equal)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		both(order)
	case operators.In:
		if list := c.operand(args[1], bound); list.list {
			list.list = false
			for _, e := range alternatives(args[0], bound) {
				c.compare(list, e, equal)
			}
		}
		if one := c.operand(args[0], bound); args[1].Kind() == ast.ListKind && !one.list {
			c.compareElements(one, args[1], equal)
		}
	}
}

// alternatives returns the literals that a variable of a comprehension stands for. For any other expression, it returns
// the expression.
func alternatives(e ast.Expr, bound map[string]operand) []ast.Expr {
	if e.Kind() != ast.IdentKind {
		return []ast.Expr{e}
	}
	var all []ast.Expr
	for _, element := range bound[e.AsIdent()].elements {
		all = append(all, nodes.CopyExpr(element)) // the variable may be compared with slots of different forms
	}
	return all
}

// textOf returns the value of a text literal, or the notation of another literal. It returns false for any other
// expression.
func textOf(e ast.Expr) (string, bool) {
	switch v := literal(e).(type) {
	case types.String:
		return string(v), true
	case *number:
		return v.String(), true
	case types.Bool:
		return strconv.FormatBool(bool(v)), true
	case types.Null:
		return "null", true
	}
	return "", false
}

// question is a function that reports whether a slot can hold a literal, and returns the form in which the slot would
// keep it.
type question func(s *condition.Slot, literal string) (kept string, ok bool)

func equal(s *condition.Slot, text string) (string, bool) { return ask(s.Equal, text) }
func order(s *condition.Slot, text string) (string, bool) { return ask(s.Order, text) }

func ask(accepts func(string) (string, bool), text string) (string, bool) {
	if accepts == nil {
		return text, true
	}
	return accepts(text)
}

// compare examines what an operand is compared with: a literal or, if the operand is a whole list, each element of a
// list. It rewrites a literal to the form in which the slot keeps it, and reports a literal that no slot can hold.
func (c *literalCheck) compare(o operand, e ast.Expr, q question) {
	if o.list {
		if e.Kind() == ast.ListKind {
			c.compareElements(o, e, q)
		}
		return
	}
	e, instant := instantOf(e)
	text, ok := textOf(e)
	if !ok || len(o.slots) == 0 {
		return
	}
	accepted, kept := c.accept(o, e.AsLiteral(), instant, text, q)
	switch {
	case accepted && o.derived:
	case accepted:
		setText(e, kept)
	case o.open || slices.ContainsFunc(o.fallback, func(v ref.Val) bool { return v.Equal(e.AsLiteral()) == types.True }):
	default:
		c.reportLiteral(e, c.nameOf(o.slots[0]), text)
	}
}

// instantOf returns the literal text of a call such as timestamp('2026-11-23T09:00:00Z'), and whether e is such a call.
// It returns any other expression unchanged.
func instantOf(e ast.Expr) (text ast.Expr, ok bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "timestamp" {
		return e, false
	}
	arg := e.AsCall().Args()[0]
	if v, isText := literal(arg).(types.String); !isText || types.IsError(v.ConvertToType(types.TimestampType)) {
		return e, false
	}
	return arg, true
}

func (c *literalCheck) compareElements(o operand, list ast.Expr, q question) {
	o.list = false
	for _, element := range list.AsList().Elements() {
		c.compare(o, element, q)
	}
}

// accept reports whether one of the slots can hold a literal, and returns the form in which that slot would keep it.
func (c *literalCheck) accept(
	o operand, v ref.Val, instant bool, text string, q question,
) (accepted bool, kept string) {
	for _, r := range o.slots {
		slot := c.slot(r)
		if !fits(slot.Kind, v, instant) {
			continue
		}
		if form, ok := q(slot, text); ok {
			return true, form
		}
	}
	return false, text
}

// fits reports whether a literal has the type of a slot's values, or of its choices. The literal of an instant is a
// text.
func fits(k condition.Kind, v ref.Val, instant bool) bool {
	switch k {
	case condition.Text, condition.List:
		return v.Type() == types.StringType && !instant
	case condition.Number:
		_, ok := v.(*number)
		return ok
	case condition.Boolean:
		return v.Type() == types.BoolType
	case condition.Timestamp:
		return instant
	}
	return true
}

// normalize writes a literal that stands in for the value of a slot in the form that the slot would keep.
func (c *literalCheck) normalize(o operand, e ast.Expr) {
	if text, ok := textOf(e); ok {
		if accepted, kept := c.accept(o, e.AsLiteral(), false, text, order); accepted {
			setText(e, kept)
		}
	}
}

// setText replaces the value of a text literal. It leaves literals of other types unchanged.
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
