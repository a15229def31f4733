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

// macros are the macros of CEL. Unlike in CEL, has() also accepts the bare name of a slot of the expression's own step.
var macros = []cel.Macro{
	cel.GlobalMacro("has", 1, expandHas), parser.AllMacro, parser.ExistsMacro, parser.ExistsOneMacro,
	parser.MapMacro, parser.MapFilterMacro, parser.FilterMacro,
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

// resolver rewrites the names in an expression before its types are checked. A name refers to the first of these that
// exists: a variable of a comprehension, a slot of the expression's own step, the step with this key, run, or steps.
type resolver struct {
	*scope
	own      int // index of the expression's step
	source   *quotedSource
	info     *ast.SourceInfo
	nextID   int64
	findings []condition.Finding
}

var nodes = ast.NewExprFactory()

// stepIsNoValue is the reason of a finding about a step that is used without one of its slots.
const stepIsNoValue = "bare_step"

// resolve rewrites the names in e. Bound holds the variables of the comprehensions that enclose e.
func (r *resolver) resolve(e ast.Expr, bound []string) {
	switch e.Kind() {
	case ast.IdentKind:
		r.resolveIdent(e, bound)
	case ast.SelectKind:
		r.resolveSelect(e, bound)
	case ast.CallKind:
		r.resolveCall(e, bound)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			r.resolve(element, bound)
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
		r.reportType(e.ID(), "no_maps")
	}
}

// resolveIdent resolves a name that is not followed by a field.
func (r *resolver) resolveIdent(e ast.Expr, bound []string) {
	name := e.AsIdent()
	if slices.Contains(bound, name) {
		return
	}
	if slot, ok := r.slots[r.own][name]; ok {
		r.checkReadable(e.ID(), r.own, slot)
		e.SetKindCase(nodes.NewSelect(e.ID(), r.newStepNode(e.ID(), r.own), name))
		return
	}
	if _, ok := r.keys[name]; ok || name == "run" || name == "steps" {
		r.reportType(e.ID(), stepIsNoValue)
		return
	}
	if isType(name) {
		if r.exact && slices.Contains(numericTypes, name) {
			e.SetKindCase(nodes.NewIdent(e.ID(), numberName))
		}
		return
	}
	r.report(e.ID(), codeUnknownName, map[string]any{"name": name})
}

// isType reports whether a name is a type of CEL, such as int in type(x) == int.
func isType(name string) bool {
	return slices.Contains(
		[]string{"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"}, name)
}

// newStepNode returns a new node for the variable of a step. Its source position is that of the node at.
func (r *resolver) newStepNode(at int64, step int) ast.Expr {
	return r.newIdent(at, stepVariable(step))
}

func (r *resolver) newIdent(at int64, name string) ast.Expr { return nodes.NewIdent(r.newID(at), name) }

// newID returns an unused id, whose source position is that of the node at.
func (r *resolver) newID(at int64) int64 {
	id := r.nextID
	r.nextID++
	if offsets, ok := r.info.GetOffsetRange(at); ok {
		r.info.SetOffsetRange(id, offsets)
	}
	return id
}

// resolveSelect resolves operand.field. If the operand names a step, the field must be one of its slots.
func (r *resolver) resolveSelect(e ast.Expr, bound []string) {
	sel := e.AsSelect()
	step, isStep := r.stepNamedBy(sel.Operand(), bound)
	switch {
	case isStep:
		slot, ok := r.slots[step][sel.FieldName()]
		if !ok {
			r.reportUnknownSlot(e.ID(), step, sel.FieldName())
			return
		}
		r.checkReadable(e.ID(), step, slot)
		r.selectFromStep(e, step)
	case r.isRun(sel.Operand(), bound):
		if sel.FieldName() != "metadata" {
			r.report(e.ID(), codeUnknownName, map[string]any{"name": "run." + sel.FieldName()})
		}
		sel.Operand().SetKindCase(r.newIdent(sel.Operand().ID(), runVariable))
	default:
		r.resolve(sel.Operand(), bound)
	}
}

func (r *resolver) reportType(id int64, code string) {
	r.findings = append(r.findings, r.newFinding(id, codeType, reason{code: code}))
}

func (r *resolver) reportUnknownSlot(id int64, step int, name string) {
	if step != r.own {
		name = r.steps[step].Key + "." + name
	}
	r.report(id, codeUnknownName, map[string]any{"name": name})
}

// selectFromStep replaces the operand of a selection with the variable of a step.
func (r *resolver) selectFromStep(e ast.Expr, step int) {
	sel := e.AsSelect()
	operand := r.newStepNode(sel.Operand().ID(), step)
	if sel.IsTestOnly() {
		e.SetKindCase(nodes.NewPresenceTest(e.ID(), operand, sel.FieldName()))
		return
	}
	e.SetKindCase(nodes.NewSelect(e.ID(), operand, sel.FieldName()))
}

// stepNamedBy returns the index of the step that an operand names, either as key or as steps["key"]. The operand of
// has(name) stands for the expression's own step. The bool is false if the operand names no step.
func (r *resolver) stepNamedBy(e ast.Expr, bound []string) (int, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		if name == ownVariable {
			return r.own, true
		}
		if _, isOwnSlot := r.slots[r.own][name]; isOwnSlot || slices.Contains(bound, name) {
			return 0, false
		}
		step, ok := r.keys[name]
		return step, ok
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || !r.isSteps(call.Args()[0], bound) ||
			call.Args()[1].Kind() != ast.LiteralKind {
			return 0, false
		}
		key, isString := call.Args()[1].AsLiteral().(types.String)
		step, ok := r.keys[string(key)]
		return step, ok && isString
	}
	return 0, false
}

func (r *resolver) isRun(e ast.Expr, bound []string) bool   { return r.isKeyword(e, "run", bound) }
func (r *resolver) isSteps(e ast.Expr, bound []string) bool { return r.isKeyword(e, "steps", bound) }

// isKeyword reports whether e is the given keyword. The keyword is hidden by a bound variable, a slot of the
// expression's own step, or a step of the same name.
func (r *resolver) isKeyword(e ast.Expr, name string, bound []string) bool {
	if e.Kind() != ast.IdentKind || e.AsIdent() != name || slices.Contains(bound, name) {
		return false
	}
	_, isOwnSlot := r.slots[r.own][name]
	_, isStep := r.keys[name]
	return !isOwnSlot && !isStep
}

// checkReadable reports a finding if the slot is sensitive.
func (r *resolver) checkReadable(id int64, step, slot int) {
	if s := &r.steps[step]; s.Slots[slot].Sensitive {
		r.report(id, codeSensitive, map[string]any{"name": s.Key + "." + s.Slots[slot].Name})
	}
}

var fixedZone = regexp.MustCompile(`^(UTC|[+-]?[0-9]{2}:[0-9]{2})$`)

func (r *resolver) resolveCall(e ast.Expr, bound []string) {
	call := e.AsCall()
	switch {
	case r.exact && (call.FunctionName() == operators.Divide || call.FunctionName() == operators.Modulo):
		r.report(e.ID(), codeDivision, nil)
	case call.FunctionName() == operators.OptSelect:
		if step, ok := r.stepNamedBy(call.Args()[0], bound); ok {
			name, _ := call.Args()[1].AsLiteral().(types.String)
			if slot, ok := r.slots[step][string(name)]; !ok {
				r.reportUnknownSlot(e.ID(), step, string(name))
			} else {
				r.checkReadable(e.ID(), step, slot)
			}
			call.Args()[0].SetKindCase(r.newStepNode(call.Args()[0].ID(), step))
			return
		}
	case call.FunctionName() == operators.Index && r.isSteps(call.Args()[0], bound):
		r.reportSteps(e, call)
		return
	case call.IsMemberFunction() && len(call.Args()) == 1 && isTimeAccessor(call.FunctionName()):
		// Named time zones depend on the machine's time zone database, so the results on two machines could differ.
		if zone, ok := literal(call.Args()[0]).(types.String); !ok || !fixedZone.MatchString(string(zone)) {
			r.reportType(e.ID(), "time_zone")
		}
	}
	if call.IsMemberFunction() {
		r.resolve(call.Target(), bound)
	}
	for _, arg := range call.Args() {
		r.resolve(arg, bound)
	}
}

// reportSteps reports a finding for steps[…] if the brackets do not contain the quoted key of a step, or if no slot
// follows them.
func (r *resolver) reportSteps(e ast.Expr, call ast.CallExpr) {
	key, isString := literal(call.Args()[1]).(types.String)
	_, isStep := r.keys[string(key)]
	switch {
	case !isString:
		r.reportType(e.ID(), "key_of_step")
	case isStep:
		r.reportType(e.ID(), stepIsNoValue)
	default:
		r.report(e.ID(), codeUnknownName, map[string]any{"name": string(key)})
	}
}

// literal returns the value of a literal, or nil if e is not one.
func literal(e ast.Expr) any {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	return e.AsLiteral()
}

func isTimeAccessor(name string) bool {
	return slices.Contains([]string{
		"getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes",
		"getSeconds", "getMilliseconds",
	}, name)
}
