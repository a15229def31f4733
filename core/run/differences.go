package run

import (
	"fmt"
	"time"

	"github.com/procedo/procedo/core/checklist"
)

// Differences says, for people, where two states of one run differ: none where folding a trail gives the stored rows.
func Differences(told, stored Run) []string {
	var d differences
	d.own(told, stored)
	if len(told.Steps) != len(stored.Steps) {
		return append(d.found, "the trail has no beginning")
	}
	for i := range told.Steps {
		a, b := &told.Steps[i], &stored.Steps[i]
		d.place = place{run: &stored, step: i}
		differ(&d, a.State, b.State, "state")
		differ(&d, len(a.Earlier), len(b.Earlier), "earlier visits")
		d.visit(&a.Visit, &b.Visit)
		for k := range min(len(a.Earlier), len(b.Earlier)) {
			d.place.visit = a.Earlier[k].Number
			d.visit(&a.Earlier[k], &b.Earlier[k])
		}
	}
	return d.found
}

// own compares what stands in a run's own row.
func (d *differences) own(told, stored Run) {
	differ(d, told.UserID, stored.UserID, "user_id")
	differ(d, told.Reference, stored.Reference, "reference")
	differ(d, string(told.Metadata), string(stored.Metadata), "metadata")
	differ(d, told.State, stored.State, "state")
	differ(d, told.Revision, stored.Revision, "revision")
	differ(d, told.Seq, stored.Seq, "seq")
	d.times(told.CreatedAt, stored.CreatedAt, "created_at")
	d.times(told.StartedAt, stored.StartedAt, "started_at")
	d.times(told.UpdatedAt, stored.UpdatedAt, "updated_at")
	d.times(told.ClosedAt, stored.ClosedAt, "closed_at")
	if told.Failure != nil || stored.Failure != nil {
		differ(d, told.Failure.text(), stored.Failure.text(), "failure")
	}
}

// differences gathers what differs, and words it only then: a verification compares millions of runs that do not.
type differences struct {
	found []string
	place place
}

// place is a step's visit; the zero place is the run itself.
type place struct {
	run   *Run
	step  int
	visit int // 0: the present one
}

func (p place) String() string {
	switch {
	case p.run == nil:
		return ""
	case p.visit == 0:
		return "step " + p.run.Version.Steps[p.step].Key + " "
	}
	return fmt.Sprintf("step %s visit %d ", p.run.Version.Steps[p.step].Key, p.visit)
}

func (d *differences) say(told, stored any, what string) {
	d.found = append(d.found, fmt.Sprintf("%s%s: the trail says %v, the rows say %v", d.place, what, told, stored))
}

func differ[T comparable](d *differences, told, stored T, what string) {
	if told != stored {
		d.say(told, stored, what)
	}
}

func (d *differences) times(told, stored time.Time, what string) {
	if !told.Equal(stored) {
		d.say(told.UTC(), stored.UTC(), what)
	}
}

// visit compares one visit of a step.
func (d *differences) visit(a, b *Visit) {
	def := &d.place.run.Version.Steps[d.place.step]
	differ(d, a.Number, b.Number, "visit")
	d.times(a.CommittedAt, b.CommittedAt, "committed_at")
	differ(d, a.CommittedBy, b.CommittedBy, "committed_by")
	differ(d, a.Reason, b.Reason, "reason")
	differ(d, a.Amended, b.Amended, "amended")
	for j := range a.Slots {
		if !a.Slots[j].identical(b.Slots[j]) {
			d.say("one thing", "another", "slot "+def.Slots[j].Name)
		}
	}
	for j := range a.Items {
		if x, y := a.Items[j], b.Items[j]; !sameItem(x, y) {
			d.say(x.String(), y.String(), "item "+x.Key)
		}
	}
}

// sameItem compares what is shown of an item: who ticked it, and when, only where it is ticked.
func sameItem(a, b checklist.State) bool {
	switch {
	case a.NotApplicable != b.NotApplicable || a.Completed != b.Completed:
		return false
	case a.NotApplicable || !a.Completed:
		return true
	}
	return a.By == b.By && a.At.Equal(b.At)
}

func (f *Failure) text() string {
	if f == nil {
		return "none"
	}
	return fmt.Sprintf("%q by %s at %s", f.Reason, f.By, f.At.UTC())
}
