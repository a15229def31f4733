package procedure

import (
	"slices"

	"github.com/procedo/procedo/core/fault"
)

// checkFlow checks that every step can be reached, that the end can be reached from every step, and that conditions
// read only values that have been collected. It assumes that the result of every condition may be true or false.
func (r *reader) checkFlow(d *Definition, steps []stepObjects) {
	f := &flowGraph{d: d, withoutStep: map[int][]bool{}}
	f.reachable = f.reachableFrom([]int{0}, f.successors)
	for i := range d.Steps {
		if !f.reachable[i] {
			r.find(steps[i].node.Offset, steps[i].pointer, "unreachable", nil)
		}
	}
	r.checkDeadEnds(f, steps)
	for _, c := range r.compiled {
		if f.reachable[c.step] {
			r.checkReads(f, c)
		}
	}
}

// flowGraph is the graph of a definition's steps. The end is the node after the last step.
type flowGraph struct {
	d           *Definition
	reachable   []bool         // by node: whether the first step leads to it
	withoutStep map[int][]bool // cached results of mayReachWithout, by step
}

// successors returns the nodes that may follow a step. A step with a condition can be passed over. The node after it is
// therefore one of its successors.
func (f *flowGraph) successors(i int) []int {
	if i == len(f.d.Steps) {
		return nil
	}
	next := f.exits(i)
	if f.d.Steps[i].When != nil {
		next = append(next, i+1)
	}
	return next
}

// exits returns the nodes that may follow a step that applies.
func (f *flowGraph) exits(i int) []int {
	var next []int
	for _, t := range f.d.Steps[i].Transitions {
		next = append(next, t.Target)
		if t.When == nil {
			return next
		}
	}
	return append(next, i+1)
}

// reachableFrom reports for each node whether it can be reached from the given nodes.
func (f *flowGraph) reachableFrom(from []int, next func(int) []int) []bool {
	seen := make([]bool, len(f.d.Steps)+1)
	for len(from) > 0 {
		i := from[len(from)-1]
		from = from[:len(from)-1]
		if !seen[i] {
			seen[i] = true
			from = append(from, next(i)...)
		}
	}
	return seen
}

// checkDeadEnds reports the steps from which the end cannot be reached: loops without an exit, and steps that lead
// only to such loops.
func (r *reader) checkDeadEnds(f *flowGraph, steps []stepObjects) {
	predecessors := make([][]int, len(f.d.Steps)+1)
	for i := range f.d.Steps {
		for _, to := range f.successors(i) {
			predecessors[to] = append(predecessors[to], i)
		}
	}
	reachesEnd := f.reachableFrom([]int{len(f.d.Steps)}, func(i int) []int { return predecessors[i] })
	for i := range f.d.Steps {
		switch {
		case reachesEnd[i] || !f.reachable[i]:
		case f.loopsBack(i):
			steps[i].find("transitions", "no_way_out", nil)
		default:
			r.find(steps[i].node.Offset, steps[i].pointer, "no_end", nil)
		}
	}
}

// loopsBack reports whether a step may be followed by itself or by an earlier step.
func (f *flowGraph) loopsBack(i int) bool {
	return slices.ContainsFunc(f.exits(i), func(to int) bool { return to <= i })
}

// checkReads reports two kinds of reads: of values that cannot have been collected yet, and of values that may be
// absent where the expression does not handle their absence.
func (r *reader) checkReads(f *flowGraph, c compiledCondition) {
	for _, read := range c.condition.Reads() {
		if read.Step < 0 {
			continue
		}
		s := &f.d.Steps[read.Step]
		params := fault.Params{"name": s.Key + "." + s.Slots[read.Slot].Name, "line": read.Line, "column": read.Column}
		switch {
		case c.precedes(read.Step, read.Slot):
			c.find(c.member, "condition_uncollected", params)
		case !read.Guarded && c.kind != ofRule && f.mayBeAbsent(c, read.Step, read.Slot):
			c.find(c.member, "condition_unguarded", params)
		}
	}
}

// precedes reports whether the condition is evaluated before the slot can have a value.
func (c compiledCondition) precedes(step, slot int) bool {
	switch {
	case step != c.step:
		return step > c.step
	case c.kind == ofStep:
		return true
	default:
		return c.kind == ofSlot && slot >= c.slot
	}
}

// mayBeAbsent reports whether the value of a slot may be absent when the condition is evaluated.
func (f *flowGraph) mayBeAbsent(c compiledCondition, step, slot int) bool {
	s := &f.d.Steps[step]
	if sl := &s.Slots[slot]; !sl.Required || sl.When != nil || sl.RequiredWhen != nil {
		return true
	}
	if step == c.step {
		return c.kind == ofTransition && s.Skippable
	}
	return f.mayReachWithout(step)[c.step]
}

// mayReachWithout reports for each step whether it may be reached while the given step has no values. The given step
// has none if it was not visited, was skipped, did not apply, or was reopened or locked by a jump back.
func (f *flowGraph) mayReachWithout(step int) []bool {
	if known := f.withoutStep[step]; known != nil {
		return known
	}
	type state struct {
		at        int
		hasValues bool // whether the given step has values
	}
	seen := map[state]bool{}
	todo := []state{{0, false}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[s] || s.at == len(f.d.Steps) {
			continue
		}
		seen[s] = true
		follow := func(to int, hasValues bool) {
			keeps := to > s.at || step < to // a jump back keeps only the values of steps before its target
			todo = append(todo, state{to, hasValues && keeps})
		}
		def := &f.d.Steps[s.at]
		for _, to := range f.exits(s.at) {
			follow(to, s.hasValues || s.at == step)
			if s.at == step && def.Skippable {
				follow(to, false)
			}
		}
		if def.When != nil {
			follow(s.at+1, s.hasValues && s.at != step)
		}
	}
	all := make([]bool, len(f.d.Steps))
	for i := range all {
		all[i] = seen[state{i, false}]
	}
	f.withoutStep[step] = all
	return all
}
