package procedure

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/slot"
)

// maxConditions is the greatest total length of the conditions of a definition, in code points. It bounds the time
// that compiling them takes.
const maxConditions = 65_536

// pendingCondition is a condition that was read and can be compiled once all steps are known.
type pendingCondition struct {
	object
	member  string // name of the object's member that holds the condition
	source  string
	pointer string // in the canonical document
	kind    conditionKind
	step    int
	slot    int                   // index of the slot whose condition it is; otherwise -1
	dest    **condition.Condition // receives the compiled condition
}

// conditionKind is the kind of element that has a condition. It decides which slots of the element's own step the
// condition may read.
type conditionKind int

const (
	ofStep       conditionKind = iota // none
	ofSlot                            // those before it
	ofItem                            // all
	ofTransition                      // all; they may be absent if the step was skipped
)

// condition records the condition that a member holds, if there is one.
func (o object) condition(member string, c pendingCondition) {
	n := o.get(member, jsondoc.String)
	if n == nil || n.Text == "" {
		return
	}
	c.object, c.member, c.source = o, member, n.Text
	o.pending = append(o.pending, c)
}

// collectConditions records every condition of a definition. The steps and their elements are in effective order.
func (r *reader) collectConditions(d *Definition, steps []stepObjects) {
	for i := range steps {
		s, objects := &d.Steps[i], &steps[i]
		pointer := fmt.Sprintf("/steps/%d", i)
		objects.condition("when", pendingCondition{
			pointer: pointer + "/when", kind: ofStep, step: i, slot: -1, dest: &s.When,
		})
		for j, o := range objects.slots {
			sl, pointer := &s.Slots[j], fmt.Sprintf("%s/slots/%d", pointer, j)
			o.condition("when", pendingCondition{
				pointer: pointer + "/when", kind: ofSlot, step: i, slot: j, dest: &sl.When,
			})
			o.condition("required_when", pendingCondition{
				pointer: pointer + "/required_when", kind: ofSlot, step: i, slot: j, dest: &sl.RequiredWhen,
			})
		}
		for j, o := range objects.items {
			o.condition("when", pendingCondition{
				pointer: fmt.Sprintf("%s/checklist_items/%d/when", pointer, j), kind: ofItem, step: i, slot: -1,
				dest: &s.Items[j].When,
			})
		}
		for j, o := range objects.transitions {
			t := &s.Transitions[j]
			o.condition(o.whenMember(), pendingCondition{
				pointer: t.Pointer + "/when", kind: ofTransition, step: i, slot: -1, dest: &t.When,
			})
		}
	}
}

// compileConditions compiles the recorded conditions and reports what is wrong with each of them.
func (r *reader) compileConditions(d *Definition) {
	if len(r.pending) == 0 {
		return
	}
	total := 0
	for _, s := range r.pending {
		total += utf8.RuneCountInString(s.source)
	}
	if first := r.pending[0]; r.language == nil || total > maxConditions {
		first.find(first.member, "condition_limit", fault.Params{"max": maxConditions})
		return
	}
	scope := r.language.Scope(scopeOf(d))
	for i := range r.pending {
		s := &r.pending[i]
		if s.format == Format0 {
			s.source = scope.Widened(s.step, s.source)
		}
		e, findings := scope.Compile(s.step, s.source)
		for _, f := range findings {
			s.find(s.member, f.Code, fault.Params(f.Params))
		}
		if e == nil {
			continue
		}
		if result, constant := e.Constant(); constant {
			s.find(s.member, "condition_constant", fault.Params{"result": result})
		}
		c := &condition.Condition{Pointer: s.pointer, Source: s.source, Expression: e}
		*s.dest = c
		s.compiled = append(s.compiled, compiledCondition{pendingCondition: *s, condition: c})
	}
}

// compiledCondition is a condition that was compiled without a finding about its text.
type compiledCondition struct {
	pendingCondition
	condition *condition.Condition
}

// scopeOf declares the steps and slots of a definition to the language of conditions.
func scopeOf(d *Definition) []condition.Step {
	steps := make([]condition.Step, len(d.Steps))
	for i := range d.Steps {
		s := &d.Steps[i]
		steps[i] = condition.Step{Key: s.Key, Slots: make([]condition.Slot, len(s.Slots))}
		for j := range s.Slots {
			sl := &s.Slots[j]
			known := condition.Slot{Name: sl.Name, Kind: kindOf(sl.Type), Sensitive: sl.Sensitive}
			if sl.Type == slot.Enum {
				known.Options = sl.Options
			}
			steps[i].Slots[j] = known
		}
	}
	return steps
}

func kindOf(t slot.Type) condition.Kind {
	switch t {
	case slot.Integer:
		return condition.Integer
	case slot.Decimal:
		return condition.Double
	case slot.Bool:
		return condition.Boolean
	case slot.DateTime:
		return condition.Timestamp
	case slot.MultiEnum:
		return condition.List
	}
	return condition.Text
}

// transitions reads the transitions of a step.
func (o object) transitions() (all []Transition, objects []transitionObject) {
	if o.format == Format0 {
		return o.transitions0()
	}
	for _, e := range o.objects("transitions") {
		e.allowOnly("when", "to")
		all = append(all, Transition{To: e.required("to")})
		objects = append(objects, transitionObject{e, "to"})
	}
	return all, objects
}

// transitionObject is the object of a transition.
type transitionObject struct {
	object
	targetMember string // name of the member that holds the target
}

// whenMember returns the name of the member that holds the condition.
func (t transitionObject) whenMember() string {
	if t.format == Format0 {
		return "condition"
	}
	return "when"
}

// transitions0 reads the transitions of format 0.1: an object of conditions with their targets, and of the default,
// next.
func (o object) transitions0() (all []Transition, objects []transitionObject) {
	n := o.get("transitions", jsondoc.Object)
	if n == nil {
		return nil, nil
	}
	t := object{o.reader, n, o.pointerTo("transitions")}
	for _, m := range n.Members {
		if m.Name != "next" && m.Name != "conditions" {
			t.warn(m.Offset, t.pointerTo(m.Name))
		}
	}
	for _, e := range t.objects("conditions") {
		for _, m := range e.node.Members {
			if m.Name != "condition" && m.Name != "target" {
				e.warn(m.Offset, e.pointerTo(m.Name))
			}
		}
		if strings.TrimSpace(e.text("condition")) == "" {
			e.find("condition", "required", nil)
		}
		all = append(all, Transition{To: e.required("target")})
		objects = append(objects, transitionObject{e, "target"})
	}
	if next := t.text("next"); next != "" {
		all = append(all, Transition{To: next})
		objects = append(objects, transitionObject{t, "next"})
	}
	return all, objects
}

// resolveTargets sets the target of each transition. It reports transitions to unknown steps, and transitions after
// the default.
func (r *reader) resolveTargets(d *Definition, steps []stepObjects) {
	index := make(map[string]int, len(d.Steps))
	for i := len(d.Steps) - 1; i >= 0; i-- {
		index[d.Steps[i].Key] = i
	}
	index[End] = len(d.Steps)
	for i := range d.Steps {
		s, objects := &d.Steps[i], steps[i].transitions
		last := len(objects) - 1
		if last >= 0 && objects[last].targetMember == "next" && index[s.Transitions[last].To] == i+1 {
			// Format 0.1 may name the following step as the default, which format 2 leaves out.
			s.Transitions, objects = s.Transitions[:last], objects[:last]
			steps[i].transitions = objects
		}
		for j := range s.Transitions {
			t, o := &s.Transitions[j], objects[j]
			t.Pointer = fmt.Sprintf("/steps/%d/transitions/%d", i, j)
			target, known := index[t.To]
			t.Target = target
			switch {
			case t.To != "" && !known:
				o.find(o.targetMember, "unknown_step", fault.Params{"name": t.To})
			case j < len(s.Transitions)-1 && !o.isSet(o.whenMember()):
				o.reader.find(o.node.Offset, o.pointer, "transition_order", nil)
			}
		}
	}
}
