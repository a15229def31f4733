package procedure

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/slot"
)

// maxLength is the upper limit for min_length and max_length. It is also the size limit of a request, in bytes.
const maxLength = 1 << 20

func (o object) slot() slot.Slot {
	if o.budget.Err() != nil {
		return slot.Slot{} // nobody waits for the result
	}
	o = o.checkMembers("slot")
	s := slot.Slot{
		Name:        o.name("name", isSlotName, oneOf(reservedSlotNames)),
		Type:        o.slotType(),
		Required:    o.boolean("required", true),
		Label:       o.heading("label"),
		Description: o.text("description"),
		Validate:    o.text("validate"),
		Mask:        o.text("mask"),
		Decimals:    o.integer("decimals", 0, decimal.MaxDecimals),
		Unit:        o.line("unit"),
		MinLength:   o.integer("min_length", 0, maxLength),
		MaxLength:   o.integer("max_length", 0, maxLength),
		Sensitive:   o.boolean("sensitive", false),
		Metadata:    o.metadata(),
	}
	s.Options, s.OptionLabels = o.options()
	s.Translations = o.slotTexts(s.Options)
	s.Zone = o.zone
	s.Region = o.region(s.Type)
	if s.Type.Known() {
		o.constraints(&s)
	}
	return s
}

// constraints reads and checks the members that depend on the type. It reads the default last, because the default must
// satisfy the other constraints.
func (o object) constraints(s *slot.Slot) {
	s.Min, s.Max = o.bound(s, "min"), o.bound(s, "max")
	issues := s.Compile(o.pointer, o.patterns)
	o.addIssues(issues)
	if len(issues) == 0 || o.canonical {
		s.Default = o.defaultValue(s)
	}
	if len(issues) == 0 && !o.canonical {
		o.checkFillable(s)
	}
}

// checkFillable reports a slot that no value can fill.
func (o object) checkFillable(s *slot.Slot) {
	if issue := s.FindUnfillable(o.pointer, &o.effort); issue != nil {
		o.addIssues([]fault.Issue{*issue})
		return
	}
	if request := len(`{"slots":{"":""}}`) + len(s.Name); s.MinLength != nil && *s.MinLength+request > maxLength {
		o.find("min_length", "unfillable", fault.Params{
			"constraints": []string{"min_length"}, "type": string(s.Type),
		})
	}
}

func (o object) slotType() slot.Type {
	t := slot.Type(o.required("type"))
	if t != "" && !t.Known() {
		o.find("type", "unknown_type", fault.Params{"allowed": slot.Types})
	}
	return t
}

// raw returns the JSON text of a member, or nil if the member is not set or is an empty array. If numeric is
// true, a decimal that a canonical document holds as a string is returned as a JSON number.
func (o object) raw(name string, numeric bool) []byte {
	n := o.node.Get(name)
	if !o.isSet(name) || n.Kind == jsondoc.Array && len(n.Items) == 0 {
		return nil
	}
	if o.canonical && numeric && n.Kind == jsondoc.String {
		return []byte(n.Text)
	}
	return n.Raw
}

// bound reads min or max, which must be a value of the slot's type. If the type has no bounds, any JSON is accepted
// here, because slot.Compile will report the member.
func (o object) bound(s *slot.Slot, name string) slot.Value {
	raw := o.raw(name, s.Type.Numeric())
	if raw == nil {
		return slot.Value{}
	}
	v, ok := s.ReadBound(raw)
	if !ok {
		params := fault.Params{"type": string(s.Type)}
		if s.Type.Numeric() && o.node.Get(name).Kind == jsondoc.Number { // a number, but one with too many digits
			params["max_digits"] = decimal.MaxDigits
		}
		o.find(name, "bound", params)
	}
	return v
}

// defaultValue reads the default and reports a value that the slot does not accept. It also reports every default of a
// sensitive slot, because definitions are stored in plain text.
func (o object) defaultValue(s *slot.Slot) slot.Value {
	raw := o.raw("default", s.Type.Numeric())
	if raw == nil {
		return slot.Value{}
	}
	v, issue := s.CheckWithin(raw, o.budget)
	if o.canonical && (issue != nil || v.IsAbsent()) {
		return s.ReadUnchecked(raw)
	}
	switch {
	case s.Sensitive:
		o.find("default", "sensitive_default", nil)
	case issue != nil:
		params := fault.Params{"reason": issue.Code}
		for name, p := range issue.Params {
			params[name] = p
		}
		o.find("default", "default", params)
	case v.IsAbsent():
		o.find("default", "default", fault.Params{"reason": "validation.required"})
	}
	return v.Canonical()
}

// maxOptions is the maximum number of options of all slots of a definition. Each is a row of its own, which takes
// longer to store than anything else in a document of the same length.
const maxOptions = 50_000

// options returns the options, and the labels of those that have one.
func (o object) options() (options []string, labels map[string]string) {
	n := o.get("options", jsondoc.Array)
	if n == nil {
		return nil, nil
	}
	equal, similar := map[string]string{}, map[string]string{}
	before := o.reader.options
	if o.reader.options += len(n.Items); before <= maxOptions && o.reader.options > maxOptions {
		o.find("options", "option_limit", fault.Params{"max": maxOptions})
	}
	for i, item := range n.Items {
		item, pointer, label := o.option(item, jsondoc.PointerAt(o.pointerTo("options"), i))
		if item == nil {
			continue
		}
		o.checkOption(item, pointer, equal, similar)
		options = append(options, item.Text)
		if label != "" {
			if labels == nil {
				labels = map[string]string{}
			}
			labels[item.Text] = label
		}
	}
	return options, labels
}

// option reads an option, which is a string or, in format 2, an object with a value and a label. It returns the string
// that is the value, its pointer, and the label or "". If there is no such string, it reports that and returns nil.
func (o object) option(item *jsondoc.Node, pointer string) (value *jsondoc.Node, valuePointer, label string) {
	expected, objects := "string", o.formatHas("option", "value")
	if objects {
		expected = "string, object"
	}
	switch {
	case item.Kind == jsondoc.String:
		return item, pointer, ""
	case item.Kind != jsondoc.Object || !objects:
		o.reader.find(item.Offset, pointer, "wrong_type", fault.Params{"expected": expected})
		return nil, "", ""
	}
	members := object{o.reader, item, pointer}.checkMembers("option")
	label = members.heading("label")
	if value = members.node.Get("value"); value == nil || value.Kind == jsondoc.Null {
		members.find("value", "required", nil)
		return nil, "", ""
	}
	return members.get("value", jsondoc.String), members.pointerTo("value"), label
}

// checkOption reports an option that is blank or equal to an earlier one, and warns of one that differs from an earlier
// one only in letter case or surrounding space. The maps hold the pointer of the first option of each form.
func (o object) checkOption(item *jsondoc.Node, pointer string, equal, similar map[string]string) {
	form := norm.NFC.String(item.Text)
	folded := cases.Fold().String(strings.TrimSpace(form))
	switch {
	case blank.Is(item.Text):
		o.reader.find(item.Offset, pointer, "blank", nil)
	case equal[form] != "":
		o.reader.find(item.Offset, pointer, "duplicate", fault.Params{"first": equal[form]})
	case similar[folded] != "":
		o.addWarning(fault.Issue{
			Field: pointer, Code: "definition.similar_option", Params: fault.Params{"first": similar[folded]},
		}, item.Offset)
	}
	if equal[form] == "" {
		equal[form] = pointer
	}
	if similar[folded] == "" {
		similar[folded] = pointer
	}
}

// region reads the default region of phone numbers from metadata.region. It returns "" if there is none.
func (o object) region(t slot.Type) string {
	meta := o.node.Get("metadata")
	if t != slot.Phone || meta == nil || meta.Kind != jsondoc.Object {
		return ""
	}
	n := meta.Get("region")
	switch {
	case n == nil || n.Kind == jsondoc.Null:
		return ""
	case n.Kind != jsondoc.String || !slot.KnownRegion(n.Text):
		o.reader.find(n.Offset, o.pointerTo("metadata")+"/region", "region", nil)
		return ""
	}
	return n.Text
}

// optionTexts reads the translations of options into one language.
func (o object) optionTexts(options []string) map[string]string {
	n := o.get("options", jsondoc.Object)
	if n == nil {
		return nil
	}
	words := object{o.reader, n, o.pointerTo("options")}
	known := make(map[string]bool, len(options))
	for _, option := range options {
		known[option] = true
	}
	var all map[string]string
	for _, m := range n.Members {
		if !known[m.Name] {
			o.reader.find(m.Offset, words.pointerTo(m.Name), "unknown_option", nil)
			if !o.canonical {
				continue
			}
		}
		if s := words.heading(m.Name); s != "" {
			if all == nil {
				all = map[string]string{}
			}
			all[m.Name] = s
		}
	}
	return all
}

// ordered returns the objects of an array, sorted by position. An object without a position stays behind the object
// that precedes it in the document. Two objects that state the same position are reported.
func (o object) ordered(name string) []object {
	elements := o.objects(name)
	rank := make(map[*jsondoc.Node]decimal.Decimal, len(elements))
	first := map[decimal.Decimal]object{}
	last := decimal.Decimal("-1")
	for _, e := range elements {
		if p := e.position(); p != "" {
			if earlier, again := first[p]; again {
				e.find("position", "duplicate", fault.Params{"first": earlier.pointerTo("position")})
			} else {
				first[p] = e
			}
			last = p
		}
		rank[e.node] = last
	}
	slices.SortStableFunc(elements, func(a, b object) int { return rank[a.node].Compare(rank[b.node]) })
	return elements
}

// position reads the position, a non-negative integer. It returns "" if there is none.
func (o object) position() decimal.Decimal {
	if o.format == Format0 {
		return "" // the format has no positions
	}
	n := o.get("position", jsondoc.Number)
	if n == nil {
		return ""
	}
	d, ok := decimal.Parse(n.Text)
	if !ok || !d.IsInteger() || d.Compare("0") < 0 {
		o.find("position", "value", fault.Params{"min": 0})
		return ""
	}
	return d
}

// unique reports every element whose name or key already belongs to an earlier element of the document. It sorts
// elements in document order.
func (o object) unique(elements []object, member string) {
	slices.SortFunc(elements, func(a, b object) int { return a.node.Offset - b.node.Offset })
	first := map[string]object{}
	for _, e := range elements {
		n := e.node.Get(member)
		if n == nil || n.Kind != jsondoc.String || n.Text == "" {
			continue
		}
		if earlier, again := first[n.Text]; again {
			e.find(member, "duplicate", fault.Params{"first": earlier.pointerTo(member)})
			continue
		}
		first[n.Text] = e
	}
}
