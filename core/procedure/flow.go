package procedure

import (
	"slices"

	"github.com/procedo/procedo/core/fault"
)

// flow follows the ways through a definition: which steps are reached, which reach the end, and what has been
// collected where a condition reads it. Conditions count as open: each may hold and may not.
func (r *reader) flow(d *Definition, steps []stepObjects) {
	f := &flow{d: d, lacking: map[int][]bool{}}
	f.reached = f.closure([]int{0}, f.onward)
	for i := range d.Steps {
		if !f.reached[i] {
			r.find(steps[i].node.Offset, steps[i].pointer, "unreachable", nil)
		}
	}
	r.deadEnds(f, steps)
	for _, c := range r.compiled {
		if f.reached[c.step] {
			r.collected(f, c)
		}
	}
}

// flow is the graph of a definition's steps; the end is the node after the last.
type flow struct {
	d       *Definition
	reached []bool
	lacking map[int][]bool
}

// onward lists where a step may be followed by: passed over or left.
func (f *flow) onward(i int) []int {
	if i == len(f.d.Steps) {
		return nil
	}
	ways := f.ways(i)
	if f.d.Steps[i].When != nil {
		ways = append(ways, i+1)
	}
	return ways
}

// ways lists where leaving a step may lead.
func (f *flow) ways(i int) []int {
	var ways []int
	for _, t := range f.d.Steps[i].Transitions {
		ways = append(ways, t.Target)
		if t.When == nil {
			return ways
		}
	}
	return append(ways, i+1)
}

// closure is everything that can be reached.
func (f *flow) closure(from []int, next func(int) []int) []bool {
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

// deadEnds finds the steps from which no end can be reached: loops without a way out, and what only leads there.
func (r *reader) deadEnds(f *flow, steps []stepObjects) {
	before := make([][]int, len(f.d.Steps)+1)
	for i := range f.d.Steps {
		for _, to := range f.onward(i) {
			before[to] = append(before[to], i)
		}
	}
	ends := f.closure([]int{len(f.d.Steps)}, func(i int) []int { return before[i] })
	for i := range f.d.Steps {
		switch {
		case ends[i] || !f.reached[i]:
		case f.leadsBack(i):
			steps[i].find("transitions", "no_way_out", nil)
		default:
			r.find(steps[i].node.Offset, steps[i].pointer, "no_end", nil)
		}
	}
}

// leadsBack reports whether a step has a way back to itself or before.
func (f *flow) leadsBack(i int) bool {
	return slices.ContainsFunc(f.ways(i), func(to int) bool { return to <= i })
}

// collected finds reads of what cannot have been collected, and unguarded reads of what may be absent.
func (r *reader) collected(f *flow, c compiled) {
	for _, read := range c.condition.Reads() {
		if read.Step < 0 {
			continue
		}
		s := &f.d.Steps[read.Step]
		params := fault.Params{"name": s.Key + "." + s.Slots[read.Slot].Name, "line": read.Line, "column": read.Column}
		switch {
		case c.before(read.Step, read.Slot):
			c.find(c.member, "condition_uncollected", params)
		case !read.Guarded && f.mayLack(c, read.Step, read.Slot):
			c.find(c.member, "condition_unguarded", params)
		}
	}
}

// before reports a condition that is asked before the slot can have a value.
func (c compiled) before(step, slot int) bool {
	switch {
	case step != c.step:
		return step > c.step
	case c.kind == stepWhen:
		return true
	default:
		return c.kind == ofSlot && slot >= c.slot
	}
}

// mayLack reports whether a value may be absent where the condition is asked.
func (f *flow) mayLack(c compiled, step, slot int) bool {
	s := &f.d.Steps[step]
	if sl := &s.Slots[slot]; !sl.Required || sl.When != nil || sl.RequiredWhen != nil {
		return true
	}
	if step == c.step {
		return c.kind == ofTransit && s.Skippable
	}
	return f.lacks(step)[c.step]
}

// lacks tells for every step whether it may be reached while the given one holds no values: not visited, skipped,
// passed over, or locked by a jump back.
func (f *flow) lacks(step int) []bool {
	if known := f.lacking[step]; known != nil {
		return known
	}
	type state struct {
		at   int
		held bool
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
		follow := func(to int, held bool) { todo = append(todo, state{to, held && (to > s.at || step < to)}) }
		def := &f.d.Steps[s.at]
		for _, to := range f.ways(s.at) {
			follow(to, s.held || s.at == step)
			if s.at == step && def.Skippable {
				follow(to, false)
			}
		}
		if def.When != nil {
			follow(s.at+1, s.held && s.at != step)
		}
	}
	all := make([]bool, len(f.d.Steps))
	for i := range all {
		all[i] = seen[state{i, false}]
	}
	f.lacking[step] = all
	return all
}
