package procedure

import (
	"fmt"
	"strings"
)

// Mermaid returns the definition as a Mermaid flowchart. Solid lines are transitions. A dotted line leads from a step
// with a condition to the step that follows if the condition is false.
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
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", nodeID(d, i), escaped(label))
	}
	fmt.Fprintf(&b, "  %s((end))\n", nodeID(d, len(d.Steps)))
	for i := range d.Steps {
		d.writeTransitions(&b, i)
	}
	return b.String()
}

// writeTransitions writes the lines that lead away from step i.
func (d *Definition) writeTransitions(b *strings.Builder, i int) {
	s, from := &d.Steps[i], nodeID(d, i)
	hasDefault := false
	for _, t := range s.Transitions {
		if t.When == nil {
			fmt.Fprintf(b, "  %s --> %s\n", from, nodeID(d, t.Target))
			hasDefault = true
			continue
		}
		fmt.Fprintf(b, "  %s -->|\"%s\"| %s\n", from, escaped(t.When.Source), nodeID(d, t.Target))
	}
	if !hasDefault {
		fmt.Fprintf(b, "  %s --> %s\n", from, nodeID(d, i+1))
	}
	if s.When != nil {
		fmt.Fprintf(b, "  %s -.->|not applicable| %s\n", from, nodeID(d, i+1))
	}
}

// nodeID returns the identifier of step i in the flowchart, or of the end if i is the number of steps. It does not use
// the step's key, because not every key is a valid Mermaid identifier.
func nodeID(d *Definition, i int) string {
	if i == len(d.Steps) {
		return "finish"
	}
	return fmt.Sprintf("s%d", i+1)
}

var mermaidEscaper = strings.NewReplacer(
	"\n", "<br>", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;",
)

// escaped replaces the characters that have a special meaning in Mermaid by character references.
func escaped(text string) string { return mermaidEscaper.Replace(text) }
