package i18n

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// GraphWords returns the words of the graph of a procedure.
func (l Locale) GraphWords() procedure.GraphWords {
	return procedure.GraphWords{
		When:      func(e string) string { return l.Text("graph.when", fault.Params{"expression": e}) },
		Skippable: l.Text("graph.skippable", nil), NotApplicable: l.Text("graph.not_applicable", nil),
		End: l.Text("graph.end", nil),
	}
}
