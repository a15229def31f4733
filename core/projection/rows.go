// Package projection derives a run's rows from its state, and its state from the rows. The rows are the same for every
// database; an adapter only maps them to its column types. Writing a change and verifying a database both use this
// package, so that they agree on the rows of a run.
//
// Of a sensitive value, the state of a run holds only the digest. The rows hold its salt and, until it is erased, the
// value itself: the plain value.
package projection

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// The rows that hold a run's steps.
type (
	// StepRow is one visit of a step.
	StepRow struct {
		Step        string
		Visit       int
		State       run.StepState
		Amended     bool
		CommittedAt time.Time
		CommittedBy string
		Reason      *string // why the step was skipped; nil if it was not, and empty if the reason was erased
	}
	// SlotRow identifies a slot of a visit. A SlotRow in Rows.Inapplicable says that the slot did not apply when the
	// visit was committed.
	SlotRow struct {
		Step  string
		Visit int
		Slot  string
	}
	// ValueRow is the value of a slot, in the column of its type. A multi_enum has one row per choice. The row of a
	// sensitive value also has its seal: the digest, and the salt. If there is a keyset, value and salt are stored
	// encrypted, in one row. An erased value keeps its row without value and salt.
	ValueRow struct {
		SlotRow
		Ordinal      int
		Text         *string
		Number       *string // a decimal without exponent
		Boolean      *bool
		Date         *string // RFC 3339 full-date
		Timestamp    *time.Time
		Literal      *string // the timestamp as the user wrote it
		Origin       string
		Salt, Digest *string
		Sealed       []byte // value and salt, encrypted; nil if they are in clear or erased
		ErasedAt     *time.Time

		Unreadable error // why Sealed could not be decrypted; not stored
	}
	// ItemRow is a checklist item that is ticked, or that applied when its visit was committed.
	ItemRow struct {
		Step      string
		Visit     int
		Item      string
		Completed bool
		At        time.Time
		By        string
	}
	// Rows are all rows of a run except the run's own row. Each kind is sorted by step, visit, and slot or item.
	Rows struct {
		Steps        []StepRow
		Inapplicable []SlotRow
		Values       []ValueRow
		Items        []ItemRow
	}
)

// Sort sorts each kind of row by its key.
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

func (r SlotRow) String() string {
	return fmt.Sprintf("slot %s.%s of visit %d", r.Step, r.Slot, r.Visit)
}

// where names the row in a finding.
func (r StepRow) where() audit.Problem {
	return audit.Wrong("row_of_step", "step", r.Step, "visit", r.Visit)
}

func (r SlotRow) where() audit.Problem {
	return audit.Wrong("row_of_slot", "step", r.Step, "slot", r.Slot, "visit", r.Visit)
}

func (r ItemRow) where() audit.Problem {
	return audit.Wrong("row_of_item", "step", r.Step, "item", r.Item, "visit", r.Visit)
}
