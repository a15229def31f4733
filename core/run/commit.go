package run

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// Commit closes the open step. Its content is the draft with the submission laid over it, checked as a whole.
type Commit struct{ Submission }

func (Commit) name() string              { return "commit" }
func (c Commit) submission() *Submission { return &c.Submission }
func (Commit) reason() string            { return "" }

func (c Commit) withSalts(salts []slot.Salt) Command {
	c.Salts = salts
	return c
}

func (c Commit) decide(d *decider) error {
	i, err := d.find(c.Step)
	if err != nil {
		return err
	}
	if past := d.repeatOf(i, c.Visit); past != nil {
		return d.acceptRepeat(i, past, &c.Submission)
	}
	if err := d.checkOpen(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, commitMode)
	if err != nil {
		return err
	}
	d.startWork()
	d.emit(StepCommitted{Content: m.content(), Conditions: m.conditions})
	d.decision.PlainValues = m.plainValues
	return d.advance(i, m.slots)
}

// repeatOf returns the committed visit that a commit may repeat: the visit that it names, else the current one or,
// where a jump back locked the step, the last committed one. It returns nil where there is none.
func (d *decider) repeatOf(i, visit int) *Visit {
	s := &d.run.Steps[i]
	past := (*Visit)(nil)
	switch {
	case visit != 0 && (visit != s.Number || s.State != Open):
		past = s.closedVisit(visit)
	case s.State == Committed:
		past = &s.Visit
	case s.State == Locked && visit == 0:
		past = s.lastCommitted()
	}
	if past == nil || past.Reason != "" {
		return nil
	}
	return past
}

// acceptRepeat accepts a commit of a committed visit that changes nothing, in any state of the run.
func (d *decider) acceptRepeat(i int, past *Visit, s *Submission) error {
	m, err := d.merge(i, past, s, repeatMode)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err == nil && !m.differs() {
		return nil
	}
	if s.Visit != 0 && s.Visit != d.run.Steps[i].Number {
		return d.checkVisit(i, s.Visit)
	}
	return d.conflict("step.already_committed", nil)
}
