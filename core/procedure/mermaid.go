package procedure

import (
	"fmt"
	"strings"
)

// GraphWords are the words in a flowchart, in the reader's language.
type GraphWords struct {
	When          func(expression string) string // the condition of a step
	Skippable     string
	NotApplicable string
	End           string
}

// Mermaid returns the definition as a Mermaid flowchart. Solid lines are transitions. A dotted line leads from a step
// with a condition to the step that follows if the condition is false.
func (d *Definition) Mermaid(words GraphWords) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i := range d.Steps {
		s := &d.Steps[i]
		label := s.Title
		if s.When != nil {
			label += "\n" + words.When(s.When.Source)
		}
		if s.Skippable {
			label += "\n" + words.Skippable
		}
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", nodeID(d, i), escaped(label))
	}
	fmt.Fprintf(&b, "  %s((\"%s\"))\n", nodeID(d, len(d.Steps)), escaped(words.End))
	for i := range d.Steps {
		d.writeTransitions(&b, i, words)
	}
	return b.String()
}

// writeTransitions writes the lines that lead away from step i.
func (d *Definition) writeTransitions(b *strings.Builder, i int, words GraphWords) {
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
		fmt.Fprintf(b, "  %s -.->|\"%s\"| %s\n", from, escaped(words.NotApplicable), nodeID(d, i+1))
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
