package projection

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Compare describes where the stored rows differ from the rows that the expected state requires. The stored
// plain value of a sensitive slot must match its seal. An encrypted one must have been decrypted, unless there is no
// keyset; see DecryptValues. Compare ignores the hash in the run's own row.
func Compare(expected run.Run, own RunRow, stored Rows) []audit.Problem {
	if len(expected.Steps) == 0 {
		return []audit.Problem{audit.Wrong("no_run")}
	}
	d := differences{}
	d.addRun(RunRowOf(expected, own.Head.Hash), own)
	stored.Sort() // sealedRows needs the rows of one value next to each other
	sealed := sealedRows{stored: stored.Values}
	c := Changes{Rows: Rows{ // usually there are as many expected rows as stored ones
		Steps: make([]StepRow, 0, len(stored.Steps)), Values: make([]ValueRow, 0, len(stored.Values)),
		Items: make([]ItemRow, 0, len(stored.Items)),
	}}
	c.add(run.Run{}, expected, sealed.plainValue)
	for _, at := range sealed.mismatched {
		d = append(d, audit.Wrong("seal_differs", "where", at.where()))
	}
	for i := range stored.Values {
		if r := &stored.Values[i]; r.Unreadable != nil && !errors.Is(r.Unreadable, ErrNoKeyset) {
			d = append(d, audit.Wrong("not_decrypted", "where", r.where(), "cause", r.Unreadable.Error()))
		}
	}
	d.addRows(c.Rows, stored)
	return d
}

// Differences describes where two states of one run differ.
func Differences(expected, other run.Run) []audit.Problem {
	if len(expected.Steps) != len(other.Steps) {
		return []audit.Problem{audit.Wrong("step_count", "count", len(other.Steps), "expected", len(expected.Steps))}
	}
	d := differences{}
	d.addRun(RunRowOf(expected, ""), RunRowOf(other, ""))
	d.addRows(RowsOf(expected), RowsOf(other))
	return d
}

// differences collects descriptions of columns that differ. It makes them only for these columns, because
// verification compares millions of equal rows.
type differences []audit.Problem

func (d *differences) addRun(expected, stored RunRow) {
	differ(d, expected.UserID, stored.UserID, "user_id")
	differ(d, expected.Reference, stored.Reference, "reference")
	differ(d, string(expected.Metadata), string(stored.Metadata), "metadata")
	differ(d, expected.State, stored.State, "state")
	differ(d, expected.Revision, stored.Revision, "revision")
	differ(d, expected.Head.Seq, stored.Head.Seq, "seq")
	differ(d, expected.CurrentStep, stored.CurrentStep, "current_step")
	d.addTime(expected.CreatedAt, stored.CreatedAt, "created_at")
	d.addTime(expected.StartedAt, stored.StartedAt, "started_at")
	d.addTime(expected.UpdatedAt, stored.UpdatedAt, "updated_at")
	d.addTime(expected.ClosedAt, stored.ClosedAt, "closed_at")
	d.addTime(expected.LastEventAt, stored.LastEventAt, "last_event_at")
	differ(d, expected.Refusals, stored.Refusals, "refusals")
	differ(d, expected.Divergences, stored.Divergences, "divergences")
	differ(d, expected.Erased, stored.Erased, "erased")
	if stored.LastRefusal != "" { // rows written by earlier releases do not have it
		differ(d, expected.LastRefusal, stored.LastRefusal, "last_refusal")
	}
	if expected.Failure != nil || stored.Failure != nil {
		differ(d, describeFailure(expected.Failure), describeFailure(stored.Failure), "failure")
	}
}

func describeFailure(f *run.Failure) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%q by %s at %s", f.Reason, f.By, f.At.UTC())
}

func differ[T comparable](d *differences, expected, stored T, column string) {
	if expected != stored {
		d.add(fmt.Sprint(expected), fmt.Sprint(stored), column)
	}
}

func (d *differences) addTime(expected, stored time.Time, column string) {
	if !expected.Equal(stored) {
		d.add(describeTime(expected), describeTime(stored), column)
	}
}

func describeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func (d *differences) add(expected, stored, column string) {
	*d = append(*d, audit.Wrong("column", "name", column, "trail", given(expected), "row", given(stored)))
}

// given returns what a column holds.
func given(text string) any {
	if text == "" {
		return audit.Wrong("empty")
	}
	return text
}

func (d *differences) addRows(expected, stored Rows) {
	expected.Sort()
	stored.Sort()
	compareRows(d, expected.Steps, stored.Steps, StepRow.compare, StepRow.differingColumns)
	compareRows(
		d, expected.Inapplicable, stored.Inapplicable, SlotRow.compare, func(SlotRow, SlotRow) []string { return nil },
	)
	compareRows(d, expected.Values, stored.Values, ValueRow.compare, ValueRow.differingColumns)
	compareRows(d, expected.Items, stored.Items, ItemRow.compare, ItemRow.differingColumns)
}

// compareRows compares rows of one kind. Both lists must be sorted by compareKeys. differingColumns returns the names
// of the columns in which two rows with the same key differ.
func compareRows[R interface{ where() audit.Problem }](
	d *differences, expected, stored []R, compareKeys func(a, b R) int, differingColumns func(a, b R) []string,
) {
	for len(expected) > 0 || len(stored) > 0 {
		var order int
		switch {
		case len(expected) == 0:
			order = 1
		case len(stored) == 0:
			order = -1
		default:
			order = compareKeys(expected[0], stored[0])
		}
		switch {
		case order < 0:
			*d = append(*d, audit.Wrong("row_missing", "where", expected[0].where()))
		case order > 0:
			*d = append(*d, audit.Wrong("row_added", "where", stored[0].where()))
		default:
			if names := differingColumns(expected[0], stored[0]); len(names) > 0 {
				*d = append(*d, audit.Wrong("row_differs", "where", expected[0].where(), "columns", strings.Join(names, ", ")))
			}
		}
		if order <= 0 {
			expected = expected[1:]
		}
		if order >= 0 {
			stored = stored[1:]
		}
	}
}

// sealedRows looks up the plain values of sensitive slots. Only the stored rows hold these values, so sealedRows checks
// them against the seals.
type sealedRows struct {
	stored     []ValueRow
	mismatched []SlotRow // slots whose stored plain value does not match the seal
}

// plainValue is the plainValueFunc of Compare. It returns the stored value and salt of a sensitive slot. If the
// seal is not their digest, it adds the slot to mismatched.
func (s *sealedRows) plainValue(v *procedure.Version, step, j int, at SlotRow, value run.SlotValue) unsealed {
	if value.Value.Digest() == "" || value.ErasedAt != nil {
		return unsealed{value: value.Value}
	}
	from := slices.IndexFunc(s.stored, func(r ValueRow) bool { return r.SlotRow == at })
	if from < 0 {
		return unsealed{value: value.Value}
	}
	to := from + 1
	for to < len(s.stored) && s.stored[to].SlotRow == at {
		to++
	}
	if stored := &s.stored[from]; stored.Sealed != nil && to == from+1 {
		return unsealed{value: value.Value, sealed: stored.Sealed} // Compare reports one that could be read with a key
	}
	plain, err := readValue(&v.Steps[step].Slots[j], s.stored[from:to])
	salt, ok := readSalt(s.stored[from].Salt)
	if err != nil || !ok || !plain.SealedWith(salt).Identical(value.Value) {
		s.mismatched = append(s.mismatched, at)
		return unsealed{value: value.Value}
	}
	return unsealed{value: plain, salt: salt.String()}
}
