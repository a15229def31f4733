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

// place is one slot of one step.
type place [2]int

type places map[place]bool

func union(a, b places) places {
	if len(a) == 0 {
		return b
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func both(a, b places) places {
	common := places{}
	for p := range a {
		if b[p] {
			common[p] = true
		}
	}
	return common
}

// reads lists what an expression reads, and whether each read is guarded: by has() through &&, ?: and negated ||, or
// by being optional itself.
func (r *resolver) reads(e ast.Expr) []condition.Read {
	g := &guards{resolver: r}
	g.walk(e, nil)
	slices.SortStableFunc(g.found, func(a, b condition.Read) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return g.found
}

type guards struct {
	*resolver
	found []condition.Read
}

func (g *guards) add(id int64, r condition.Read) {
	r.Line, r.Column = g.place(id)
	g.found = append(g.found, r)
}

func (g *guards) walk(e ast.Expr, present places) {
	switch e.Kind() {
	case ast.SelectKind:
		g.selected(e, present)
	case ast.CallKind:
		g.call(e, present)
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			g.walk(el, present)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			g.walk(part, present)
		}
	}
}

func (g *guards) selected(e ast.Expr, present places) {
	sel := e.AsSelect()
	if p, is := g.placeOf(sel.Operand(), sel.FieldName()); is {
		g.add(e.ID(), condition.Read{Step: p[0], Slot: p[1], Guarded: sel.IsTestOnly() || present[p]})
		return
	}
	if name, is := g.metadata(e); is {
		g.add(e.ID(), condition.Read{Step: -1, Metadata: name})
		return
	}
	g.walk(sel.Operand(), present)
}

// placeOf is the slot that a selection from a step's variable names.
func (g *guards) placeOf(operand ast.Expr, field string) (place, bool) {
	if operand.Kind() != ast.IdentKind {
		return place{}, false
	}
	i, is := g.stepOf(operand.AsIdent())
	if !is {
		return place{}, false
	}
	j, is := g.slots[i][field]
	return place{i, j}, is
}

// metadata is the member of the run's metadata that a node reads; empty for all of it.
func (g *guards) metadata(e ast.Expr) (member string, is bool) {
	switch e.Kind() {
	case ast.SelectKind:
		sel := e.AsSelect()
		if op := sel.Operand(); op.Kind() == ast.IdentKind && op.AsIdent() == runVariable {
			return "", true
		}
		if inner, is := g.metadata(sel.Operand()); is && inner == "" {
			return sel.FieldName(), true
		}
	case ast.CallKind:
		call := e.AsCall()
		if f := call.FunctionName(); f != operators.Index && f != operators.OptSelect && f != operators.OptIndex {
			return "", false
		}
		if inner, is := g.metadata(call.Args()[0]); is && inner == "" {
			name, _ := literal(call.Args()[1]).(types.String)
			return string(name), true
		}
	}
	return "", false
}

func (g *guards) call(e ast.Expr, present places) {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd: // an error on one side yields to false on the other
		g.walk(args[0], union(present, g.when(args[1], true)))
		g.walk(args[1], union(present, g.when(args[0], true)))
	case operators.LogicalOr:
		g.walk(args[0], union(present, g.when(args[1], false)))
		g.walk(args[1], union(present, g.when(args[0], false)))
	case operators.Conditional:
		g.walk(args[0], present)
		g.walk(args[1], union(present, g.when(args[0], true)))
		g.walk(args[2], union(present, g.when(args[0], false)))
	case operators.OptSelect:
		name, _ := literal(args[1]).(types.String)
		if p, is := g.placeOf(args[0], string(name)); is {
			g.add(e.ID(), condition.Read{Step: p[0], Slot: p[1], Guarded: true})
			return
		}
		fallthrough
	default:
		if name, is := g.metadata(e); is {
			g.add(e.ID(), condition.Read{Step: -1, Metadata: name})
			return
		}
		if call.IsMemberFunction() {
			g.walk(call.Target(), present)
		}
		for _, arg := range args {
			g.walk(arg, present)
		}
	}
}

// when is what must be present for e to have this outcome.
func (g *guards) when(e ast.Expr, outcome bool) places {
	switch e.Kind() {
	case ast.SelectKind:
		if p, is := g.placeOf(e.AsSelect().Operand(), e.AsSelect().FieldName()); is && e.AsSelect().IsTestOnly() && outcome {
			return places{p: true}
		}
	case ast.CallKind:
		args := e.AsCall().Args()
		switch name := e.AsCall().FunctionName(); {
		case name == operators.LogicalNot:
			return g.when(args[0], !outcome)
		case name == operators.LogicalAnd && outcome, name == operators.LogicalOr && !outcome:
			return union(g.when(args[0], outcome), g.when(args[1], outcome))
		case name == operators.LogicalAnd, name == operators.LogicalOr:
			return both(g.when(args[0], outcome), g.when(args[1], outcome))
		}
	}
	return nil
}
