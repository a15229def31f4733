package procedure

import (
	"slices"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// The formats of definition documents. Documents in older formats are converted to format 2 when they are read.
const (
	Format  = "2"
	Format1 = "1"   // names checklist_items "checklists"; steps may have an id, which is dropped
	Format0 = "0.1" // transitions are an object; unknown members are dropped
)

// members lists the JSON members that each kind of element may have, by format.
var members = map[string]map[string][]string{
	Format: {
		"procedure": {"format", "id", "name", "description", "language", "time_zone", "metadata", "max_visits", "steps",
			"translations", "version", "status", "digest", "created_at", "created_by", "warnings",
			"warning_count"},
		"step": {"key", "title", "prompt", "position", "metadata", "slots", "checklist_items", "when", "transitions",
			"skippable", "rules", "on_return", "agents", "translations"},
		"slot": {"name", "type", "required", "label", "description", "position", "options", "validate", "mask",
			"min", "max", "decimals", "unit", "min_length", "max_length", "default", "sensitive", "when", "required_when",
			"metadata", "translations"},
		"item": {"key", "label", "description", "required", "default_state", "position", "when",
			"metadata", "translations"},
		"rule":   {"key", "assert", "message", "fields", "translations"},
		"option": {"value", "label"},
	},
	Format1: {
		"procedure": {"format", "id", "name", "description", "metadata", "steps"},
		"step":      {"id", "key", "title", "prompt", "position", "metadata", "slots", "checklists"},
		"slot": {"name", "type", "required", "label", "description", "validate", "mask", "options", "position",
			"metadata"},
		"item": {"key", "label", "description", "required", "default_state", "position", "metadata"},
	},
	Format0: {
		"procedure": {"format", "id", "name", "description", "version", "steps"},
		"step":      {"key", "title", "prompt", "slots", "transitions"},
		"slot":      {"name", "type", "required", "validate", "mask", "options"},
	},
}

// readOnlyMembers lists the members that the service adds to the definitions that it returns.
var readOnlyMembers = []string{"version", "status", "digest", "created_at", "created_by", "warnings", "warning_count"}

// Members returns the members of format 2 that authors may set. element is "procedure", "step", "slot", "item", "rule"
// or "option".
func Members(element string) []string {
	return slices.DeleteFunc(slices.Clone(members[Format][element]), func(m string) bool {
		return slices.Contains(readOnlyMembers, m)
	})
}

// FormatOf returns the format that a document states in its member "format". For a document without this member, it
// infers the format. A version that is a string, or transitions that are an object, indicate format 0.1. Checklists, or
// a step with an id, indicate format 1. All other documents are in format 2.
func FormatOf(n *jsondoc.Node) string {
	if f := n.Get("format"); f != nil && f.Kind == jsondoc.String && f.Text != "" {
		return f.Text
	}
	if v := n.Get("version"); v != nil && v.Kind == jsondoc.String {
		return Format0
	}
	steps := n.Get("steps")
	if steps == nil {
		return Format
	}
	format := Format
	for _, s := range steps.Items {
		switch t := s.Get("transitions"); {
		case t != nil && t.Kind == jsondoc.Object:
			return Format0
		case s.Get("checklists") != nil || s.Get("id") != nil:
			format = Format1
		}
	}
	return format
}

// checkMembers reports members that the element cannot have in the document's format. It returns the object without the
// members that older formats drop with a warning: unknown members in format 0.1, and the id of a step in format 1.
func (o object) checkMembers(element string) object {
	kept := *o.node
	kept.Members = nil
	for _, m := range o.node.Members {
		known := slices.Contains(members[o.format][element], m.Name)
		if !known && o.format == Format0 || known && o.format == Format1 && element == "step" && m.Name == "id" {
			o.warn(m.Offset, o.pointerTo(m.Name))
			continue
		}
		if !known {
			o.reader.find(m.Offset, o.pointerTo(m.Name), "unknown_member", nil)
		}
		kept.Members = append(kept.Members, m)
	}
	o.node = &kept
	return o
}

// allowOnly reports every member whose name is not listed.
func (o object) allowOnly(names ...string) {
	for _, m := range o.node.Members {
		if !slices.Contains(names, m.Name) {
			o.reader.find(m.Offset, o.pointerTo(m.Name), "unknown_member", nil)
		}
	}
}

// formatHas reports whether the document's format defines the member for this kind of element.
func (o object) formatHas(element, member string) bool {
	return slices.Contains(members[o.format][element], member)
}

// warn records a warning that a member was dropped.
func (r *reader) warn(offset int, pointer string) {
	r.addWarning(fault.Issue{Field: pointer, Code: "definition.dropped"}, offset)
}

func (r *reader) addWarning(issue fault.Issue, offset int) {
	r.warnings.add(issue, offset)
}
