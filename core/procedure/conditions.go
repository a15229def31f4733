package procedure

import (
	"fmt"
	"unicode/utf8"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// maxConditionsLength is the maximum total length of all conditions of a definition, in code points. It limits the time
// that their compilation takes.
const maxConditionsLength = 65_536

// pendingCondition is a condition that has been read but not compiled. Conditions are compiled after all steps have
// been read, because they may refer to any step.
type pendingCondition struct {
	object
	member  string // name of the object's member that holds the condition
	source  string
	pointer string // JSON pointer to the condition in the canonical document
	kind    conditionKind
	step    int
	slot    int                   // index of the slot that has the condition, if its kind is ofSlot
	dest    **condition.Condition // receives the compiled condition
}

// conditionKind is the kind of element that has a condition. It determines which slots of the element's own step the
// condition may read.
type conditionKind int

const (
	ofStep       conditionKind = iota // may read none of its step's slots
	ofSlot                            // may read the slots before its own
	ofItem                            // may read all slots of its step
	ofRule                            // may read all slots of its step; a rule holds if a value that it reads is absent
	ofTransition                      // may read all slots of its step; they have no values if the step was skipped
)

// addCondition adds c to the pending conditions if the member holds an expression.
func (o object) addCondition(member string, c pendingCondition) {
	n := o.get(member, jsondoc.String)
	if n == nil || n.Text == "" {
		return
	}
	c.object, c.member, c.source = o, member, n.Text
	o.pending = append(o.pending, c)
}

// collectConditions adds every condition of a definition to the pending conditions. steps has the same order as
// d.Steps.
func (r *reader) collectConditions(d *Definition, steps []stepObjects) {
	for i := range steps {
		s, objects := &d.Steps[i], &steps[i]
		pointer := fmt.Sprintf("/steps/%d", i)
		objects.addCondition("when", pendingCondition{
			pointer: pointer + "/when", kind: ofStep, step: i, dest: &s.When,
		})
		for j, o := range objects.slots {
			sl, pointer := &s.Slots[j], fmt.Sprintf("%s/slots/%d", pointer, j)
			o.addCondition("when", pendingCondition{
				pointer: pointer + "/when", kind: ofSlot, step: i, slot: j, dest: &sl.When,
			})
			o.addCondition("required_when", pendingCondition{
				pointer: pointer + "/required_when", kind: ofSlot, step: i, slot: j, dest: &sl.RequiredWhen,
			})
		}
		for j, o := range objects.items {
			o.addCondition("when", pendingCondition{
				pointer: fmt.Sprintf("%s/checklist_items/%d/when", pointer, j), kind: ofItem, step: i,
				dest: &s.Items[j].When,
			})
		}
		for j, o := range objects.rules {
			o.addCondition("assert", pendingCondition{
				pointer: fmt.Sprintf("%s/rules/%d/assert", pointer, j), kind: ofRule, step: i,
				dest: &s.Rules[j].Assert,
			})
		}
		for j, o := range objects.transitions {
			t := &s.Transitions[j]
			o.addCondition(o.whenMember(), pendingCondition{
				pointer: t.Pointer + "/when", kind: ofTransition, step: i, dest: &t.When,
			})
		}
	}
}

// compileConditions compiles the pending conditions and reports the findings of each.
func (r *reader) compileConditions(d *Definition) {
	if len(r.pending) == 0 {
		return
	}
	total := 0
	for _, s := range r.pending {
		total += utf8.RuneCountInString(s.source)
	}
	if first := r.pending[0]; r.language == nil || !r.canonical && total > maxConditionsLength {
		first.find(first.member, "condition_limit", fault.Params{"max": maxConditionsLength})
		return
	}
	if r.format == Format0 {
		older := r.language.Scope(scopeOf(d, condition.Binary, nil, r.budget), condition.Binary)
		for i := range r.pending {
			r.pending[i].source = older.Widened(r.pending[i].step, r.pending[i].source)
		}
	}
	effort := &r.effort
	if r.canonical { // no findings are wanted
		effort = nil
	}
	scope := r.language.Scope(scopeOf(d, r.meaning, effort, r.budget), r.meaning)
	c := conditionCompiler{scope: scope, compiled: map[conditionSource]compilation{}}
	for i := range r.pending {
		s := &r.pending[i]
		if r.budget.Err() != nil {
			return
		}
		e, findings := c.compile(s.step, s.source)
		for _, f := range findings {
			s.find(s.member, f.Code, fault.Params(f.Params))
		}
		if e == nil {
			continue
		}
		if !r.canonical && !c.spend(s.step, s.source) {
			s.find(s.member, "condition_cost", fault.Params{"max": budget.Conditions})
			return
		}
		s.checkResult(e)
		c := &condition.Condition{Pointer: s.pointer, Source: s.source, Expression: e}
		*s.dest = c
		s.compiled = append(s.compiled, compiledCondition{pendingCondition: *s, condition: c})
	}
}

// maxConditionsWeight is the maximum weight of the patterns of all conditions together; see package pattern.
const maxConditionsWeight = 50_000

// conditionCompiler compiles the conditions of one definition. Conditions of one step with the same source share one
// expression.
type conditionCompiler struct {
	scope    condition.Scope
	compiled map[conditionSource]compilation
	total    condition.Cost
}

type conditionSource struct {
	step int
	text string
}

type compilation struct {
	expression condition.Expression
	findings   []condition.Finding
	cost       *condition.Cost // nil until spend needs it
}

func (c *conditionCompiler) compile(step int, source string) (condition.Expression, []condition.Finding) {
	key := conditionSource{step, source}
	known, ok := c.compiled[key]
	if !ok {
		known.expression, known.findings = c.scope.Compile(step, source)
		c.compiled[key] = known
	}
	return known.expression, known.findings
}

// spend adds the cost of a compiled condition to the total. It returns false if the total is more than what the
// conditions of one request may cost.
func (c *conditionCompiler) spend(step int, source string) bool {
	key := conditionSource{step, source}
	known := c.compiled[key]
	if known.cost == nil {
		cost := c.scope.Estimate(step, source)
		known.cost = &cost
		c.compiled[key] = known
		c.total.Weight += cost.Weight // once, since the expression is shared
	}
	c.total.Evaluation += known.cost.Evaluation
	return c.total.Weight <= maxConditionsWeight && c.total.Evaluation <= budget.Conditions
}

// checkResult reports an expression that always has the same result, and literals that a slot can never hold.
func (c *pendingCondition) checkResult(e condition.Expression) {
	if result, constant := e.Constant(); constant {
		c.find(c.member, "condition_constant", fault.Params{"result": result})
		return
	}
	if c.canonical {
		return // such an expression compiled when the version was published, so the version must be read
	}
	for _, f := range e.Impossible() {
		c.find(c.member, f.Code, fault.Params(f.Params))
	}
}

// compiledCondition is a pending condition with the result of its successful compilation.
type compiledCondition struct {
	pendingCondition
	condition *condition.Condition
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

// transitionObject is the JSON object from which a transition is read.
type transitionObject struct {
	object
	targetMember string // name of the member that holds the target
}

// whenMember returns the name of the member that holds the transition's condition.
func (t transitionObject) whenMember() string {
	if t.format == Format0 {
		return "condition"
	}
	return "when"
}

// transitions0 reads the transitions of a step in format 0.1. They are an object with two members: "conditions" is an
// array of conditions with their targets, and "next" is the default target.
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
		if blank.Is(e.text("condition")) {
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

// resolveTargets sets the target of each transition. It reports transitions to unknown steps, and default transitions
// that are not the last one of their step.
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
			// In format 0.1, the member "next" may name the following step. Format 2 leaves such a transition out,
			// because a run goes to the following step anyway.
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
				o.find(o.targetMember, "unknown_step", fault.Params{"name": fault.Quoted(t.To)})
			case j < len(s.Transitions)-1 && !o.isSet(o.whenMember()):
				o.reader.find(o.node.Offset, o.pointer, "transition_order", nil)
			}
		}
	}
}
