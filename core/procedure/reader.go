package procedure

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/slot"
)

// reader reads one document and collects its findings.
type reader struct {
	findings  findingList
	warnings  findingList
	format    string
	canonical bool           // whether the document is a stored one: numeric bounds and defaults are decimal strings
	effort    int            // remaining search steps for FindUnfillable; see slot.Effort
	budget    *budget.Budget // for checking defaults and the literals of conditions
	patterns  *slot.Patterns
	options   int                    // number of options of the slots read so far
	own       string                 // tag of the document's own language
	languages map[string]languageTag // the tags of the translations met so far, in lower case unless canonical
	language  condition.Language
	zone      *time.Location    // time zone of the procedure; nil for UTC
	meaning   condition.Meaning // of the conditions
	pending   []pendingCondition
	compiled  []compiledCondition
}

func (r *reader) find(offset int, pointer, code string, params fault.Params) {
	r.add(fault.Issue{Field: pointer, Code: "definition." + code, Params: params}, offset)
}

// add records a finding. If the document is a stored one, add ignores findings that are not about its structure. The
// document was checked when it was saved, and it must remain readable if a check was added since.
func (r *reader) add(issue fault.Issue, offset int) {
	if !r.canonical || structural[issue.Code] {
		r.findings.add(issue, offset)
	}
}

// structural holds the codes of the findings that leave a part of a document without a meaning.
var structural = map[string]bool{
	"definition.unknown_member": true, "definition.wrong_type": true, "definition.required": true,
	"definition.no_steps": true, "definition.format": true, "definition.unknown_type": true,
	"definition.bound": true, "definition.pattern": true, "definition.unknown_step": true,
	"definition.condition": true, "definition.condition_type": true, "definition.condition_unknown": true,
	"definition.condition_sensitive": true, "definition.condition_limit": true,
}

// object is a JSON object that is being read. Its methods treat a null member as absent, and report a member of the
// wrong type.
type object struct {
	*reader
	node    *jsondoc.Node
	pointer string
}

// pointerTo returns the JSON pointer of a member.
func (o object) pointerTo(name string) string { return jsondoc.Pointer(o.pointer, name) }

// offset returns the byte offset of a member's value, or of the object if there is no such member.
func (o object) offset(name string) int {
	if n := o.node.Get(name); n != nil {
		return n.Offset
	}
	return o.node.Offset
}

// find records a finding about a member.
func (o object) find(name, code string, params fault.Params) {
	o.reader.find(o.offset(name), o.pointerTo(name), code, params)
}

// addIssues records issues about the object's members or their content.
func (o object) addIssues(issues []fault.Issue) {
	for _, is := range issues {
		name, _, _ := strings.Cut(strings.TrimPrefix(is.Field, o.pointer+"/"), "/")
		o.add(is, o.offset(name))
	}
}

// allowedTexts are the values of members that are texts of a closed set. A message about their type names them too.
var allowedTexts = map[string]any{
	"agents": agentsNames, "on_return": []string{returnBlank, returnKeep}, "type": slot.Types,
}

// get returns the value of a member, or nil if it is absent, null or of the wrong type.
func (o object) get(name string, want jsondoc.Kind) *jsondoc.Node {
	n := o.node.Get(name)
	if n == nil || n.Kind == jsondoc.Null {
		return nil
	}
	if n.Kind != want {
		params := fault.Params{"expected": want.String()}
		if allowed := allowedTexts[name]; allowed != nil && want == jsondoc.String {
			params["allowed"] = allowed
		}
		o.find(name, "wrong_type", params)
		return nil
	}
	return n
}

// text returns an optional text, or "" if it is absent.
func (o object) text(name string) string {
	n := o.get(name, jsondoc.String)
	if n == nil {
		return ""
	}
	return n.Text
}

// heading returns an optional title or label. It reports one that is blank but not empty.
func (o object) heading(name string) string {
	s := o.text(name)
	if s != "" && blank.Is(s) {
		o.find(name, "blank", nil)
	}
	return s
}

// line returns an optional text like heading. It also reports one with a line break or another control character.
func (o object) line(name string) string {
	s := o.heading(name)
	isControl := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
	if !blank.Is(s) && strings.ContainsFunc(s, isControl) {
		o.find(name, "control_character", nil)
	}
	return s
}

// required returns a text that must be present and not blank. A stored document may have a blank text, because an older
// release did not recognise every blank character.
func (o object) required(name string) string {
	n := o.node.Get(name)
	switch {
	case n == nil || n.Kind == jsondoc.Null:
		o.find(name, "required", nil)
	case n.Kind == jsondoc.String && blank.Is(n.Text) && !o.canonical:
		o.find(name, "blank", nil)
	default:
		return o.text(name)
	}
	return ""
}

// name returns a required id, key or name, and checks it.
func (o object) name(member string, wellFormed func(string) bool, reserved func(string) bool) string {
	s := o.required(member)
	o.checkName(member, s, wellFormed, reserved)
	return s
}

// checkName reports an id, key or name that is malformed or reserved.
func (o object) checkName(member, s string, wellFormed func(string) bool, reserved func(string) bool) {
	switch {
	case s == "":
	case !wellFormed(s):
		o.find(member, "name", fault.Params{"max_length": maxName})
	case reserved(s):
		o.find(member, "reserved", nil)
	}
}

// boolean returns an optional boolean.
func (o object) boolean(name string, defaultValue bool) bool {
	if n := o.get(name, jsondoc.Bool); n != nil {
		return n.Bool
	}
	return defaultValue
}

// integer returns an optional integer, or nil if it is absent. It reports an integer outside the bounds, except in a
// stored document.
func (o object) integer(name string, least, most int) *int {
	n := o.get(name, jsondoc.Number)
	if n == nil {
		return nil
	}
	d, ok := decimal.Parse(n.Text)
	v, err := strconv.Atoi(string(d))
	if !ok || err != nil || !o.canonical && (v < least || v > most) {
		o.find(name, "value", fault.Params{"min": least, "max": most})
		return nil
	}
	return &v
}

func (o object) metadata() jsontext.Value {
	n := o.get("metadata", jsondoc.Object)
	v, issues := metadata.Read(n, o.pointerTo("metadata"), "definition.number")
	o.addIssues(issues.First)
	o.findings.count += issues.Count - len(issues.First) // those that are left out would come after the others
	return v
}

// objects returns the elements of an array of objects. Elements of another type are reported and left out.
func (o object) objects(name string) []object {
	n := o.get(name, jsondoc.Array)
	if n == nil {
		return nil
	}
	elements := make([]object, 0, len(n.Items))
	for i, item := range n.Items {
		if o.budget.Err() != nil {
			return nil // nobody waits for the result
		}
		pointer := jsondoc.PointerAt(o.pointerTo(name), i)
		if item.Kind != jsondoc.Object {
			o.reader.find(item.Offset, pointer, "wrong_type", fault.Params{"expected": "object"})
			continue
		}
		elements = append(elements, object{o.reader, item, pointer})
	}
	return elements
}

// isSet reports whether a member is present and is neither null nor an empty string.
func (o object) isSet(name string) bool {
	n := o.node.Get(name)
	return n != nil && n.Kind != jsondoc.Null && (n.Kind != jsondoc.String || n.Text != "")
}
