package tamper

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// appendOnly lists the tables whose rows the database refuses to change or delete.
var appendOnly = []string{
	"audit_events", "audit_feed", "audit_checkpoints", "audit_leaves", "audit_nodes",
	"audit_cosignatures",
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

// The database allows the removal of a disclosure from an event, and refuses every other change of an event.
func TestTheDatabaseOnlyRemovesDisclosures(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).populate()
			where := " WHERE entity_id = " + quoted(h.runs["all"]) + " AND seq = 1"
			stored := h.events("all")[0]
			all, err := audit.ParseDisclosures(stored.Disclosures)
			require.NoError(t, err)
			require.Greater(t, len(all), 2)
			edited := func(edit func(audit.Disclosures) audit.Disclosures) string {
				copied, err := audit.ParseDisclosures(stored.Disclosures)
				require.NoError(t, err)
				return edit(copied).Text()
			}
			first := all[0].Place
			var refused []string
			for _, c := range h.columns("audit_events") {
				for _, value := range append(c.otherValues(h.postgres), c.name) {
					refused = append(refused, c.name+" = "+value)
				}
				if c.name != "disclosures" {
					for _, value := range c.otherValues(h.postgres) { // together with a removal of disclosures
						refused = append(refused, "disclosures = '', "+c.name+" = "+value)
					}
				}
			}
			for _, text := range []string{
				"{}x", "[]", "{}", "{ }", `{"/reason":1}`, stored.Disclosures + " ", " " + stored.Disclosures,
				edited(func(d audit.Disclosures) audit.Disclosures { d[0].Value = []byte(`""`); return d }),
				edited(func(d audit.Disclosures) audit.Disclosures { d[0].Salt[0]++; return d }),
				edited(func(d audit.Disclosures) audit.Disclosures { d[0].Place = "/"; return d }),
				edited(func(d audit.Disclosures) audit.Disclosures { d[0].Value = []byte(`""`); return d[:1] }),
				edited(func(d audit.Disclosures) audit.Disclosures { d[1].Place = "/x"; return d[1:] }),
				edited(func(d audit.Disclosures) audit.Disclosures {
					return append(d, audit.Disclosure{Place: "/x", Value: []byte("1")})
				}),
				edited(func(audit.Disclosures) audit.Disclosures {
					return audit.Disclosures{{Place: "/x", Value: []byte("1")}}
				}),
				strings.TrimSuffix(stored.Disclosures, "}") + "," + stored.Disclosures[1:],
			} {
				refused = append(refused, "disclosures = "+quoted(text))
			}
			for _, set := range refused {
				_, err := h.exec("UPDATE audit_events SET " + set + where)
				require.Error(t, err, set)
				require.Equal(t, stored, h.events("all")[0], set)
			}
			for _, text := range []string{all.Without([]string{first}).Text(), ""} {
				n, err := h.exec("UPDATE audit_events SET disclosures = " + quoted(text) + where)
				require.NoError(t, err)
				require.EqualValues(t, 1, n)
				require.Equal(t, text, h.events("all")[0].Disclosures)
			}
			_, err = h.exec("UPDATE audit_events SET disclosures = " + quoted(stored.Disclosures) + where)
			require.ErrorContains(t, err, "append-only", "what was removed cannot be put back")
		})
	}
}
