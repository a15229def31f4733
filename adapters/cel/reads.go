package cel

import (
	"cmp"
	"maps"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/procedo/procedo/core/condition"
)

// slotRef identifies a slot of the definition: the index of the step, and the index of the slot within the step.
type slotRef struct{ step, slot int }

type slotSet map[slotRef]bool

func union(a, b slotSet) slotSet {
	if len(a) == 0 {
		return b
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func intersection(a, b slotSet) slotSet {
	common := slotSet{}
	for ref := range a {
		if b[ref] {
			common[ref] = true
		}
	}
	return common
}

// reads returns the reads of an expression, in the order of the source. A read is guarded if the expression handles an
// absent value. It does so if the read is optional (.?), or if has(), combined by &&, || or ?:, ensures that the value
// is present whenever the result depends on the read.
func (r *resolver) reads(e ast.Expr) []condition.Read {
	a := &analyzer{resolver: r}
	a.walk(e, nil)
	slices.SortStableFunc(a.found, func(x, y condition.Read) int { return cmp.Or(x.Line-y.Line, x.Column-y.Column) })
	return a.found
}

// analyzer examines an expression whose names are resolved.
type analyzer struct {
	*resolver
	found []condition.Read
}

func (a *analyzer) add(id int64, r condition.Read) {
	r.Line, r.Column = a.position(id)
	a.found = append(a.found, r)
}

// walk adds the reads in e. Present holds the slots that are known to have a value whenever the result depends on e.
func (a *analyzer) walk(e ast.Expr, present slotSet) {
	switch e.Kind() {
	case ast.SelectKind:
		a.walkSelect(e, present)
	case ast.CallKind:
		a.walkCall(e, present)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			a.walk(element, present)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			a.walk(part, present)
		}
	}
}

func (a *analyzer) walkSelect(e ast.Expr, present slotSet) {
	sel := e.AsSelect()
	if ref, ok := a.slotOf(sel.Operand(), sel.FieldName()); ok {
		a.add(e.ID(), condition.Read{Step: ref.step, Slot: ref.slot, Guarded: sel.IsTestOnly() || present[ref]})
		return
	}
	if member, ok := a.metadata(e); ok {
		a.add(e.ID(), condition.Read{Step: -1, Metadata: member})
		return
	}
	a.walk(sel.Operand(), present)
}

// slotOf returns the slot that operand.field reads, and whether the operand is the variable of a step with such a slot.
func (a *analyzer) slotOf(operand ast.Expr, field string) (slotRef, bool) {
	if operand.Kind() != ast.IdentKind {
		return slotRef{}, false
	}
	step, ok := a.stepOf(operand.AsIdent())
	if !ok {
		return slotRef{}, false
	}
	slot, ok := a.slots[step][field]
	return slotRef{step, slot}, ok
}

// metadata returns the member of the run's metadata that a node reads, and whether it reads metadata. The member is
// empty if the node reads all metadata.
func (a *analyzer) metadata(e ast.Expr) (member string, ok bool) {
	switch e.Kind() {
	case ast.SelectKind:
		sel := e.AsSelect()
		if op := sel.Operand(); op.Kind() == ast.IdentKind && op.AsIdent() == runVariable {
			return "", true
		}
		if inner, ok := a.metadata(sel.Operand()); ok && inner == "" {
			return sel.FieldName(), true
		}
	case ast.CallKind:
		call := e.AsCall()
		if f := call.FunctionName(); f != operators.Index && f != operators.OptSelect && f != operators.OptIndex {
			return "", false
		}
		if inner, ok := a.metadata(call.Args()[0]); ok && inner == "" {
			name, _ := literal(call.Args()[1]).(types.String)
			return string(name), true
		}
	}
	return "", false
}

func (a *analyzer) walkCall(e ast.Expr, present slotSet) {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd: // false on one side is the result, even if the other side fails
		a.walk(args[0], union(present, a.presentIf(args[1], true)))
		a.walk(args[1], union(present, a.presentIf(args[0], true)))
	case operators.LogicalOr: // true on one side is the result, even if the other side fails
		a.walk(args[0], union(present, a.presentIf(args[1], false)))
		a.walk(args[1], union(present, a.presentIf(args[0], false)))
	case operators.Conditional:
		a.walk(args[0], present)
		a.walk(args[1], union(present, a.presentIf(args[0], true)))
		a.walk(args[2], union(present, a.presentIf(args[0], false)))
	case operators.OptSelect:
		name, _ := literal(args[1]).(types.String)
		if ref, ok := a.slotOf(args[0], string(name)); ok {
			a.add(e.ID(), condition.Read{Step: ref.step, Slot: ref.slot, Guarded: true})
			return
		}
		fallthrough
	default:
		if member, ok := a.metadata(e); ok {
			a.add(e.ID(), condition.Read{Step: -1, Metadata: member})
			return
		}
		if call.IsMemberFunction() {
			a.walk(call.Target(), present)
		}
		for _, arg := range args {
			a.walk(arg, present)
		}
	}
}

// presentIf returns the slots that must have a value if e has the given result.
func (a *analyzer) presentIf(e ast.Expr, result bool) slotSet {
	switch e.Kind() {
	case ast.SelectKind:
		sel := e.AsSelect()
		if ref, ok := a.slotOf(sel.Operand(), sel.FieldName()); ok && sel.IsTestOnly() && result {
			return slotSet{ref: true}
		}
	case ast.CallKind:
		args := e.AsCall().Args()
		switch name := e.AsCall().FunctionName(); {
		case name == operators.LogicalNot:
			return a.presentIf(args[0], !result)
		case name == operators.LogicalAnd && result, name == operators.LogicalOr && !result:
			return union(a.presentIf(args[0], result), a.presentIf(args[1], result))
		case name == operators.LogicalAnd, name == operators.LogicalOr:
			return intersection(a.presentIf(args[0], result), a.presentIf(args[1], result))
		}
	}
	return nil
}
