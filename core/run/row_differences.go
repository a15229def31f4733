package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// RowDifferences says, for people, in what stored rows are others than those that a run's state makes, each column of each row: own
// is the run's own row, without steps. A plain value that stands behind a seal must be the one that was sealed.
func RowDifferences(told, own Run, stored Rows) []string {
	var d differences
	d.own(told, own)
	stored.Sort()
	if len(told.Steps) == 0 {
		return append(d.found, "the trail has no beginning")
	}
	sealed := sealedRows{stored: stored.Values}
	w := Writes{Rows: Rows{
		Steps: make([]StepRow, 0, len(stored.Steps)), Values: make([]ValueRow, 0, len(stored.Values)), Items: make([]ItemRow, 0, len(stored.Items)),
	}}
	w.add(Run{}, told, sealed.plain)
	for _, at := range sealed.forged {
		d.found = append(d.found, "the value of sensitive "+at.String()+" is not the one that was sealed")
	}
	compareRows(&d, w.Steps, stored.Steps, StepRow.compare, StepRow.differingColumns)
	compareRows(&d, w.Inapplicable, stored.Inapplicable, SlotRow.compare, func(SlotRow, SlotRow) []string { return nil })
	compareRows(&d, w.Values, stored.Values, ValueRow.compare, ValueRow.differingColumns)
	compareRows(&d, w.Items, stored.Items, ItemRow.compare, ItemRow.differingColumns)
	return d.found
}

// compareRows goes along both in the order of their keys; unlike names the columns in which two rows of one key differ.
func compareRows[R fmt.Stringer](d *differences, told, stored []R, compare func(a, b R) int, unlike func(a, b R) []string) {
	sortRows(told, compare)
	for len(told) > 0 || len(stored) > 0 {
		var order int
		switch {
		case len(told) == 0:
			order = 1
		case len(stored) == 0:
			order = -1
		default:
			order = compare(told[0], stored[0])
		}
		switch {
		case order < 0:
			d.found = append(d.found, told[0].String()+" has no row")
		case order > 0:
			d.found = append(d.found, stored[0].String()+" has a row that the trail knows nothing of")
		default:
			if columns := unlike(told[0], stored[0]); len(columns) > 0 {
				d.found = append(d.found, told[0].String()+" differs from the trail in "+strings.Join(columns, ", "))
			}
		}
		if order <= 0 {
			told = told[1:]
		}
		if order >= 0 {
			stored = stored[1:]
		}
	}
}

// sealedRows finds the plain values behind seals, and keeps whose is not the one that was sealed.
type sealedRows struct {
	stored []ValueRow
	forged []SlotRow
}

func (s *sealedRows) plain(v *procedure.Version, step, j int, at SlotRow, value SlotValue) slot.Value {
	if value.Value.Shape() != slot.SealedShape || !value.ErasedAt.IsZero() {
		return value.Value
	}
	from := slices.IndexFunc(s.stored, func(r ValueRow) bool { return r.SlotRow == at })
	if from < 0 {
		return value.Value
	}
	to := from + 1
	for to < len(s.stored) && s.stored[to].SlotRow == at {
		to++
	}
	plain, err := PlainOf(&v.Steps[step].Slots[j], s.stored[from:to])
	if err != nil || !value.Value.Equal(plain) {
		s.forged = append(s.forged, at)
		return value.Value
	}
	return plain
}

func (r StepRow) String() string { return fmt.Sprintf("visit %d of step %s", r.Visit, r.Step) }
func (r SlotRow) String() string {
	return fmt.Sprintf("slot %s.%s of visit %d", r.Step, r.Slot, r.Visit)
}
func (r ItemRow) String() string {
	return fmt.Sprintf("item %s.%s of visit %d", r.Step, r.Item, r.Visit)
}

func (r StepRow) compare(o StepRow) int {
	return cmp.Or(strings.Compare(r.Step, o.Step), cmp.Compare(r.Visit, o.Visit))
}

func (r SlotRow) compare(o SlotRow) int {
	return cmp.Or(strings.Compare(r.Step, o.Step), cmp.Compare(r.Visit, o.Visit), strings.Compare(r.Slot, o.Slot))
}

func (r ValueRow) compare(o ValueRow) int {
	return cmp.Or(r.SlotRow.compare(o.SlotRow), cmp.Compare(r.Ordinal, o.Ordinal))
}

func (r ItemRow) compare(o ItemRow) int {
	return cmp.Or(strings.Compare(r.Step, o.Step), cmp.Compare(r.Visit, o.Visit), strings.Compare(r.Item, o.Item))
}

// columns gathers the names of columns that differ.
type columns []string

func (c *columns) add(same bool, name string) {
	if !same {
		*c = append(*c, name)
	}
}

func (r StepRow) differingColumns(o StepRow) (c []string) {
	if r == o {
		return nil
	}
	all := columns{}
	all.add(r.State == o.State, "state")
	all.add(r.Amended == o.Amended, "amended")
	all.add(r.CommittedAt.Equal(o.CommittedAt), "committed_at")
	all.add(r.CommittedBy == o.CommittedBy, "committed_by")
	all.add(r.Reason == o.Reason, "reason")
	return all
}

func (r ItemRow) differingColumns(o ItemRow) []string {
	if r == o {
		return nil
	}
	all := columns{}
	all.add(r.Completed == o.Completed, "completed")
	all.add(r.At.Equal(o.At), "completed_at")
	all.add(r.By == o.By, "completed_by")
	return all
}

func (r ValueRow) differingColumns(o ValueRow) []string {
	all := columns{}
	all.add(same(r.Text, o.Text), "value_text")
	all.add(same(r.Number, o.Number), "value_number")
	all.add(same(r.Boolean, o.Boolean), "value_boolean")
	all.add(same(r.Date, o.Date), "value_date")
	all.add(sameInstant(r.Timestamp, o.Timestamp), "value_timestamp")
	all.add(same(r.Literal, o.Literal), "literal")
	all.add(r.Origin == o.Origin, "origin")
	all.add(same(r.Salt, o.Salt), "salt")
	all.add(same(r.Digest, o.Digest), "digest")
	all.add(sameInstant(r.ErasedAt, o.ErasedAt), "erased_at")
	return all
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func sameInstant(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
