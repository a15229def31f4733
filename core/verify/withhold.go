package verify

import (
	"github.com/procedo/procedo/core/audit"
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
// result still verifies. Withhold returns the errors of NewWithholding and of Withholding.Err.
func (b Bundle) Withhold(v *procedure.Version, words []string) (Bundle, error) {
	w, err := NewWithholding(v, words)
	if err != nil {
		return b, err
	}
	all := b.Events
	b.Events, b.checked = make([]audit.Event, len(all)), nil
	for i, e := range all {
		if b.Events[i], err = w.Apply(e); err != nil {
			return b, err
		}
	}
	return b, w.Err()
}

// Withholding leaves texts and values out of the events of a bundle.
type Withholding struct {
	places encoding.Withholding
	older  []int64 // the first events from which nothing can be removed
}

// NewWithholding returns the withholding of the texts and values that the words select. It returns an error for an
// unknown word.
func NewWithholding(v *procedure.Version, words []string) (*Withholding, error) {
	places, ok := encoding.NewWithholding(v, words)
	if !ok {
		refused := fault.New(fault.Malformed, "request.invalid", nil)
		refused.Issues = []fault.Issue{{
			Field: "withhold", Code: "request.withhold", Params: fault.Params{"allowed": encoding.WithholdingWords(v)},
		}}
		return nil, refused
	}
	return &Withholding{places: places}, nil
}

// Apply returns the event without what is withheld.
func (w *Withholding) Apply(e audit.Event) (audit.Event, error) {
	withheld, kept := w.places.Places(&e)
	if len(kept) > 0 && len(w.older) < fault.MaxIssues {
		w.older = append(w.older, e.Seq)
	}
	if len(withheld) == 0 {
		return e, nil
	}
	e, err := e.Without(withheld)
	if err != nil {
		return e, fault.From(err)
	}
	return e, nil
}

// Err returns an error if an event that was passed to Apply has version 1 of the hashed form and shows something to be
// withheld: nothing can be removed from such an event. The error names the first of these events.
func (w *Withholding) Err() error {
	if len(w.older) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "run.older_events", fault.Params{"events": w.older})
}
