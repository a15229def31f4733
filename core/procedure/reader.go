package procedure

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
)

// finding is an issue of a definition and the byte at which what it names stands.
type finding struct {
	fault.Issue
	offset int
}

// reader collects all findings of one document.
type reader struct {
	findings  []finding
	warnings  []finding
	format    string
	canonical bool // numeric bounds and defaults stand as plain decimal strings
	language  condition.Language
	sites     []site
	compiled  []compiled
}

func (r *reader) find(offset int, pointer, code string, params fault.Params) {
	r.findings = append(r.findings, finding{fault.Issue{Field: pointer, Code: "definition." + code, Params: params}, offset})
}

// inOrder are findings as issues in document order.
func inOrder(findings []finding) []fault.Issue {
	slices.SortStableFunc(findings, func(a, b finding) int { return cmp.Compare(a.offset, b.offset) })
	issues := make([]fault.Issue, len(findings))
	for i, f := range findings {
		issues[i] = f.Issue
	}
	return issues
}

// object is one JSON object being read. Every member is null, or of the type asked for, or a finding.
type object struct {
	*reader
	node    *jsondoc.Node
	pointer string
}

func (o object) at(name string) string { return jsondoc.Pointer(o.pointer, name) }

// offset is where a member stands, or the object that lacks it.
func (o object) offset(name string) int {
	if n := o.node.Get(name); n != nil {
		return n.Offset
	}
	return o.node.Offset
}

func (o object) find(name, code string, params fault.Params) {
	o.reader.find(o.offset(name), o.at(name), code, params)
}

// adopt takes over issues that were found below this object's own members.
func (o object) adopt(issues []fault.Issue) {
	for _, is := range issues {
		name, _, _ := strings.Cut(strings.TrimPrefix(is.Field, o.pointer+"/"), "/")
		o.findings = append(o.findings, finding{is, o.offset(name)})
	}
}

// get returns a member of the wanted type; nil when absent, null, or of another type, which is a finding.
func (o object) get(name string, want jsondoc.Kind) *jsondoc.Node {
	n := o.node.Get(name)
	if n == nil || n.Kind == jsondoc.Null {
		return nil
	}
	if n.Kind != want {
		o.find(name, "wrong_type", fault.Params{"expected": want.String()})
		return nil
	}
	return n
}

// text is an optional text; what is given must not be only white space.
func (o object) text(name string) string {
	n := o.get(name, jsondoc.String)
	if n == nil || n.Text == "" {
		return ""
	}
	return n.Text
}

// heading is an optional text shown as a name: it may be absent but not blank.
func (o object) heading(name string) string {
	s := o.text(name)
	if s != "" && strings.TrimSpace(s) == "" {
		o.find(name, "blank", nil)
	}
	return s
}

// required is a text that must be there and not blank.
func (o object) required(name string) string {
	n := o.node.Get(name)
	switch {
	case n == nil || n.Kind == jsondoc.Null:
		o.find(name, "required", nil)
	case n.Kind == jsondoc.String && strings.TrimSpace(n.Text) == "":
		o.find(name, "blank", nil)
	default:
		return o.text(name)
	}
	return ""
}

// name is a required identifier of the given form.
func (o object) name(member string, wellFormed func(string) bool, reserved func(string) bool) string {
	s := o.required(member)
	o.checkName(member, s, wellFormed, reserved)
	return s
}

func (o object) checkName(member, s string, wellFormed func(string) bool, reserved func(string) bool) {
	switch {
	case s == "":
	case !wellFormed(s):
		o.find(member, "name", fault.Params{"max_length": maxName})
	case reserved(s):
		o.find(member, "reserved", nil)
	}
}

func (o object) flag(name string, byDefault bool) bool {
	if n := o.get(name, jsondoc.Bool); n != nil {
		return n.Bool
	}
	return byDefault
}

// whole is an optional integer within bounds.
func (o object) whole(name string, least, most int) *int {
	n := o.get(name, jsondoc.Number)
	if n == nil {
		return nil
	}
	d, ok := decimal.Parse(n.Text)
	v, err := strconv.Atoi(string(d))
	if !ok || err != nil || v < least || v > most {
		o.find(name, "value", fault.Params{"min": least, "max": most})
		return nil
	}
	return &v
}

func (o object) metadata() jsontext.Value {
	n := o.get("metadata", jsondoc.Object)
	v, issues := metadata.Read(n, o.at("metadata"), "definition.number")
	o.adopt(issues)
	return v
}

// objects reads an array of objects; an element of another type is a finding and left out.
func (o object) objects(name string) []object {
	n := o.get(name, jsondoc.Array)
	if n == nil {
		return nil
	}
	var elements []object
	for i, item := range n.Items {
		pointer := jsondoc.PointerAt(o.at(name), i)
		if item.Kind != jsondoc.Object {
			o.reader.find(item.Offset, pointer, "wrong_type", fault.Params{"expected": "object"})
			continue
		}
		elements = append(elements, object{o.reader, item, pointer})
	}
	return elements
}

// says reports whether a text is given at all.
func (o object) says(name string) bool {
	n := o.node.Get(name)
	return n != nil && n.Kind != jsondoc.Null && (n.Kind != jsondoc.String || n.Text != "")
}
