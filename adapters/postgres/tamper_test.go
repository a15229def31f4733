package postgres_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

func service(db *postgres.DB) *app.Service {
	p := storage(db)
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return app.New(p)
}

// lived is a database with a run of every type of value, and one that jumped back, skipped and passed over.
func lived(t *testing.T) *postgres.DB {
	t.Helper()
	db := open(t)
	s := service(db)
	begin := func(text string) func(run.Command) {
		doc, err := jsondoc.Parse([]byte(text))
		require.NoError(t, err)
		saved, err := s.CreateProcedure(t.Context(), app.Request{Actor: "ann"}, doc)
		require.NoError(t, err)
		started, err := s.StartRun(t.Context(), app.Request{Actor: "ann"}, app.Start{ProcedureID: saved.View.Record.ID, Reference: "r"})
		require.NoError(t, err)
		return func(c run.Command) {
			t.Helper()
			_, err := s.Execute(t.Context(), app.Request{Actor: "ann"}, started.Run.ID, c)
			require.NoError(t, err)
		}
	}
	sub := func(step string, pairs ...string) run.Submission {
		all := run.Submission{Step: step, Slots: map[string][]byte{}}
		for i := 0; i < len(pairs); i += 2 {
			all.Slots[pairs[i]] = []byte(pairs[i+1])
		}
		return all
	}
	do := begin(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[
		{"name":"text","type":"string"},{"name":"num","type":"number"},{"name":"flag","type":"boolean"},{"name":"day","type":"date"},{"name":"moment","type":"datetime"},
		{"name":"picks","type":"multi_enum","options":["a","b"]},{"name":"pin","type":"string","sensitive":true}],"checklist_items":[{"key":"i","label":"I"}]},{"key":"t","title":"T"}]}`)
	all := sub("s", "text", `"x"`, "num", "1.5", "flag", "true", "day", `"2026-11-23"`, "moment", `"2026-11-23T10:00:00+01:00"`, "picks", `["b","a"]`, "pin", `"1234"`)
	all.Ticks = []checklist.Tick{{Key: "i", Completed: true}}
	do(run.Commit{Submission: all})
	do(run.Amend{Submission: sub("s", "num", "2"), Reason: "typo"})
	do(run.Fail{Reason: "enough"})
	branches, err := os.ReadFile("../../core/run/testdata/branches.json")
	require.NoError(t, err)
	do = begin(string(branches))
	triage := sub("triage", "severity", `"low"`)
	triage.Ticks = []checklist.Tick{{Key: "seen", Completed: true}}
	do(run.Commit{Submission: triage})
	do(run.Commit{Submission: sub("repair", "hours", "2", "count", "1")})
	do(run.Commit{Submission: sub("check", "ok", "false")})
	do(run.Skip{Step: "repair", Reason: "no part"})
	return db
}

func verify(t *testing.T, db *postgres.DB) (findings []string) {
	t.Helper()
	_, err := service(db).Verify(t.Context(), app.Verification{}, func(f audit.Finding) { findings = append(findings, f.String()) })
	require.NoError(t, err)
	return findings
}

func TestTamperingOnPostgresIsFound(t *testing.T) {
	require.Empty(t, verify(t, lived(t)), "untouched")
	for name, statements := range map[string]string{
		"a text":                      `UPDATE run_slot_values SET value_text = 'y' WHERE slot_name = 'text'`,
		"a number":                    `UPDATE run_slot_values SET value_number = 3 WHERE slot_name = 'num'`,
		"a flag":                      `UPDATE run_slot_values SET value_boolean = false WHERE slot_name = 'flag'`,
		"a date":                      `UPDATE run_slot_values SET value_date = '2026-11-24' WHERE slot_name = 'day'`,
		"an instant":                  `UPDATE run_slot_values SET value_timestamp = value_timestamp + interval '1 second' WHERE slot_name = 'moment'`,
		"a literal":                   `UPDATE run_slot_values SET literal = '2026-11-23T11:00:00+02:00' WHERE slot_name = 'moment'`,
		"a choice removed":            `DELETE FROM run_slot_values WHERE slot_name = 'picks' AND ordinal = 1`,
		"a sensitive value":           `UPDATE run_slot_values SET value_text = '9999' WHERE slot_name = 'pin'`,
		"a seal":                      `UPDATE run_slot_values SET digest = repeat('0', 64) WHERE slot_name = 'pin'`,
		"a value of an earlier visit": `UPDATE run_slot_values SET value_number = 9 WHERE step_key = 'repair' AND visit = 1 AND slot_name = 'hours'`,
		"a tick":                      `UPDATE run_checklist_states SET completed = false, completed_at = NULL, completed_by = NULL WHERE item_key = 'i'`,
		"who ticked":                  `UPDATE run_checklist_states SET completed_by = 'eve' WHERE item_key = 'i'`,
		"why a visit was skipped":     `UPDATE run_steps SET reason = 'lazy' WHERE reason IS NOT NULL`,
		"a slot that did not apply":   `DELETE FROM run_inapplicable_slots`,
		"a step that was passed over": `DELETE FROM run_steps WHERE state = 'not_applicable'`,
		"who committed":               `UPDATE run_steps SET committed_by = 'eve' WHERE step_key = 's'`,
		"the run's revision":          `UPDATE runs SET revision = revision - 1`,
		"the run's reference":         `UPDATE runs SET reference = 'x'`,
		"the run's head":              `UPDATE runs SET head_hash = repeat('0', 64)`,
		"the run removed":             `DELETE FROM runs`,
		"an event's actor":            `UPDATE audit_events SET actor = 'eve' WHERE seq = 2`,
		"an event's time":             `UPDATE audit_events SET occurred_at = occurred_at + interval '1 microsecond' WHERE seq = 2`,
		"an event's payload":          `UPDATE audit_events SET payload = replace(payload::text, '"x"', '"y"')::json WHERE payload::text LIKE '%"x"%'`,
		"an event's bytes":            `UPDATE audit_events SET canonical = replace(canonical, '"x"', '"y"') WHERE canonical LIKE '%"x"%'`,
		"a hash":                      `UPDATE audit_events SET hash = repeat('0', 64) WHERE seq = 2`,
		"an event from the middle":    `DELETE FROM audit_events WHERE seq = 3 AND entity_type = 'run'`,
		"the whole trail":             `DELETE FROM audit_events WHERE entity_type = 'run'`,
		"the definition":              `UPDATE procedure_versions SET document = replace(document, '"S"', '"Z"')`,
		"the procedure's status":      `UPDATE procedures SET status = 'archived'`,
	} {
		t.Run(name, func(t *testing.T) {
			db := lived(t)
			for _, statement := range strings.Split(statements, "; ") {
				db.Unguarded(t, statement)
			}
			require.NotEmpty(t, verify(t, db))
		})
	}
}
