package run

// Progress counts the steps and checklist items of a run, and those that are done.
type Progress struct {
	Steps     StepProgress
	Checklist ChecklistProgress
	// Provisional is set while a total may still change because the result of a condition is not yet certain.
	Provisional bool
}

// StepProgress counts steps.
type StepProgress struct{ Total, Committed, Skipped, NotApplicable int }

// ChecklistProgress counts the items that apply.
type ChecklistProgress struct{ Total, Completed int }

// Tenths returns the percentage in tenths of a percent, rounded half up; ok is false if the total is 0.
func (c ChecklistProgress) Tenths() (tenths int, ok bool) {
	if c.Total == 0 {
		return 0, false
	}
	return (2000*c.Completed + c.Total) / (2 * c.Total), true
}

// progress returns the progress of the run. Its checklist counts the items that apply or may still apply.
func (o *outlook) progress() Progress {
	r := o.run
	p := Progress{Steps: StepProgress{Total: len(r.Steps)}}
	var ahead forecast
	if r.Version.Conditional && r.State != Completed {
		ahead = o.forecast()
		p.Provisional = ahead.undecided && !r.State.Final()
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

// forecast says which steps count in the progress of a run, and which of their items are excluded.
type forecast struct {
	steps     []bool   // by step: whether it is closed, open or still reachable; nil if all steps count
	excluded  [][]bool // by step: for each item, whether it certainly does not apply
	undecided bool     // the result of a condition is not yet certain and may change a total
}

func (f *forecast) skipsStep(i int) bool { return f.steps != nil && !f.steps[i] }

func (f *forecast) skipsItem(i, j int) bool {
	return f.excluded != nil && f.excluded[i] != nil && f.excluded[i][j]
}

// forecast follows all paths that lead forward from the open step, or from the one that was open when the run failed. It
// ignores transitions back to earlier steps, from which the run comes forward again.
func (o *outlook) forecast() forecast {
	r := o.run
	f := forecast{steps: make([]bool, len(r.Steps)), excluded: make([][]bool, len(r.Steps))}
	reachable := make([]bool, len(r.Steps)+1)
	for i := range r.Steps {
		switch state := r.Steps[i].State; {
		case state == Committed, state == Skipped:
			f.steps[i] = true
		case r.isCurrent(i):
			reachable[i] = true
			o.forecastStep(&f, reachable, i)
		case state == Locked && reachable[i]:
			o.forecastStep(&f, reachable, i)
		}
	}
	return f
}

// isCurrent reports whether a step is open, or was when the run failed.
func (r *Run) isCurrent(i int) bool {
	s := &r.Steps[i]
	return s.State == Open || r.State == Failed && s.State == Locked && s.Number > 0 && !s.Superseded()
}

// forecastStep adds step i to f unless the step certainly does not apply. It marks the steps that may follow i as
// reachable.
func (o *outlook) forecastStep(f *forecast, reachable []bool, i int) {
	def := &o.run.Version.Steps[i]
	v := o.view(i)
	if o.run.isCurrent(i) {
		v.own = o.run.Steps[i].Slots
	} else if def.When != nil {
		applies := v.settledResult(def.When)
		f.undecided = f.undecided || applies == nil
		if applies == nil || !*applies {
			reachable[i+1] = true
		}
		if applies != nil && !*applies {
			return
		}
	}
	f.steps[i] = true
	f.excluded[i] = make([]bool, len(def.Items))
	for j := range def.Items {
		if c := def.Items[j].When; c != nil {
			applies := v.settledResult(c)
			f.undecided = f.undecided || applies == nil
			f.excluded[i][j] = applies != nil && !*applies
		}
	}
	for _, t := range def.Transitions {
		holds := new(true)
		if t.When != nil {
			holds = v.settledResult(t.When)
			f.undecided = f.undecided || holds == nil
		}
		if holds != nil && !*holds {
			continue
		}
		if t.Target <= i && t.When != nil { // what lies ahead is decided when the run comes back
			f.undecided = true
			continue
		}
		reachable[t.Target] = reachable[t.Target] || t.Target > i
		if holds != nil {
			return
		}
	}
	reachable[i+1] = true
}
