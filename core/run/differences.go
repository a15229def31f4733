package run

import (
	"bytes"
	"fmt"

	"github.com/procedo/procedo/core/slot"
)

// Differences says, for people, where two states of one run differ: none where folding a trail gives the stored rows.
func Differences(told, stored Run) []string {
	var found []string
	differ := func(what string, told, stored any) {
		if told != stored {
			found = append(found, fmt.Sprintf("%s: the trail says %v, the rows say %v", what, told, stored))
		}
	}
	differ("user_id", told.UserID, stored.UserID)
	differ("reference", told.Reference, stored.Reference)
	differ("metadata", string(bytes.TrimSpace(told.Metadata)), string(bytes.TrimSpace(stored.Metadata)))
	differ("state", told.State, stored.State)
	differ("revision", told.Revision, stored.Revision)
	differ("seq", told.Seq, stored.Seq)
	differ("created_at", told.CreatedAt.UTC(), stored.CreatedAt.UTC())
	differ("started_at", told.StartedAt.UTC(), stored.StartedAt.UTC())
	differ("updated_at", told.UpdatedAt.UTC(), stored.UpdatedAt.UTC())
	differ("closed_at", told.ClosedAt.UTC(), stored.ClosedAt.UTC())
	differ("failure", told.Failure.text(), stored.Failure.text())
	if len(told.Steps) != len(stored.Steps) {
		return append(found, "the trail has no beginning")
	}
	for i := range told.Steps {
		a, b := &told.Steps[i], &stored.Steps[i]
		step := "step " + stored.Version.Steps[i].Key + " "
		differ(step+"state", a.State, b.State)
		differ(step+"earlier visits", len(a.Earlier), len(b.Earlier))
		passage(step, &a.Passage, &b.Passage, stored.Version.Steps[i].Slots, differ)
		for k := range min(len(a.Earlier), len(b.Earlier)) {
			passage(fmt.Sprintf("%svisit %d ", step, a.Earlier[k].Visit), &a.Earlier[k], &b.Earlier[k], stored.Version.Steps[i].Slots, differ)
		}
	}
	return found
}

// passage compares one visit of a step.
func passage(step string, a, b *Passage, slots []slot.Slot, differ func(what string, told, stored any)) {
	differ(step+"visit", a.Visit, b.Visit)
	differ(step+"committed_at", a.CommittedAt.UTC(), b.CommittedAt.UTC())
	differ(step+"committed_by", a.CommittedBy, b.CommittedBy)
	differ(step+"reason", a.Reason, b.Reason)
	differ(step+"amended", a.Amended, b.Amended)
	for j := range a.Slots {
		if !a.Slots[j].identical(b.Slots[j]) {
			differ(step+"slot "+slots[j].Name, "one thing", "another")
		}
	}
	for j := range a.Items {
		differ(step+"item "+a.Items[j].Key, a.Items[j].String(), b.Items[j].String())
	}
}

func (f *Failure) text() string {
	if f == nil {
		return "none"
	}
	return fmt.Sprintf("%q by %s at %s", f.Reason, f.By, f.At.UTC())
}
