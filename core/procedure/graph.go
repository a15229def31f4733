package procedure

// Graph is the graph of a version's steps, with every way that leads from a step to another or to the end.
type Graph struct {
	Nodes []GraphNode // the steps in order, and then the end
	Edges []GraphEdge // sorted by the step that they leave, in the order in which a run tries them
}

// GraphNode is a step, or the end.
type GraphNode struct {
	Key   string // End for the end
	Title string // empty for the end
	Step  *Step  // nil for the end
}

// GraphEdge leads from a step to another or to the end. From and To are indexes of nodes.
type GraphEdge struct {
	From, To int
	// When is the condition of the transition; the edge is taken if it holds and those of earlier edges do not.
	When string
	// Unless is the step's own condition: the edge is taken, in place of all others, if it does not hold.
	Unless string
	// Default is set for the edge that is taken if no condition holds: a transition without a condition or, without
	// one, the edge to the next step in order.
	Default bool
	// Back is set if the edge leads to the same or to an earlier step, which is then visited again.
	Back bool
}

// Graph returns the graph of the definition, with titles in the localizer's language. A step that is skipped is left by
// the same edges as a committed one.
func (l Localizer) Graph() Graph {
	d := l.definition
	g := Graph{Nodes: make([]GraphNode, 0, len(d.Steps)+1)}
	for i := range d.Steps {
		s := &d.Steps[i]
		g.Nodes = append(g.Nodes, GraphNode{Key: s.Key, Title: l.Step(s), Step: s})
		g.addEdges(i, s)
	}
	g.Nodes = append(g.Nodes, GraphNode{Key: End})
	return g
}

// addEdges adds the edges that leave step i.
func (g *Graph) addEdges(i int, s *Step) {
	add := func(e GraphEdge) {
		e.From, e.Back = i, e.To <= i
		g.Edges = append(g.Edges, e)
	}
	hasDefault := false
	for _, t := range s.Transitions {
		add(GraphEdge{To: t.Target, When: source(t.When), Default: t.When == nil})
		if hasDefault = t.When == nil; hasDefault {
			break // what follows the default is never tried
		}
	}
	if !hasDefault {
		add(GraphEdge{To: i + 1, Default: true})
	}
	if s.When != nil {
		add(GraphEdge{To: i + 1, Unless: s.When.Source})
	}
}
