package tamper

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// appendOnly lists the tables whose rows the database refuses to change or delete.
var appendOnly = []string{
	"audit_events", "audit_feed", "audit_checkpoints", "audit_leaves",
	"procedure_versions", "procedure_steps", "procedure_slots", "procedure_slot_options",
	"procedure_checklist_items", "procedure_transitions", "procedure_rules", "procedure_rule_fields",
}

func TestTheDatabaseRefusesChangesToAppendOnlyTables(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t)
			v.populate()
			for _, table := range appendOnly {
				column := v.columns(table)[0].name
				statements := []string{
					"UPDATE " + table + " SET " + column + " = " + column,
					"DELETE FROM " + table,
					"INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table,
				}
				if v.postgres {
					statements[2] = "TRUNCATE " + table + " CASCADE"
				}
				for _, s := range statements {
					rows := v.count(table)
					require.Positive(t, rows, table)
					_, err := v.exec(s)
					require.ErrorContains(t, err, "append-only", s)
					require.Equal(t, rows, v.count(table), s)
				}
			}
		})
	}
}
