package procedure

import (
	"fmt"
	"strings"
)

// Mermaid returns the definition as a Mermaid flowchart. Transitions are solid lines; a dotted line passes over a
// step that does not apply.
func (d *Definition) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i := range d.Steps {
		s := &d.Steps[i]
		label := s.Title
		if s.When != nil {
			label += "\nwhen " + s.When.Source
		}
		if s.Skippable {
			label += "\nskippable"
		}
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", node(d, i), escaped(label))
	}
	fmt.Fprintf(&b, "  %s((end))\n", node(d, len(d.Steps)))
	for i := range d.Steps {
		d.writeTransitions(&b, i)
	}
	return b.String()
}

// writeTransitions writes the lines that begin at a step.
func (d *Definition) writeTransitions(b *strings.Builder, i int) {
	s, from := &d.Steps[i], node(d, i)
	hasDefault := false
	for _, t := range s.Transitions {
		if t.When == nil {
			fmt.Fprintf(b, "  %s --> %s\n", from, node(d, t.Target))
			hasDefault = true
			continue
		}
		fmt.Fprintf(b, "  %s -->|\"%s\"| %s\n", from, escaped(t.When.Source), node(d, t.Target))
	}
	if !hasDefault {
		fmt.Fprintf(b, "  %s --> %s\n", from, node(d, i+1))
	}
	if s.When != nil {
		fmt.Fprintf(b, "  %s -.->|not applicable| %s\n", from, node(d, i+1))
	}
}

// node returns the identifier of step i in the flowchart, or of the end if i is the number of steps. Keys are not used
// since not every key is a valid identifier.
func node(d *Definition, i int) string {
	if i == len(d.Steps) {
		return "finish"
	}
	return fmt.Sprintf("s%d", i+1)
}

var mermaidEscaper = strings.NewReplacer(
	"\n", "<br>", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;",
)

// escaped returns a text with the characters that have a meaning in Mermaid as character references.
func escaped(text string) string { return mermaidEscaper.Replace(text) }
