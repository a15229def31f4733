package sqlite_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
)

// looped is a database with a run that jumped back, skipped and passed over.
func looped(t *testing.T) (*sqlite.DB, *app.Service) {
	t.Helper()
	doc, err := os.ReadFile("../../core/run/testdata/branches.json")
	require.NoError(t, err)
	db := sqlitetest.Open(t)
	s := service(db)
	id := begin(t, s, string(doc))
	do := func(c run.Command) {
		t.Helper()
		_, err := s.Execute(t.Context(), app.Request{Actor: "ann"}, id, c)
		require.NoError(t, err)
	}
	commit := func(step string, tick string, pairs ...string) {
		t.Helper()
		sub := run.Submission{Step: step, Slots: map[string][]byte{}}
		for i := 0; i < len(pairs); i += 2 {
			sub.Slots[pairs[i]] = []byte(pairs[i+1])
		}
		if tick != "" {
			sub.Ticks = []checklist.Tick{{Key: tick, Completed: true}}
		}
		do(run.Commit{Submission: sub})
	}
	commit("triage", "seen", "severity", `"low"`)
	commit("repair", "", "hours", "2", "count", "1")
	commit("check", "tested", "ok", "false")
	do(run.Skip{Step: "repair", Reason: "no part"})
	commit("check", "", "ok", "false")
	commit("repair", "", "hours", "3")
	return db, s
}

func TestTamperingWithVisitsIsFound(t *testing.T) {
	_, s := looped(t)
	require.Empty(t, verify(t, s), "untouched")
	for name, statement := range map[string]string{
		"a value of an earlier visit":     `UPDATE run_slot_values SET value_number = '9' WHERE step_key = 'repair' AND visit = 1 AND slot_name = 'hours'`,
		"a value put into one":            `INSERT INTO run_slot_values (run_id, step_key, visit, slot_name, ordinal, value_number, origin) SELECT id, 'repair', 2, 'hours', 0, '1', 'manual' FROM runs`,
		"a tick of an earlier visit":      `UPDATE run_checklist_states SET completed_by = 'eve' WHERE step_key = 'check' AND visit = 1`,
		"an earlier visit removed":        `DELETE FROM run_slot_values WHERE step_key = 'repair' AND visit = 1; DELETE FROM run_steps WHERE step_key = 'repair' AND visit = 1`,
		"who closed an earlier visit":     `UPDATE run_steps SET committed_by = 'eve' WHERE step_key = 'repair' AND visit = 1`,
		"what an earlier visit was":       `UPDATE run_steps SET state = 'skipped' WHERE step_key = 'repair' AND visit = 1`,
		"why a visit was skipped":         `UPDATE run_steps SET reason = 'lazy' WHERE reason IS NOT NULL`,
		"that a visit was skipped":        `UPDATE run_steps SET reason = NULL, state = 'committed' WHERE reason IS NOT NULL`,
		"a slot that did not apply":       `DELETE FROM run_inapplicable_slots`,
		"a slot that did apply":           `INSERT INTO run_inapplicable_slots SELECT id, 'triage', 1, 'note' FROM runs`,
		"a slot of no step":               `UPDATE run_inapplicable_slots SET slot_name = 'ghost'`,
		"an item that did not apply":      `INSERT INTO run_checklist_states SELECT id, 'triage', 1, 'called', 0, NULL, NULL FROM runs`,
		"a step that was passed over":     `DELETE FROM run_steps WHERE state = 'not_applicable'`,
		"a visit that was never made":     `INSERT INTO run_steps (run_id, step_key, visit, state, amended) SELECT id, 'close', 1, 'locked', 0 FROM runs`,
		"what a condition decided":        `UPDATE audit_events SET payload = replace(payload, '"result":true', '"result":false') WHERE action = 'step.not_applicable'`,
		"the values that a condition saw": `UPDATE audit_events SET canonical = replace(canonical, '"triage.severity":"low"', '"triage.severity":"none"') WHERE action = 'step.committed' AND seq = 4`,
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := looped(t)
			tamper(t, db, statement)
			require.NotEmpty(t, verify(t, service(db)))
		})
	}
}
