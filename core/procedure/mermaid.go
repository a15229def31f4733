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

// Mermaid returns the graph of the definition as a Mermaid flowchart, with titles in the localizer's language. Solid
// lines are transitions. A dotted line leads from a step with a condition to the step that follows if the condition is
// false.
func (l Localizer) Mermaid(words GraphWords) string {
	g := l.Graph()
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i := range g.Nodes {
		s := g.Nodes[i].Step
		if s == nil {
			fmt.Fprintf(&b, "  %s((\"%s\"))\n", g.nodeID(i), escaped(words.End))
			continue
		}
		label := g.Nodes[i].Title
		if s.When != nil {
			label += "\n" + words.When(s.When.Source)
		}
		if s.Skippable {
			label += "\n" + words.Skippable
		}
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", g.nodeID(i), escaped(label))
	}
	for _, e := range g.Edges {
		line := "-->"
		switch {
		case e.When != "":
			line = fmt.Sprintf(`-->|"%s"|`, escaped(e.When))
		case e.Unless != "":
			line = fmt.Sprintf(`-.->|"%s"|`, escaped(words.NotApplicable))
		}
		fmt.Fprintf(&b, "  %s %s %s\n", g.nodeID(e.From), line, g.nodeID(e.To))
	}
	return b.String()
}

// nodeID returns the identifier of node i in the flowchart. It does not use the step's key, because not every key is a
// valid Mermaid identifier.
func (g *Graph) nodeID(i int) string {
	if g.Nodes[i].Step == nil {
		return "finish"
	}
	return fmt.Sprintf("s%d", i+1)
}

var mermaidEscaper = strings.NewReplacer(
	"\n", "<br>", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;",
)

// escaped replaces the characters that have a special meaning in Mermaid by character references.
func escaped(text string) string { return mermaidEscaper.Replace(text) }
