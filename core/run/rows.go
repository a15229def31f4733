package run

import "slices"

// StepChange says which rows of one step a decision touches: what an adapter writes, and no more.
type StepChange struct {
	Step   int
	State  StepState
	Now    *Visit // what the step's row and the rows below it hold now
	Before *Visit // what they held; nil where nothing of the visit is stored yet
	Row    bool   // the step's own row
	Slots  []int  // values that are new, changed or gone
	Items  []int  // items whose rows are new, changed or gone
	Gone   bool   // the row of a step that had been passed over before its first visit goes
}

// HasItemRow reports whether an item is stored: once it is ticked, and always when its visit is committed and it applied.
func (p *Visit) HasItemRow(i int) bool {
	return !p.CommittedAt.IsZero() && p.Reason == "" && !p.Items[i].NotApplicable || p.Items[i].Completed
}

// row is a visit as it is stored.
type row struct {
	state StepState
	*Visit
}

// rows are the step's rows, by visit: those of closed visits, then the latest, which says where the step stands. A step
// that was passed over before its first visit has the row of that visit; one whose visit is superseded keeps what the
// visit's row says, but for the state.
func (s *Step) rows() []row {
	if len(s.Earlier) == 0 && s.Number > 0 {
		return []row{{s.State, &s.Visit}}
	}
	var all []row
	for i := range s.Earlier {
		state := Committed
		if s.Earlier[i].Reason != "" {
			state = Skipped
		}
		all = append(all, row{state, &s.Earlier[i]})
	}
	switch {
	case s.Superseded():
		all[len(all)-1].state = s.State
	case s.Number > 0:
		all = append(all, row{s.State, &s.Visit})
	case s.State == NotApplicable:
		all = append(all, row{s.State, &Visit{Number: 1}})
	}
	return all
}

// Changes compares two states of one run, step by step and visit by visit. A run that did not exist has no steps.
func Changes(before, after Run) []StepChange {
	var changes []StepChange
	for i := range after.Steps {
		var was []row
		if i < len(before.Steps) {
			if untouched(&before.Steps[i], &after.Steps[i]) {
				continue
			}
			was = before.Steps[i].rows()
		}
		now := after.Steps[i].rows()
		for _, n := range now {
			k := slices.IndexFunc(was, func(w row) bool { return w.Number == n.Number })
			before := row{}
			if k >= 0 {
				before = was[k]
			}
			if c, touched := change(i, before, n); touched {
				changes = append(changes, c)
			}
		}
		if len(now) == 0 && len(was) > 0 {
			changes = append(changes, StepChange{Step: i, Gone: true})
		}
	}
	return changes
}

// untouched reports a step that shares everything with what it was: Evolve copies what it changes.
func untouched(was, now *Step) bool {
	for k := range min(len(was.Earlier), len(now.Earlier)) {
		if len(now.Earlier[k].Slots) > 0 && &was.Earlier[k].Slots[0] != &now.Earlier[k].Slots[0] {
			return false
		}
	}
	return was.State == now.State && was.Number == now.Number && was.Amended == now.Amended && len(was.Earlier) == len(now.Earlier) &&
		(len(now.Slots) == 0 || len(was.Slots) > 0 && &was.Slots[0] == &now.Slots[0]) && (len(now.Items) == 0 || len(was.Items) > 0 && &was.Items[0] == &now.Items[0])
}

func change(i int, was, now row) (StepChange, bool) {
	c := StepChange{Step: i, State: now.state, Now: now.Visit, Before: was.Visit}
	before := was.Visit
	if before == nil {
		before = &Visit{}
	}
	c.Row = c.Before == nil || was.state != now.state || before.Amended != now.Amended || !before.CommittedAt.Equal(now.CommittedAt)
	for j := range now.Slots {
		var held SlotValue
		if j < len(before.Slots) {
			held = before.Slots[j]
		}
		if !held.identical(now.Slots[j]) {
			c.Slots = append(c.Slots, j)
		}
	}
	for j := range now.Items {
		had := j < len(before.Items) && before.HasItemRow(j)
		if has := now.HasItemRow(j); had != has || has && before.Items[j] != now.Items[j] {
			c.Items = append(c.Items, j)
		}
	}
	return c, c.Row || len(c.Slots) > 0 || len(c.Items) > 0
}

// identical is stricter than Equal: two seals of one value differ, and so do two origins and what is erased.
func (h SlotValue) identical(o SlotValue) bool {
	if h.Origin != o.Origin || !h.ErasedAt.Equal(o.ErasedAt) || h.Value.Shape() != o.Value.Shape() {
		return false
	}
	salt, digest := h.Value.Seal()
	otherSalt, otherDigest := o.Value.Seal()
	return h.NotApplicable == o.NotApplicable && h.Value.Text() == o.Value.Text() && salt == otherSalt && digest == otherDigest && h.Value.Bool() == o.Value.Bool() && slices.Equal(h.Value.List(), o.Value.List())
}
