package cel

import (
	"regexp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"github.com/procedo/procedo/core/condition"
)

// macros are CEL's, and has() that takes a bare slot name of the step's own besides.
var macros = []cel.Macro{
	cel.GlobalMacro("has", 1, expandHas), parser.AllMacro, parser.ExistsMacro, parser.ExistsOneMacro, parser.MapMacro, parser.MapFilterMacro,
	parser.FilterMacro,
}

func expandHas(f parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	switch arg := args[0]; arg.Kind() {
	case ast.SelectKind:
		return f.NewPresenceTest(arg.AsSelect().Operand(), arg.AsSelect().FieldName()), nil
	case ast.IdentKind:
		return f.NewPresenceTest(f.NewIdent(ownVariable), arg.AsIdent()), nil
	default:
		return nil, f.NewError(arg.ID(), "has() takes the name of a slot")
	}
}

// resolver gives every name its meaning before types are checked: own slot, step key, run, steps, in this order.
type resolver struct {
	*scope
	own      int
	info     *ast.SourceInfo
	next     int64
	findings []condition.Finding
}

var nodes = ast.NewExprFactory()

// resolve rewrites names below e; bound are the variables of the comprehensions around it.
func (r *resolver) resolve(e ast.Expr, bound []string) {
	switch e.Kind() {
	case ast.IdentKind:
		r.ident(e, bound)
	case ast.SelectKind:
		r.selected(e, bound)
	case ast.CallKind:
		r.call(e, bound)
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			r.resolve(el, bound)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		r.resolve(c.IterRange(), bound)
		r.resolve(c.AccuInit(), bound)
		inner := append(slices.Clip(bound), c.IterVar(), c.IterVar2(), c.AccuVar())
		for _, part := range []ast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()} {
			r.resolve(part, inner)
		}
	case ast.MapKind, ast.StructKind:
		r.findings = append(r.findings, r.finding(e.ID(), "condition_type", "maps and messages cannot be made in a condition"))
	}
}

// ident resolves a bare name.
func (r *resolver) ident(e ast.Expr, bound []string) {
	name := e.AsIdent()
	if slices.Contains(bound, name) {
		return
	}
	if j, is := r.slots[r.own][name]; is {
		r.readable(e.ID(), r.own, j)
		e.SetKindCase(nodes.NewSelect(e.ID(), r.variable(e.ID(), r.own), name))
		return
	}
	if _, is := r.keys[name]; is || name == "run" || name == "steps" {
		r.findings = append(r.findings, r.finding(e.ID(), "condition_type", "a step is no value: name one of its slots"))
		return
	}
	if isType(name) {
		return
	}
	r.find(e.ID(), "condition_unknown", map[string]any{"name": name})
}

// isType reports a name that CEL itself gives to a type, such as in type(x) == int.
func isType(name string) bool {
	return slices.Contains([]string{"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"}, name)
}

// variable is a fresh node that names a step, at the place of another node.
func (r *resolver) variable(at int64, step int) ast.Expr { return r.named(at, variable(step)) }

func (r *resolver) named(at int64, name string) ast.Expr {
	id := r.next
	r.next++
	if o, ok := r.info.GetOffsetRange(at); ok {
		r.info.SetOffsetRange(id, o)
	}
	return nodes.NewIdent(id, name)
}

// selected resolves operand.field: where the operand names a step, the field is one of its slots.
func (r *resolver) selected(e ast.Expr, bound []string) {
	sel := e.AsSelect()
	step, is := r.step(sel.Operand(), bound)
	switch {
	case is:
		j, known := r.slots[step][sel.FieldName()]
		if !known {
			r.unknownSlot(e.ID(), step, sel.FieldName())
			return
		}
		r.readable(e.ID(), step, j)
		r.put(e, step)
	case r.isRun(sel.Operand(), bound):
		if sel.FieldName() != "metadata" {
			r.find(e.ID(), "condition_unknown", map[string]any{"name": "run." + sel.FieldName()})
		}
		r.replace(sel.Operand(), r.named(sel.Operand().ID(), runVariable))
	default:
		r.resolve(sel.Operand(), bound)
	}
}

func (r *resolver) unknownSlot(id int64, step int, name string) {
	if step == r.own {
		r.find(id, "condition_unknown", map[string]any{"name": name})
		return
	}
	r.find(id, "condition_unknown", map[string]any{"name": r.steps[step].Key + "." + name})
}

// put makes a selection read from the step's variable.
func (r *resolver) put(e ast.Expr, step int) {
	sel := e.AsSelect()
	operand := r.variable(sel.Operand().ID(), step)
	if sel.IsTestOnly() {
		e.SetKindCase(nodes.NewPresenceTest(e.ID(), operand, sel.FieldName()))
		return
	}
	e.SetKindCase(nodes.NewSelect(e.ID(), operand, sel.FieldName()))
}

func (r *resolver) replace(e, by ast.Expr) { e.SetKindCase(by) }

// step reports which step an operand names: own, key, or steps["key"].
func (r *resolver) step(e ast.Expr, bound []string) (int, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		if name == ownVariable {
			return r.own, true
		}
		if _, ownSlot := r.slots[r.own][name]; ownSlot || slices.Contains(bound, name) {
			return 0, false
		}
		i, is := r.keys[name]
		return i, is
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || !r.isSteps(call.Args()[0], bound) || call.Args()[1].Kind() != ast.LiteralKind {
			return 0, false
		}
		key, text := call.Args()[1].AsLiteral().(types.String)
		i, is := r.keys[string(key)]
		return i, is && text
	}
	return 0, false
}

func (r *resolver) isRun(e ast.Expr, bound []string) bool   { return r.free(e, "run", bound) }
func (r *resolver) isSteps(e ast.Expr, bound []string) bool { return r.free(e, "steps", bound) }

// free reports an identifier that nothing nearer has taken.
func (r *resolver) free(e ast.Expr, name string, bound []string) bool {
	if e.Kind() != ast.IdentKind || e.AsIdent() != name || slices.Contains(bound, name) {
		return false
	}
	_, ownSlot := r.slots[r.own][name]
	_, stepKey := r.keys[name]
	return !ownSlot && !stepKey
}

// readable finds a read of a sensitive slot.
func (r *resolver) readable(id int64, step, slot int) {
	if s := &r.steps[step]; s.Slots[slot].Sensitive {
		r.find(id, "condition_sensitive", map[string]any{"name": s.Key + "." + s.Slots[slot].Name})
	}
}

var fixedZone = regexp.MustCompile(`^(UTC|[+-]?[0-9]{2}:[0-9]{2})$`)

func (r *resolver) call(e ast.Expr, bound []string) {
	call := e.AsCall()
	switch {
	case call.FunctionName() == operators.OptSelect:
		if step, is := r.step(call.Args()[0], bound); is {
			name, _ := call.Args()[1].AsLiteral().(types.String)
			if j, known := r.slots[step][string(name)]; !known {
				r.unknownSlot(e.ID(), step, string(name))
			} else {
				r.readable(e.ID(), step, j)
			}
			r.replace(call.Args()[0], r.variable(call.Args()[0].ID(), step))
			return
		}
	case call.FunctionName() == operators.Index && r.isSteps(call.Args()[0], bound):
		r.unknownStep(e, call)
		return
	case call.IsMemberFunction() && len(call.Args()) == 1 && isTimeAccessor(call.FunctionName()):
		// Named zones come from the machine's own database: what they decide could change from one to another.
		if zone, text := literal(call.Args()[0]).(types.String); !text || !fixedZone.MatchString(string(zone)) {
			r.findings = append(r.findings, r.finding(e.ID(), "condition_type", "a time zone is UTC or an offset such as '+01:00'"))
		}
	}
	if call.IsMemberFunction() {
		r.resolve(call.Target(), bound)
	}
	for _, arg := range call.Args() {
		r.resolve(arg, bound)
	}
}

// unknownStep says what is wrong with steps[…] that is not followed by a slot, or names no step.
func (r *resolver) unknownStep(e ast.Expr, call ast.CallExpr) {
	key, text := literal(call.Args()[1]).(types.String)
	_, known := r.keys[string(key)]
	switch {
	case !text:
		r.findings = append(r.findings, r.finding(e.ID(), "condition_type", "steps[…] takes the key of a step in quotes"))
	case known:
		r.findings = append(r.findings, r.finding(e.ID(), "condition_type", "a step is no value: name one of its slots"))
	default:
		r.find(e.ID(), "condition_unknown", map[string]any{"name": string(key)})
	}
}

// literal is a constant node's value, nil of any other.
func literal(e ast.Expr) any {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	return e.AsLiteral()
}

func isTimeAccessor(name string) bool {
	return slices.Contains([]string{"getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}, name)
}
