package sqlite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
)

// lived is a database in which something of every kind has happened.
func lived(t *testing.T) (*sqlite.DB, *app.Service) {
	t.Helper()
	db := sqlitetest.Open(t)
	s := service(db)
	id := begin(t, s, `{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[
		{"name":"text","type":"string"},{"name":"num","type":"number"},{"name":"flag","type":"boolean"},{"name":"day","type":"date"},{"name":"moment","type":"datetime"},
		{"name":"picks","type":"multi_enum","options":["a","b"]},{"name":"pin","type":"string","sensitive":true}],
		"checklist_items":[{"key":"i","label":"I"}]},{"key":"t","title":"T"}]}`)
	do := func(c run.Command) {
		_, err := s.Execute(t.Context(), app.Request{Actor: "ann", ID: "req"}, id, c)
		require.NoError(t, err)
	}
	sub := run.Submission{Step: "s", Slots: map[string][]byte{
		"text": []byte(`"x"`), "num": []byte(`1.5`), "flag": []byte(`true`), "day": []byte(`"2026-11-23"`), "moment": []byte(`"2026-11-23T10:00:00+01:00"`),
		"picks": []byte(`["b","a"]`), "pin": []byte(`"1234"`),
	}, Ticks: []checklist.Tick{{Key: "i", Completed: true}}}
	do(run.Commit{Submission: sub})
	do(run.Amend{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"num": []byte("2")}}, Reason: "typo"})
	do(run.Fail{Reason: "enough"})
	return db, s
}

func verify(t *testing.T, s *app.Service) (findings []string) {
	t.Helper()
	done, err := s.Verify(t.Context(), app.Verification{}, func(f audit.Finding) { findings = append(findings, f.String()) })
	require.NoError(t, err)
	require.Positive(t, done.Events)
	return findings
}

func TestAnUntouchedDatabaseHasNoFindings(t *testing.T) {
	_, s := lived(t)
	require.Empty(t, verify(t, s))
}

// Each of these is done by somebody who may do anything: triggers, checks and foreign keys are off.
func TestEveryTamperingIsFound(t *testing.T) {
	for name, statement := range map[string]string{
		"a text":                      `UPDATE run_slot_values SET value_text = 'y' WHERE slot_name = 'text'`,
		"a number":                    `UPDATE run_slot_values SET value_number = '3' WHERE slot_name = 'num'`,
		"a boolean":                   `UPDATE run_slot_values SET value_boolean = 0 WHERE slot_name = 'flag'`,
		"a date":                      `UPDATE run_slot_values SET value_date = '2026-11-24' WHERE slot_name = 'day'`,
		"a literal":                   `UPDATE run_slot_values SET literal = '2026-11-23T11:00:00+02:00' WHERE slot_name = 'moment'`,
		"an instant":                  `UPDATE run_slot_values SET value_timestamp = '2026-11-23T09:00:01.000000Z' WHERE slot_name = 'moment'`,
		"a choice":                    `UPDATE run_slot_values SET value_text = 'a' WHERE slot_name = 'picks' AND ordinal = 0`,
		"a choice removed":            `DELETE FROM run_slot_values WHERE slot_name = 'picks' AND ordinal = 1`,
		"a value moved":               `UPDATE run_slot_values SET value_text = value_number, value_number = NULL WHERE slot_name = 'num'`,
		"a value removed":             `DELETE FROM run_slot_values WHERE slot_name = 'text'`,
		"a value of no slot":          `INSERT INTO run_slot_values (run_id, step_key, visit, slot_name, ordinal, value_text, origin) SELECT id, 's', 1, 'ghost', 0, 'x', 'manual' FROM runs`,
		"an origin":                   `UPDATE run_slot_values SET origin = 'agent' WHERE slot_name = 'text'`,
		"a sensitive value":           `UPDATE run_slot_values SET value_text = '9999' WHERE slot_name = 'pin'`,
		"a seal":                      `UPDATE run_slot_values SET digest = substr(digest, 2) || '0' WHERE slot_name = 'pin'`,
		"a seal removed":              `UPDATE run_slot_values SET digest = NULL, salt = NULL WHERE slot_name = 'pin'`,
		"a tick":                      `UPDATE run_checklist_states SET completed = 0, completed_at = NULL, completed_by = NULL`,
		"who ticked":                  `UPDATE run_checklist_states SET completed_by = 'eve'`,
		"when ticked":                 `UPDATE run_checklist_states SET completed_at = '2026-01-01T00:00:00.000000Z'`,
		"an item of no step":          `UPDATE run_checklist_states SET item_key = 'ghost'`,
		"a step's state":              `UPDATE run_steps SET state = 'skipped' WHERE step_key = 's'`,
		"a step's visit":              `UPDATE run_steps SET visit = 2 WHERE step_key = 't'`,
		"a step removed":              `DELETE FROM run_steps WHERE step_key = 't'`,
		"a step of no procedure":      `UPDATE run_steps SET step_key = 'ghost' WHERE step_key = 't'`,
		"who committed":               `UPDATE run_steps SET committed_by = 'eve' WHERE step_key = 's'`,
		"when committed":              `UPDATE run_steps SET committed_at = '2026-01-01T00:00:00.000000Z' WHERE step_key = 's'`,
		"that it was amended":         `UPDATE run_steps SET amended = 0`,
		"the run's state":             `UPDATE runs SET state = 'completed', failure_reason = NULL`,
		"the run's revision":          `UPDATE runs SET revision = revision - 1`,
		"the run's seq":               `UPDATE runs SET seq = seq + 1`,
		"the run's head":              `UPDATE runs SET head_hash = printf('%064d', 7)`,
		"whom it is for":              `UPDATE runs SET user_id = 'eve'`,
		"its reference":               `UPDATE runs SET reference = 'x'`,
		"its metadata":                `UPDATE runs SET metadata = '{"a":1}'`,
		"its reason":                  `UPDATE runs SET failure_reason = 'nothing'`,
		"when it was created":         `UPDATE runs SET created_at = '2026-01-01T00:00:00.000000Z'`,
		"when it started":             `UPDATE runs SET started_at = NULL`,
		"when it closed":              `UPDATE runs SET closed_at = '2026-01-01T00:00:00.000000Z'`,
		"its open step":               `UPDATE runs SET current_step = 's'`,
		"the run's row removed":       `DELETE FROM runs`,
		"an event's actor":            `UPDATE audit_events SET actor = 'eve' WHERE seq = 4`,
		"an event's action":           `UPDATE audit_events SET action = 'run.started' WHERE seq = 4`,
		"an event's time":             `UPDATE audit_events SET occurred_at = '2026-01-01T00:00:00.000000Z' WHERE seq = 4`,
		"an event's payload":          `UPDATE audit_events SET payload = replace(payload, '"x"', '"y"')`,
		"an event's bytes":            `UPDATE audit_events SET canonical = replace(canonical, '"x"', '"y"')`,
		"payload and bytes":           `UPDATE audit_events SET canonical = replace(canonical, '"x"', '"y"'), payload = replace(payload, '"x"', '"y"')`,
		"a hash":                      `UPDATE audit_events SET hash = printf('%064d', 7) WHERE seq = 3`,
		"a previous hash":             `UPDATE audit_events SET prev_hash = printf('%064d', 7) WHERE seq = 3`,
		"an event from the middle":    `DELETE FROM audit_events WHERE seq = 3 AND entity_type = 'run'`,
		"the first event":             `DELETE FROM audit_events WHERE seq = 1 AND entity_type = 'run'`,
		"the last event":              `DELETE FROM audit_events WHERE seq = 7 AND entity_type = 'run'`,
		"the whole trail":             `DELETE FROM audit_events WHERE entity_type = 'run'`,
		"two events swapped":          `UPDATE audit_events SET seq = CASE seq WHEN 3 THEN 104 WHEN 4 THEN 103 ELSE seq END; UPDATE audit_events SET seq = seq - 100 WHERE seq > 100`,
		"the definition":              `UPDATE procedure_versions SET document = replace(document, '"S"', '"Z"')`,
		"the definition's digest":     `UPDATE procedure_versions SET digest = 'sha256:' || printf('%064d', 7)`,
		"the version removed":         `DELETE FROM procedure_versions`,
		"the procedure's status":      `UPDATE procedures SET status = 'archived'`,
		"the procedure's head":        `UPDATE procedures SET head_hash = printf('%064d', 7)`,
		"the procedure's row":         `DELETE FROM procedures`,
		"the procedure's first event": `UPDATE audit_events SET actor = 'eve' WHERE entity_type = 'procedure'`,
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := lived(t)
			tamper(t, db, statement)
			require.NotEmpty(t, verify(t, service(db)))
		})
	}
}

// tamper runs statements with everything off that would refuse them.
func tamper(t *testing.T, db *sqlite.DB, statements string) {
	t.Helper()
	exec := func(statement string) {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	for _, table := range []string{"audit_events", "procedure_versions"} {
		exec("DROP TRIGGER " + table + "_no_update; DROP TRIGGER " + table + "_no_delete")
	}
	exec("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
	for statement := range strings.SplitSeq(statements, "; ") {
		result, err := db.Writer().ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
		touched, err := result.RowsAffected()
		require.NoError(t, err)
		require.Positive(t, touched, statement)
	}
}
