package tamper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// flaws returns what verification finds in the schema.
func (v *target) flaws() (findings []string) {
	v.Helper()
	require.NoError(v, verify.New(v.storage().Verify).Schema(v.Context(), func(f audit.Finding) {
		findings = append(findings, i18n.Accept("en").Finding(f))
	}))
	return findings
}

// attack changes the schema of a database, and says what verification must then find.
type attack struct {
	name       string
	statements []string
	found      []string
}

var schemaAttacks = map[string][]attack{
	"SQLite": {
		{"a trigger is dropped", []string{"DROP TRIGGER audit_events_no_delete"},
			[]string{"schema trigger audit_events.audit_events_no_delete: it is missing"}},
		{"a trigger does nothing any more", []string{
			"PRAGMA writable_schema = ON",
			`UPDATE sqlite_schema SET sql = replace(sql, 'RAISE(ABORT,', 'coalesce(''x'',')
				WHERE name = 'audit_feed_no_delete'`,
			"PRAGMA writable_schema = RESET",
		}, []string{"schema trigger audit_feed.audit_feed_no_delete: it is not as the migrations made it"}},
		{"a trigger is added", []string{
			"CREATE TRIGGER quiet BEFORE INSERT ON run_slot_values BEGIN SELECT RAISE(IGNORE); END",
		}, []string{"schema trigger run_slot_values.quiet: it was added"}},
		{"a trigger is added, with other capitals", []string{
			"CREATE TRIGGER quiet BEFORE UPDATE ON Run_Slot_VALUES BEGIN SELECT RAISE(IGNORE); END",
		}, []string{"schema trigger run_slot_values.quiet: it was added"}},
		{"a trigger is named like a table of SQLite", []string{
			"CREATE TRIGGER quiet BEFORE UPDATE ON runs BEGIN SELECT RAISE(IGNORE); END",
			"PRAGMA writable_schema = ON",
			"UPDATE sqlite_schema SET name = 'sqlite_stat_1', sql = replace(sql, 'quiet', 'sqlite_stat_1') WHERE name = 'quiet'",
			"PRAGMA writable_schema = RESET",
		}, []string{"schema trigger runs.sqlite_stat_1: it was added"}},
		{"a view stands in a table's place", []string{
			"PRAGMA legacy_alter_table = ON", "ALTER TABLE audit_deliveries RENAME TO hidden",
			"CREATE VIEW audit_deliveries AS SELECT * FROM hidden",
		}, []string{
			"schema index audit_deliveries.sqlite_autoindex_audit_deliveries_1: it is missing",
			"schema table audit_deliveries: it is a view now",
		}},
		{"an index is dropped", []string{"DROP INDEX runs_by_state"},
			[]string{"schema index runs.runs_by_state: it is missing"}},
		{"an index is added", []string{"CREATE INDEX own ON runs (seq)"},
			[]string{"warning: schema index runs.own: it was added"}},
		{"a check is dropped", []string{
			"PRAGMA writable_schema = ON",
			"UPDATE sqlite_schema SET sql = replace(sql, 'CHECK', '/* */ CHECK') WHERE name = 'runs'",
			"PRAGMA writable_schema = RESET",
		}, []string{"schema table runs: it is not as the migrations made it"}},
		{"what is beside the tables is not the service's", []string{
			"CREATE TABLE own (a)", "CREATE VIEW all_runs AS SELECT id FROM runs",
		}, nil},
	},
	"PostgreSQL": {
		{"a trigger is dropped", []string{"DROP TRIGGER audit_events_no_change ON audit_events"},
			[]string{"schema trigger audit_events.audit_events_no_change: it is missing"}},
		{"a trigger is switched off", []string{"ALTER TABLE audit_events DISABLE TRIGGER audit_events_no_change"},
			[]string{"schema trigger audit_events.audit_events_no_change: it is not as the migrations made it"}},
		{"a trigger only runs on replicas", []string{
			"ALTER TABLE audit_feed ENABLE REPLICA TRIGGER audit_feed_no_truncate",
		}, []string{"schema trigger audit_feed.audit_feed_no_truncate: it is not as the migrations made it"}},
		{"foreign keys are switched off", []string{"ALTER TABLE run_inapplicable_slots DISABLE TRIGGER ALL"},
			[]string{"schema table run_inapplicable_slots: it is not as the migrations made it"}},
		{"a function does nothing any more", []string{
			"CREATE OR REPLACE FUNCTION procedo_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		}, []string{"schema function procedo_append_only(): it is not as the migrations made it"}},
		{"a trigger is added", []string{
			"CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
			"CREATE TRIGGER quiet BEFORE INSERT ON run_slot_values FOR EACH ROW EXECUTE FUNCTION quiet()",
		}, []string{"schema trigger run_slot_values.quiet: it was added"}},
		{"a rule is added", []string{"CREATE RULE quiet AS ON INSERT TO run_slot_values DO INSTEAD NOTHING"},
			[]string{"schema rule run_slot_values.quiet: it was added"}},
		{"rows are hidden from some", []string{
			"ALTER TABLE runs ENABLE ROW LEVEL SECURITY", "CREATE POLICY part ON runs USING (state <> 'failed')",
		}, []string{
			"schema table runs: it is not as the migrations made it", "schema policy runs.part: it was added",
		}},
		{"rows are added by inheritance", []string{"CREATE TABLE more () INHERITS (service_keys)"},
			[]string{"schema table service_keys: it is not as the migrations made it"}},
		{"a constraint is dropped", []string{"ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_pkey"}, []string{
			"schema constraint audit_leaves.audit_leaves_pkey: it is missing",
			"schema index audit_leaves.audit_leaves_pkey: it is missing",
		}},
		{"a column may be empty", []string{"ALTER TABLE audit_events ALTER hash DROP NOT NULL"},
			[]string{"schema column audit_events.hash: it is not as the migrations made it"}},
		{"a column has another default", []string{"ALTER TABLE runs ALTER erased SET DEFAULT '[]'"},
			[]string{"schema column runs.erased: it is not as the migrations made it"}},
		{"a constraint is another", []string{
			"ALTER TABLE run_slot_values DROP CONSTRAINT run_slot_values_seal",
			"ALTER TABLE run_slot_values ADD CONSTRAINT run_slot_values_seal CHECK (true)",
		}, []string{"schema constraint run_slot_values.run_slot_values_seal: it is not as the migrations made it"}},
		{"a view shows something else", []string{
			`CREATE OR REPLACE VIEW audit_event_payloads AS SELECT entity_type, entity_id, seq, action, actor, occurred_at,
				canonical::json -> 'audit_events.payload' AS payload, disclosures FROM audit_events`,
		}, []string{"schema view audit_event_payloads: it is not as the migrations made it"}},
		{"an index is not used", []string{
			"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'runs_by_state'::regclass",
		}, []string{"schema index runs.runs_by_state: it is not as the migrations made it"}},
		{"an index is added", []string{"CREATE INDEX own ON runs (seq)"},
			[]string{"warning: schema index runs.own: it was added"}},
		{"what is beside the tables is not the service's", []string{
			"CREATE TABLE own (a int)", "CREATE VIEW all_runs AS SELECT id FROM runs",
			"CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
		}, nil},
	},
}

func TestTheSchemaIsVerified(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := open(t).populate()
			require.Empty(t, whole.flaws(), "nothing was changed")
			for _, a := range schemaAttacks[name] {
				t.Run(a.name, func(t *testing.T) {
					v := open(t)
					for _, s := range a.statements {
						v.mustExec(s)
					}
					require.Equal(t, a.found, v.flaws())
				})
			}
		})
	}
}

// On every release of PostgreSQL that is supported, and with all settings, each definition is compared.
func TestNoDefinitionIsLeftOut(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			v := open(t)
			if v.postgres {
				database := v.texts("SELECT quote_ident(current_database())")[0]
				for _, setting := range []string{"quote_all_identifiers TO on", "standard_conforming_strings TO off"} {
					v.mustExec("ALTER DATABASE " + database + " SET " + setting)
				}
			}
			objects := v.storage().Verify.Objects
			_, worded, err := objects.Expected(t.Context())
			require.NoError(t, err)
			require.True(t, worded)
			require.Empty(t, v.flaws())
		})
	}
}

// TestIndexesThatLackRowsAreFound builds an index again without some rows, and restores its definition.
func TestIndexesThatLackRowsAreFound(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).populate()
			for _, index := range []string{"runs_by_state", "audit_events_by_actor", "audit_events_newest"} {
				table := "runs"
				if index != "runs_by_state" {
					table = "audit_events"
				}
				h.thin(index)
				found := h.flaws()
				require.NotEmpty(t, found, index)
				if h.postgres {
					problem := "schema index " + table + "." + index + ": other rows are found through it than in its table"
					require.Equal(t, []string{problem}, found)
				} else {
					require.Contains(t, found[0], "schema file: ")
					require.Contains(t, found[0], index)
				}
				h.mustExec(map[bool]string{true: "REINDEX INDEX " + index, false: "REINDEX " + index}[h.postgres])
				require.Empty(t, h.flaws(), index)
			}
		})
	}
}

// thin builds an index for the rows whose seq is greater than 3 only, and writes its old definition in its place.
func (h *history) thin(index string) {
	h.Helper()
	if h.postgres {
		definition := h.texts("SELECT pg_get_indexdef('" + index + "'::regclass)")[0]
		h.mustExec("DROP INDEX " + index)
		h.mustExec(definition + " WHERE seq > 3")
		h.mustExec("UPDATE pg_index SET indpred = NULL WHERE indexrelid = '" + index + "'::regclass")
		return
	}
	definition := h.texts("SELECT sql FROM sqlite_schema WHERE name = '" + index + "'")[0]
	h.mustExec("DROP INDEX " + index)
	h.mustExec(definition + " WHERE CAST(seq AS INTEGER) > 3")
	h.mustExec("PRAGMA writable_schema = ON")
	h.mustExec("UPDATE sqlite_schema SET sql = " + quoted(definition) + " WHERE name = " + quoted(index))
	h.mustExec("PRAGMA writable_schema = RESET")
}
