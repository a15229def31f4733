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

// maxConditions bounds the conditions of one definition together, in code points: compiling them is worth that much.
const maxConditions = 65_536

// site is a condition as it was read, waiting for the steps to be known.
type site struct {
	object
	member  string // of the object
	source  string
	pointer string // in the canonical document
	kind    siteKind
	step    int
	slot    int // of a slot's own conditions; else -1
	put     func(*condition.Condition)
}

// siteKind is where a condition stands: what it may read depends on it.
type siteKind int

const (
	stepWhen  siteKind = iota // before the step: nothing of its own
	ofSlot                    // slots of its own step before it
	ofItem                    // every slot of its own step
	ofTransit                 // likewise, when the step has been left
)

// condition notes a condition; it is compiled once all steps are read.
func (o object) condition(member string, s site) {
	n := o.get(member, jsondoc.String)
	if n == nil || n.Text == "" {
		return
	}
	s.object, s.member, s.source = o, member, n.Text
	o.sites = append(o.sites, s)
}

// conditions notes every condition of a definition whose elements stand in their effective order.
func (r *reader) conditions(d *Definition, steps []stepObjects) {
	for i := range steps {
		at := fmt.Sprintf("/steps/%d", i)
		s, objects := &d.Steps[i], &steps[i]
		objects.condition("when", site{pointer: at + "/when", kind: stepWhen, step: i, slot: -1, put: func(c *condition.Condition) { s.When = c }})
		for j, o := range objects.slots {
			sl, at := &s.Slots[j], fmt.Sprintf("%s/slots/%d", at, j)
			o.condition("when", site{pointer: at + "/when", kind: ofSlot, step: i, slot: j, put: func(c *condition.Condition) { sl.When = c }})
			o.condition("required_when", site{pointer: at + "/required_when", kind: ofSlot, step: i, slot: j, put: func(c *condition.Condition) { sl.RequiredWhen = c }})
		}
		for j, o := range objects.items {
			it := &s.Items[j]
			o.condition("when", site{pointer: fmt.Sprintf("%s/checklist_items/%d/when", at, j), kind: ofItem, step: i, slot: -1, put: func(c *condition.Condition) { it.When = c }})
		}
		for j, t := range objects.transitions {
			tr := &s.Transitions[j]
			t.condition(t.whenMember(), site{pointer: tr.Pointer + "/when", kind: ofTransit, step: i, slot: -1, put: func(c *condition.Condition) { tr.When = c }})
		}
	}
}

// compile compiles the conditions and finds what is wrong with each of them.
func (r *reader) compile(d *Definition) {
	if len(r.sites) == 0 {
		return
	}
	total := 0
	for _, s := range r.sites {
		total += utf8.RuneCountInString(s.source)
	}
	if first := r.sites[0]; r.language == nil || total > maxConditions {
		first.find(first.member, "condition_limit", fault.Params{"max": maxConditions})
		return
	}
	scope := r.language.Scope(scopeOf(d))
	for i := range r.sites {
		s := &r.sites[i]
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
		s.put(c)
		s.compiled = append(s.compiled, compiled{site: *s, condition: c})
	}
}

// compiled is a condition that is right by itself.
type compiled struct {
	site
	condition *condition.Condition
}

// scopeOf is what expressions may name.
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

// transitions reads where a step leads; the entries of format 2, or what format 0.1 says in its own way.
func (o object) transitions() (all []Transition, objects []transitionObject) {
	if o.format == Format0 {
		return o.transitions0()
	}
	for _, e := range o.objects("transitions") {
		e.only("when", "to")
		all = append(all, Transition{To: e.required("to")})
		objects = append(objects, transitionObject{e, "to"})
	}
	return all, objects
}

// transitionObject is an entry and the name of its target's member.
type transitionObject struct {
	object
	target string
}

func (t transitionObject) whenMember() string {
	if t.format == Format0 {
		return "condition"
	}
	return "when"
}

// transitions0 reads format 0.1: conditions with their targets, then next as the default.
func (o object) transitions0() (all []Transition, objects []transitionObject) {
	n := o.get("transitions", jsondoc.Object)
	if n == nil {
		return nil, nil
	}
	t := object{o.reader, n, o.at("transitions")}
	for _, m := range n.Members {
		if m.Name != "next" && m.Name != "conditions" {
			t.warn(m.Offset, t.at(m.Name))
		}
	}
	for _, e := range t.objects("conditions") {
		for _, m := range e.node.Members {
			if m.Name != "condition" && m.Name != "target" {
				e.warn(m.Offset, e.at(m.Name))
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

// targets finds where each transition leads, and says which lead nowhere or stand behind the default.
func (r *reader) targets(d *Definition, steps []stepObjects) {
	index := make(map[string]int, len(d.Steps))
	for i := len(d.Steps) - 1; i >= 0; i-- {
		index[d.Steps[i].Key] = i
	}
	index[End] = len(d.Steps)
	for i := range d.Steps {
		s, objects := &d.Steps[i], steps[i].transitions
		if last := len(objects) - 1; last >= 0 && objects[last].target == "next" && index[s.Transitions[last].To] == i+1 {
			s.Transitions, objects = s.Transitions[:last], objects[:last] // format 0.1 says what happens anyway
			steps[i].transitions = objects
		}
		for j := range s.Transitions {
			t, o := &s.Transitions[j], objects[j]
			t.Pointer = fmt.Sprintf("/steps/%d/transitions/%d", i, j)
			target, known := index[t.To]
			t.Target = target
			switch {
			case t.To != "" && !known:
				o.find(o.target, "unknown_step", fault.Params{"name": t.To})
			case j < len(s.Transitions)-1 && !o.says(o.whenMember()):
				o.reader.find(o.node.Offset, o.pointer, "transition_order", nil)
			}
		}
	}
}
