package run

import "slices"

// StepChange says which rows of one step a decision touches: what an adapter writes, and no more.
type StepChange struct {
	Step      int
	Row       bool  // the step's own row
	Slots     []int // values that are new, changed or gone
	Items     []int // items whose rows are new, changed or gone
	NewVisit  bool  // the rows are a new visit's: nothing of it is stored yet
	Committed bool  // the step has become committed with this change
	Gone      bool  // the row of a step that had been passed over before its first visit goes
}

// HasItemRow reports whether an item is stored: once it is ticked, and always when its step is committed and it applied.
func (s *Step) HasItemRow(i int) bool {
	return s.State == Committed && !s.Items[i].NotApplicable || s.Items[i].Completed
}

// Row is what a step's own row holds. A step that was passed over before its first visit has the row of that visit; one
// whose visit is superseded keeps what the visit's row says, but for the state.
func (s *Step) Row() (state StepState, p *Passage) {
	switch {
	case s.superseded():
		return s.State, &s.Earlier[len(s.Earlier)-1]
	case s.Visit == 0:
		return s.State, &Passage{Visit: 1}
	}
	return s.State, &s.Passage
}

// hasRow reports a step of which anything is stored.
func (s *Step) hasRow() bool { return s.Visit > 0 || s.State == NotApplicable }

// Changes compares two states of one run, step by step. A run that did not exist has no steps.
func Changes(before, after Run) []StepChange {
	var changes []StepChange
	for i := range after.Steps {
		was := Step{}
		if i < len(before.Steps) {
			was = before.Steps[i]
		}
		if c, touched := change(i, &was, &after.Steps[i]); touched {
			changes = append(changes, c)
		}
	}
	return changes
}

func change(i int, was, now *Step) (StepChange, bool) {
	c := StepChange{Step: i}
	if !now.hasRow() { // never reached, or no longer passed over
		c.Gone = was.hasRow()
		return c, c.Gone
	}
	c.NewVisit = was.Visit != now.Visit || !was.hasRow()
	if c.NewVisit {
		was = &Step{}
	}
	c.Committed = now.State == Committed && was.State != Committed
	c.Row = c.NewVisit || was.State != now.State || was.Amended != now.Amended || !was.CommittedAt.Equal(now.CommittedAt)
	if now.superseded() || now.Visit == 0 {
		return c, c.Row // its visit's own rows stay as they are
	}
	for j := range now.Slots {
		var before Held
		if j < len(was.Slots) {
			before = was.Slots[j]
		}
		if !before.identical(now.Slots[j]) {
			c.Slots = append(c.Slots, j)
		}
	}
	for j := range now.Items {
		had := j < len(was.Items) && was.HasItemRow(j)
		if has := now.HasItemRow(j); had != has || has && was.Items[j] != now.Items[j] {
			c.Items = append(c.Items, j)
		}
	}
	return c, c.Row || len(c.Slots) > 0 || len(c.Items) > 0
}

// identical is stricter than Equal: two seals of one value differ, and so do two origins.
func (h Held) identical(o Held) bool {
	if h.Origin != o.Origin || h.Value.Shape() != o.Value.Shape() {
		return false
	}
	salt, digest := h.Value.Seal()
	otherSalt, otherDigest := o.Value.Seal()
	return h.NotApplicable == o.NotApplicable && h.Value.Text() == o.Value.Text() && salt == otherSalt && digest == otherDigest && h.Value.Bool() == o.Value.Bool() && slices.Equal(h.Value.List(), o.Value.List())
}
