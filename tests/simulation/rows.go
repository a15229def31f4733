package simulation

import (
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// applied returns the rows of a run after a change, as a database makes it: deletions first, and no row twice. The rows
// before the change stay as they are.
func applied(before projection.Rows, c projection.Changes) (projection.Rows, error) {
	rows := projection.Rows{
		Steps: slices.Clone(before.Steps), Inapplicable: slices.Clone(before.Inapplicable),
		Values: slices.Clone(before.Values), Items: slices.Clone(before.Items),
	}
	rows.Steps = slices.DeleteFunc(rows.Steps, func(r projection.StepRow) bool {
		return slices.Contains(c.DeletedSteps, r.Step)
	})
	for _, row := range c.Steps {
		i := slices.IndexFunc(rows.Steps, func(r projection.StepRow) bool {
			return r.Step == row.Step && r.Visit == row.Visit
		})
		if i >= 0 {
			rows.Steps[i] = row
		} else {
			rows.Steps = append(rows.Steps, row)
		}
		if openSteps(rows.Steps) > 1 {
			return before, fmt.Errorf("two rows of open steps")
		}
	}
	rows.Values = slices.DeleteFunc(rows.Values, func(r projection.ValueRow) bool {
		return slices.Contains(c.DeletedValues, r.SlotRow)
	})
	rows.Items = slices.DeleteFunc(rows.Items, func(r projection.ItemRow) bool {
		return slices.ContainsFunc(c.DeletedItems, func(d projection.ItemRow) bool { return sameItem(r, d) })
	})
	rows.Inapplicable = slices.DeleteFunc(rows.Inapplicable, func(r projection.SlotRow) bool {
		return slices.Contains(c.DeletedInapplicable, r)
	})
	var err error
	same := func(a, b projection.SlotRow) bool { return a == b }
	rows.Inapplicable = insert(rows.Inapplicable, c.Inapplicable, same, &err)
	rows.Values = insert(rows.Values, c.Values, func(a, b projection.ValueRow) bool {
		return a.SlotRow == b.SlotRow && a.Ordinal == b.Ordinal
	}, &err)
	rows.Items = insert(rows.Items, c.Items, sameItem, &err)
	rows.Sort()
	return rows, err
}

func openSteps(rows []projection.StepRow) (n int) {
	for i := range rows {
		if rows[i].State == run.Open {
			n++
		}
	}
	return n
}

func sameItem(a, b projection.ItemRow) bool {
	return a.Step == b.Step && a.Visit == b.Visit && a.Item == b.Item
}

// insert appends rows. It sets err if there is a row with the same key.
func insert[R any](rows, added []R, same func(a, b R) bool, err *error) []R {
	for _, row := range added {
		if slices.ContainsFunc(rows, func(r R) bool { return same(r, row) }) {
			*err = fmt.Errorf("there already is a row like %+v", row)
		}
		rows = append(rows, row)
	}
	return rows
}
