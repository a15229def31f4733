package procedure

import (
	"fmt"
	"strings"
)

// Mermaid draws the ways through a definition as a Mermaid flowchart: solid where a step leads, dotted where it is passed
// over because it does not apply.
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
		d.steps(&b, i)
	}
	return b.String()
}

// steps draws where one step leads.
func (d *Definition) steps(b *strings.Builder, i int) {
	s, from := &d.Steps[i], node(d, i)
	otherwise := true
	for _, t := range s.Transitions {
		if t.When == nil {
			fmt.Fprintf(b, "  %s --> %s\n", from, node(d, t.Target))
			otherwise = false
			continue
		}
		fmt.Fprintf(b, "  %s -->|\"%s\"| %s\n", from, escaped(t.When.Source), node(d, t.Target))
	}
	if otherwise {
		fmt.Fprintf(b, "  %s --> %s\n", from, node(d, i+1))
	}
	if s.When != nil {
		fmt.Fprintf(b, "  %s -.->|not applicable| %s\n", from, node(d, i+1))
	}
}

// node is a name that Mermaid takes, whatever the step's key.
func node(d *Definition, i int) string {
	if i == len(d.Steps) {
		return "finish"
	}
	return fmt.Sprintf("s%d", i+1)
}

// escaped writes what Mermaid would read as its own signs as character references.
func escaped(text string) string {
	return strings.NewReplacer("\n", "<br>", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;").Replace(text)
}
