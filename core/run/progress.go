package run

// Progress says how far a run has come.
type Progress struct {
	Steps     StepProgress
	Checklist ChecklistProgress
	// Provisional is set while an undecided condition could change a total.
	Provisional bool
}

// StepProgress counts steps.
type StepProgress struct{ Total, Committed, Skipped, NotApplicable int }

// ChecklistProgress counts the items that apply.
type ChecklistProgress struct{ Total, Completed int }

// Tenths is the percentage in tenths of a percent, half up; ok is false where there is nothing to count.
func (c ChecklistProgress) Tenths() (tenths int, ok bool) {
	if c.Total == 0 {
		return 0, false
	}
	return (2000*c.Completed + c.Total) / (2 * c.Total), true
}

// Progress counts what is done of what applies. Where conditions are still open, what they could bring counts too.
func (r Run) Progress() Progress {
	p := Progress{Steps: StepProgress{Total: len(r.Steps)}}
	var ahead forecast
	if r.Version.Conditional && !r.State.Final() {
		ahead = r.forecast()
		p.Provisional = ahead.undecided
	}
	for i := range r.Steps {
		s := &r.Steps[i]
		switch s.State {
		case Committed:
			p.Steps.Committed++
		case Skipped:
			p.Steps.Skipped++
		case NotApplicable:
			p.Steps.NotApplicable++
			continue
		}
		if ahead.skipsStep(i) {
			continue
		}
		for j := range s.Items {
			if s.Items[j].NotApplicable || ahead.skipsItem(i, j) {
				continue
			}
			p.Checklist.Total++
			if s.Items[j].Completed {
				p.Checklist.Completed++
			}
		}
	}
	return p
}

// outlook is what a run may still come to: which steps it may reach and which of their items may apply.
type forecast struct {
	steps     []bool // may be reached, or has been; nil where everything counts
	items     [][]bool
	undecided bool
}

func (o *forecast) skipsStep(i int) bool { return o.steps != nil && !o.steps[i] }
func (o *forecast) skipsItem(i, j int) bool {
	return o.items != nil && o.items[i] != nil && o.items[i][j]
}

// outlook follows the ways that are open from the open step on, forward; a jump back changes no total by itself.
func (r *Run) forecast() forecast {
	o := forecast{steps: make([]bool, len(r.Steps)), items: make([][]bool, len(r.Steps))}
	may := make([]bool, len(r.Steps)+1)
	for i := range r.Steps {
		s := &r.Steps[i]
		switch s.State {
		case Committed, Skipped:
			o.steps[i] = true
		case Open:
			may[i] = true
			r.forecastStep(&o, may, i)
		case Locked:
			if may[i] {
				r.forecastStep(&o, may, i)
			}
		}
	}
	return o
}

// ahead looks at a step that the run may come to.
func (r *Run) forecastStep(o *forecast, may []bool, i int) {
	def, s := &r.Version.Steps[i], &r.Steps[i]
	v := view{run: r, at: i, closed: -1}
	if s.State == Open {
		v.own = s.Slots
	} else if def.When != nil {
		switch applies := v.settledResult(def.When); applies {
		case nil:
			o.undecided = true
			may[i+1] = true
		default:
			if !*applies {
				may[i+1] = true
				return
			}
		}
	}
	o.steps[i] = true
	o.items[i] = make([]bool, len(def.Items))
	for j := range def.Items {
		if c := def.Items[j].When; c != nil {
			applies := v.settledResult(c)
			o.undecided = o.undecided || applies == nil
			o.items[i][j] = applies != nil && !*applies
		}
	}
	for _, t := range def.Transitions {
		if t.When != nil {
			holds := v.settledResult(t.When)
			o.undecided = o.undecided || holds == nil
			if holds != nil && !*holds {
				continue
			}
			if holds == nil {
				may[t.Target] = may[t.Target] || t.Target > i
				continue
			}
		}
		may[t.Target] = may[t.Target] || t.Target > i
		return
	}
	may[i+1] = true
}
