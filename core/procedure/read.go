package procedure

import (
	"context"
	"slices"
	"strconv"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/slot"
)

// ReadOnly holds the members that the service adds to the definitions that it returns. A client may send these members
// back if they are unchanged. A zero field means that the member was absent.
type ReadOnly struct {
	Version                              int
	Status, Digest, CreatedAt, CreatedBy string
}

// Document is a definition as it was submitted.
type Document struct {
	*Definition
	ReadOnly ReadOnly
	Warnings fault.IssueList // dropped members of an older format and easily confused options, in document order
}

// Read reads and checks a document. It returns the findings, in document order. The conditions are compiled with the
// given language; if it is nil, a document with conditions has a finding. A document without an id is valid: the caller
// can make an id with MakeID.
//
// The work is bounded, whatever the document is. If ctx is cancelled, Read returns soon and its result is useless; see
// budget.Interrupted.
func Read(ctx context.Context, n *jsondoc.Node, language condition.Language) (Document, fault.IssueList) {
	r := &reader{
		language: language, effort: slot.Effort, meaning: condition.Exact,
		budget: budget.New(ctx), patterns: slot.NewLimitedPatterns(),
	}
	doc := r.procedure(n)
	doc.Warnings = r.warnings.inOrder()
	return doc, r.findings.inOrder()
}

// ReadCanonical reads a definition from its stored canonical bytes, in which numeric bounds and defaults are decimal
// strings. It returns findings only where the structure of the document cannot be read. It leaves out the other checks
// of Read, because some of them may have been added since the document was saved.
func ReadCanonical(data []byte, language condition.Language) (*Definition, fault.IssueList) {
	return readCanonical(data, language, condition.Exact)
}

// readCanonical is like ReadCanonical, for a document whose conditions have the given meaning.
func readCanonical(
	data []byte, language condition.Language, m condition.Meaning,
) (*Definition, fault.IssueList) {
	n, err := jsondoc.Parse(data)
	if err != nil {
		var issues fault.IssueList
		issues.Add(fault.Issue{Code: "definition.wrong_type", Params: fault.Params{"expected": "object"}})
		return nil, issues
	}
	r := &reader{
		canonical: true, language: language, meaning: m,
		budget: budget.NewUninterrupted(), patterns: slot.NewPatterns(),
	}
	doc := r.procedure(n)
	return doc.Definition, r.findings.inOrder()
}

func (r *reader) procedure(n *jsondoc.Node) Document {
	if n.Kind != jsondoc.Object {
		r.find(0, "", "wrong_type", fault.Params{"expected": "object"})
		return Document{}
	}
	r.format = FormatOf(n)
	o := object{r, n, ""}
	if members[r.format] == nil {
		o.find("format", "format", fault.Params{"allowed": []string{Format0, Format1, Format}})
		r.format = Format
	}
	o.get("format", jsondoc.String)
	o = o.checkMembers("procedure")
	d := &Definition{
		ID:           o.text("id"),
		Name:         o.required("name"),
		Description:  o.text("description"),
		Language:     o.language(),
		TimeZone:     o.timeZone(),
		Metadata:     o.metadata(),
		Meaning:      r.meaning,
		MaxVisits:    DefaultMaxVisits,
		Translations: o.texts("name", "description"),
	}
	o.checkName("id", d.ID, IsKey, oneOf(reservedIDs))
	if m := o.integer("max_visits", 1, MaxMaxVisits); m != nil {
		d.MaxVisits = *m
	}
	var steps []stepObjects
	d.Steps, steps = o.steps()
	r.resolve(d, steps)
	if r.canonical || len(r.languages) <= maxLanguages {
		d.indexLanguages()
	} else {
		o.find("translations", "translation_limit", fault.Params{"max": maxLanguages})
	}
	return Document{Definition: d, ReadOnly: o.readOnly()}
}

func (o object) language() string {
	tag := o.text("language")
	o.own = tag
	if tag != "" && !isLanguage(tag) {
		o.find("language", "language", nil)
	}
	return tag
}

func (o object) readOnly() ReadOnly {
	if !o.formatHas("procedure", "digest") {
		return ReadOnly{}
	}
	ro := ReadOnly{
		Status: o.text("status"), Digest: o.text("digest"),
		CreatedAt: o.text("created_at"), CreatedBy: o.text("created_by"),
	}
	if n := o.get("version", jsondoc.Number); n != nil {
		v, err := strconv.Atoi(n.Text)
		if err != nil || v < 1 {
			v = -1 // not a valid version; 0 would mean that the member is absent
		}
		ro.Version = v
	}
	o.get("warnings", jsondoc.Array)
	o.get("warning_count", jsondoc.Number)
	return ro
}

// resolve processes transitions and conditions. They refer to other steps, so all steps must have been read.
func (r *reader) resolve(d *Definition, steps []stepObjects) {
	findings := r.findings.count
	d.stepIndex = indexKeys(len(d.Steps), func(i int) string { return d.Steps[i].Key })
	r.resolveTargets(d, steps)
	r.collectConditions(d, steps)
	r.compileConditions(d)
	for i := range d.Steps {
		s := &d.Steps[i]
		s.index()
		d.Conditional = d.Conditional || s.Conditional || s.When != nil || len(s.Transitions) > 0
	}
	if d.Conditional && !r.canonical && r.findings.count == findings {
		r.checkFlow(d, steps)
	}
}

// stepObjects holds the JSON objects of a step and its elements. The elements are in the same order as in the Step that
// was read from them.
type stepObjects struct {
	object
	slots, items, rules []object
	transitions         []transitionObject
}

func (o object) steps() ([]Step, []stepObjects) {
	elements := o.ordered("steps")
	n := o.node.Get("steps")
	if n == nil || n.Kind == jsondoc.Null || n.Kind == jsondoc.Array && len(n.Items) == 0 {
		o.find("steps", "no_steps", nil)
	}
	steps, objects := make([]Step, len(elements)), make([]stepObjects, len(elements))
	for i, e := range elements {
		steps[i], objects[i] = e.step()
	}
	o.unique(elements, "key")
	return steps, objects
}

func (o object) step() (Step, stepObjects) {
	o = o.checkMembers("step")
	s := Step{
		Key:          o.name("key", IsKey, isReservedStepKey),
		Title:        o.required("title"),
		Prompt:       o.text("prompt"),
		Metadata:     o.metadata(),
		Translations: o.texts("title", "prompt"),
		Skippable:    o.boolean("skippable", false),
		KeepOnReturn: o.onReturn(),
		Agents:       o.agents(),
	}
	objects := stepObjects{object: o, slots: o.ordered("slots"), items: o.ordered(o.checklistMember())}
	s.Transitions, objects.transitions = o.transitions()
	s.Slots = make([]slot.Slot, len(objects.slots))
	for i, e := range objects.slots {
		s.Slots[i] = e.slot()
	}
	o.unique(slices.Clone(objects.slots), "name")
	s.Items = make([]checklist.Item, len(objects.items))
	for i, e := range objects.items {
		s.Items[i] = e.item()
	}
	o.unique(slices.Clone(objects.items), "key")
	s.Rules, objects.rules = o.rules(&s)
	return s, objects
}

// checklistMember returns the name that the checklist of a step has in the document's format.
func (o object) checklistMember() string {
	if o.format == Format1 {
		return "checklists"
	}
	return "checklist_items"
}

func (o object) item() checklist.Item {
	o = o.checkMembers("item")
	item := checklist.Item{
		Key:          o.name("key", IsKey, oneOf(nil)),
		Label:        o.required("label"),
		Description:  o.text("description"),
		Required:     o.boolean("required", false),
		DefaultState: o.boolean("default_state", false),
		Metadata:     o.metadata(),
	}
	for tag, t := range o.texts("label", "description") {
		if item.Translations == nil {
			item.Translations = map[string]checklist.Texts{}
		}
		item.Translations[tag] = checklist.Texts{Label: t.Heading, Description: t.Body}
	}
	return item
}

// texts reads the translations of an element with two texts. heading and body are the names of their members.
func (o object) texts(heading, body string) map[string]Texts {
	var all map[string]Texts
	for tag, t := range o.translations() {
		t.allowOnly(heading, body)
		texts := Texts{Heading: t.heading(heading), Body: t.text(body)}
		if texts == (Texts{}) {
			continue
		}
		if all == nil {
			all = map[string]Texts{}
		}
		all[tag] = texts
	}
	return all
}

// slotTexts reads the translations of a slot, including its options.
func (o object) slotTexts(options []string) map[string]slot.Texts {
	var all map[string]slot.Texts
	for tag, t := range o.translations() {
		t.allowOnly("label", "description", "options")
		texts := slot.Texts{
			Label: t.heading("label"), Description: t.text("description"), Options: t.optionTexts(options),
		}
		if texts.Label == "" && texts.Description == "" && texts.Options == nil {
			continue
		}
		if all == nil {
			all = map[string]slot.Texts{}
		}
		all[tag] = texts
	}
	return all
}
