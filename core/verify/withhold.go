package verify

import (
	"slices"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run/encoding"
)

// Definition compiles the definition of the bundle.
func (b Bundle) Definition(language condition.Language) (*procedure.Version, error) {
	return procedure.Compile(b.version(), b.Canonical, language)
}

// Withhold returns the bundle without the texts and values that the words select; see encoding.WithholdingWords. The
// result still verifies. Withhold returns an error for an unknown word, and if an event of version 1 of the hashed form
// shows something to be withheld, because nothing can be removed from such an event.
func (b Bundle) Withhold(v *procedure.Version, words []string) (Bundle, error) {
	w, ok := encoding.NewWithholding(v, words)
	if !ok {
		refused := fault.New(fault.Malformed, "request.invalid", nil)
		refused.Issues = []fault.Issue{{
			Field: "withhold", Code: "request.withhold", Params: fault.Params{"allowed": encoding.WithholdingWords(v)},
		}}
		return b, refused
	}
	b.Events, b.checked = slices.Clone(b.Events), nil
	var older []int64
	for i := range b.Events {
		withheld, kept := w.Places(&b.Events[i])
		if len(kept) > 0 {
			older = append(older, b.Events[i].Seq)
		}
		if len(withheld) == 0 {
			continue
		}
		var err error
		if b.Events[i], err = b.Events[i].Without(withheld); err != nil {
			return b, fault.From(err)
		}
	}
	if len(older) > 0 {
		return b, fault.New(fault.Conflict, "run.older_events", fault.Params{"events": older})
	}
	return b, nil
}
