package procedure

import (
	"slices"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// The formats of a definition document. Older ones are read as what they mean in format 2, which is what is kept.
const (
	Format  = "2"
	Format1 = "1"   // checklists instead of checklist_items; steps have an id that means nothing
	Format0 = "0.1" // transitions are an object; what the format does not know is dropped
)

// members are those that each element has, by format.
var members = map[string]map[string][]string{
	Format: {
		"procedure": {"format", "id", "name", "description", "language", "metadata", "max_visits", "steps", "translations",
			"version", "status", "digest", "created_at", "created_by", "warnings"},
		"step": {"key", "title", "prompt", "position", "metadata", "slots", "checklist_items", "when", "transitions", "skippable", "translations"},
		"slot": {"name", "type", "required", "label", "description", "position", "options", "validate", "mask", "min", "max",
			"min_length", "max_length", "default", "sensitive", "when", "required_when", "metadata", "translations"},
		"item": {"key", "label", "description", "required", "default_state", "position", "when", "metadata", "translations"},
	},
	Format1: {
		"procedure": {"format", "id", "name", "description", "metadata", "steps"},
		"step":      {"id", "key", "title", "prompt", "position", "metadata", "slots", "checklists"},
		"slot":      {"name", "type", "required", "label", "description", "validate", "mask", "options", "position", "metadata"},
		"item":      {"key", "label", "description", "required", "default_state", "position", "metadata"},
	},
	Format0: {
		"procedure": {"format", "id", "name", "description", "version", "steps"},
		"step":      {"key", "title", "prompt", "slots", "transitions"},
		"slot":      {"name", "type", "required", "validate", "mask", "options"},
	},
}

// readOnlyMembers are those that the service adds.
var readOnlyMembers = []string{"version", "status", "digest", "created_at", "created_by", "warnings"}

// Members lists the members that authors give an element of format 2: of a procedure, step, slot or item.
func Members(element string) []string {
	return slices.DeleteFunc(slices.Clone(members[Format][element]), func(m string) bool { return slices.Contains(readOnlyMembers, m) })
}

// FormatOf is the format that a document says, or shows: transitions that are an object, or a version that is text,
// mean 0.1; checklists or a step's id mean 1.
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
	shows := func(sign func(step *jsondoc.Node) bool) bool { return slices.ContainsFunc(steps.Items, sign) }
	switch {
	case shows(func(s *jsondoc.Node) bool { t := s.Get("transitions"); return t != nil && t.Kind == jsondoc.Object }):
		return Format0
	case shows(func(s *jsondoc.Node) bool { return s.Get("checklists") != nil || s.Get("id") != nil }):
		return Format1
	}
	return Format
}

// known finds every member that the element does not have in the document's format. Format 0.1 drops them, format 1
// a step's id, with a warning each: the object returned is without them.
func (o object) known(element string) object {
	kept := *o.node
	kept.Members = nil
	for _, m := range o.node.Members {
		known := slices.Contains(members[o.format][element], m.Name)
		if !known && o.format == Format0 || known && o.format == Format1 && element == "step" && m.Name == "id" {
			o.warn(m.Offset, o.at(m.Name))
			continue
		}
		if !known {
			o.reader.find(m.Offset, o.at(m.Name), "unknown_member", nil)
		}
		kept.Members = append(kept.Members, m)
	}
	o.node = &kept
	return o
}

// only finds every member but the named ones.
func (o object) only(names ...string) {
	for _, m := range o.node.Members {
		if !slices.Contains(names, m.Name) {
			o.reader.find(m.Offset, o.at(m.Name), "unknown_member", nil)
		}
	}
}

// has reports whether a member of the element is read at all in the document's format.
func (o object) has(element, member string) bool {
	return slices.Contains(members[o.format][element], member)
}

// warn says that a member was dropped.
func (r *reader) warn(offset int, pointer string) {
	r.warnings = append(r.warnings, finding{fault.Issue{Field: pointer, Code: "definition.dropped"}, offset})
}
