package run

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// The rows in which a storage keeps a run's steps: the same whatever the database, in its own column types.
type (
	// StepRow is one visit of a step.
	StepRow struct {
		Step        string
		Visit       int
		State       StepState
		Amended     bool
		CommittedAt time.Time
		CommittedBy string
		Reason      string
	}
	// SlotRow names a slot that did not apply when its visit was committed.
	SlotRow struct {
		Step  string
		Visit int
		Slot  string
	}
	// ValueRow is a value in the column of its kind; a multi_enum has a row for each choice. A sensitive one keeps its
	// seal beside it, and only its seal once it is erased.
	ValueRow struct {
		SlotRow
		Ordinal      int
		Text         *string
		Number       *string // a plain decimal
		Boolean      *bool
		Date         *string // RFC 3339 full-date
		Timestamp    *time.Time
		Literal      *string // the timestamp as it was given
		Origin       string
		Salt, Digest *string
		ErasedAt     *time.Time
	}
	// ItemRow is an item: ticked, or of a committed visit.
	ItemRow struct {
		Step      string
		Visit     int
		Item      string
		Completed bool
		At        time.Time
		By        string
	}
	// Rows are all of a run's, in the order of step, visit, slot and ordinal.
	Rows struct {
		Steps        []StepRow
		Inapplicable []SlotRow
		Values       []ValueRow
		Items        []ItemRow
	}
)

// Sort puts rows into the order in which whoever reads them wants them.
func (r *Rows) Sort() {
	sortRows(r.Steps, StepRow.compare)
	sortRows(r.Inapplicable, SlotRow.compare)
	sortRows(r.Values, ValueRow.compare)
	sortRows(r.Items, ItemRow.compare)
}

func sortRows[R any](rows []R, compare func(a, b R) int) {
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
}

// AddRow appends a row of a run to those that were read before. Runs come one after another and have about as many rows each: room is made
// for as many as the one before had.
func AddRow[R any](rows []R, row R, before *int) []R {
	if rows == nil {
		rows = make([]R, 0, *before)
	}
	rows = append(rows, row)
	*before = len(rows)
	return rows
}

// ErrRows says that stored rows contradict each other or the definition.
var ErrRows = errors.New("stored rows")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRows}, args...)...)
}

// Assemble puts a run's rows into the order of its definition. Rows that the definition does not know are ErrRows.
func Assemble(v *procedure.Version, rows Rows) ([]Step, error) {
	a := assembly{version: v, steps: BlankSteps(v)}
	for _, row := range rows.Steps {
		if err := a.step(row); err != nil {
			return nil, err
		}
	}
	for _, row := range rows.Inapplicable {
		_, p, j, err := a.place(row)
		if err != nil {
			return nil, err
		}
		p.Slots[j].NotApplicable = true
	}
	for from := 0; from < len(rows.Values); {
		to := from + 1
		for to < len(rows.Values) && rows.Values[to].SlotRow == rows.Values[from].SlotRow {
			to++
		}
		if err := a.value(rows.Values[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	for _, row := range rows.Items {
		if err := a.item(row); err != nil {
			return nil, err
		}
	}
	a.settle()
	return a.steps, nil
}

type assembly struct {
	version *procedure.Version
	steps   []Step
}

// step takes a visit; visits come in order, so that the last one taken is the current one and those before it are earlier.
func (a assembly) step(row StepRow) error {
	i, ok := a.version.StepIndex(row.Step)
	if !ok {
		return corrupt("step %s is not in the definition", row.Step)
	}
	s := &a.steps[i]
	if s.Number > 0 {
		closed := Committed
		if s.Reason != "" {
			closed = Skipped
		}
		if s.State != closed || row.Visit <= s.Number {
			return corrupt("visit %d of step %s is %s, with visit %d after it", s.Number, row.Step, s.State, row.Visit)
		}
		s.Earlier = append(s.Earlier, s.Visit)
		s.Visit = BlankVisit(&a.version.Steps[i], 0)
	}
	s.State, s.Number, s.Amended = row.State, row.Visit, row.Amended
	s.CommittedAt, s.CommittedBy, s.Reason = row.CommittedAt, row.CommittedBy, row.Reason
	for j := range s.Items { // of a committed visit every item that applied has a row
		s.Items[j].NotApplicable = a.version.Steps[i].Items[j].When != nil && !s.CommittedAt.IsZero() && s.Reason == ""
	}
	return nil
}

// place finds a slot of a visit.
func (a assembly) place(row SlotRow) (def *slot.Slot, p *Visit, j int, err error) {
	i, ok := a.version.StepIndex(row.Step)
	if ok {
		j, ok = a.version.Steps[i].SlotIndex(row.Slot)
	}
	if !ok {
		return nil, nil, 0, corrupt("slot %s.%s is not in the definition", row.Step, row.Slot)
	}
	if p = a.visit(i, row.Visit); p == nil {
		return nil, nil, 0, corrupt("a value of visit %d of step %s, which has no row", row.Visit, row.Step)
	}
	return &a.version.Steps[i].Slots[j], p, j, nil
}

func (a assembly) visit(i, visit int) *Visit {
	s := &a.steps[i]
	if s.Number == visit {
		return &s.Visit
	}
	for k := range s.Earlier {
		if s.Earlier[k].Number == visit {
			return &s.Earlier[k]
		}
	}
	return nil
}

func (a assembly) value(rows []ValueRow) error {
	def, p, j, err := a.place(rows[0].SlotRow)
	if err != nil {
		return err
	}
	first := rows[0]
	held := SlotValue{Origin: slot.Origin(first.Origin)}
	switch {
	case !def.Sensitive:
		held.Value, err = PlainOf(def, rows)
	case first.Salt == nil || first.Digest == nil:
		err = corrupt("sensitive slot %s has no seal", def.Name)
	default:
		held.Value = slot.SealedValue(*first.Salt, *first.Digest)
		if first.ErasedAt != nil {
			held.ErasedAt = *first.ErasedAt
		}
	}
	p.Slots[j] = held
	return err
}

func (a assembly) item(row ItemRow) error {
	if i, ok := a.version.StepIndex(row.Step); ok {
		j, p := itemIndex(&a.version.Steps[i], row.Item), a.visit(i, row.Visit)
		if j >= 0 && p != nil {
			p.Items[j] = checklist.State{Key: row.Item, Completed: row.Completed, At: row.At, By: row.By}
			return nil
		}
	}
	return corrupt("item %s.%s of visit %d is not in the definition", row.Step, row.Item, row.Visit)
}

// settle puts what the rows say only together into its place: a visit that was closed and superseded is an earlier one, and
// a step that was passed over before its first visit has none.
func (a assembly) settle() {
	for i := range a.steps {
		s := &a.steps[i]
		switch {
		case s.State == NotApplicable && s.CommittedAt.IsZero():
			s.Visit = BlankVisit(&a.version.Steps[i], 0)
		case (s.State == NotApplicable || s.State == Locked) && !s.CommittedAt.IsZero():
			s.Earlier = append(s.Earlier, s.Visit)
			s.Visit = BlankVisit(&a.version.Steps[i], s.Number)
		}
	}
}

// PlainOf reads a slot's value itself from the column of its kind.
func PlainOf(def *slot.Slot, rows []ValueRow) (slot.Value, error) {
	row := rows[0]
	switch shape := def.Type.Shape(); {
	case shape == slot.TextShape && row.Text != nil:
		return slot.TextValue(*row.Text), nil
	case shape == slot.NumberShape && row.Number != nil:
		return slot.NumberValue(decimal.Decimal(*row.Number)), nil
	case shape == slot.DateShape && row.Date != nil:
		return slot.DateValue(*row.Date), nil
	case shape == slot.BooleanShape && row.Boolean != nil:
		return slot.BooleanValue(*row.Boolean), nil
	case shape == slot.TimestampShape && row.Literal != nil && row.Timestamp != nil:
		v := slot.TimestampValue(*row.Literal)
		if at, ok := v.Instant(); !ok || !row.Timestamp.Equal(at.Truncate(time.Microsecond)) {
			return v, corrupt("slot %s: literal and instant differ", def.Name)
		}
		return v, nil
	case shape == slot.ListShape:
		return choicesOf(def, rows)
	}
	return slot.Value{}, corrupt("slot %s has its value in another type's column", def.Name)
}

func choicesOf(def *slot.Slot, rows []ValueRow) (slot.Value, error) {
	list := make([]string, len(rows))
	for i, row := range rows {
		if row.Text == nil || row.Ordinal != i {
			return slot.Value{}, corrupt("slot %s: choice %d", def.Name, i)
		}
		list[i] = *row.Text
	}
	return slot.ListValue(list), nil
}
