package tamper

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/verify"
)

// compositeTamperings returns tamperings by name. Each is a list of SQL statements. Verification must detect them even
// without a kept checkpoint and without a key.
func (h *history) compositeTamperings() map[string][]string {
	all, back := quoted(h.runs["all"]), quoted(h.runs["back"])
	hashOf := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	salt := strings.Repeat("ab", 16)
	rawSalt, _ := hex.DecodeString(salt)
	document := h.texts("SELECT document FROM procedure_versions WHERE procedure_id = 'typed' AND version = 1")[0]
	otherDocument := strings.Replace(document, `"title":"T"`, `"title":"U"`, 1)
	return map[string][]string{
		// Events.
		"two events exchanged": {
			"UPDATE audit_events SET seq = 1000 WHERE seq = 3 AND entity_id = " + all,
			"UPDATE audit_events SET seq = 3 WHERE seq = 4 AND entity_id = " + all,
			"UPDATE audit_events SET seq = 4 WHERE seq = 1000 AND entity_id = " + all,
		},
		"an event deleted and the later ones renumbered": {
			"DELETE FROM audit_events WHERE seq = 3 AND entity_id = " + all,
			"UPDATE audit_events SET seq = seq + 1000 WHERE seq > 3 AND entity_id = " + all,
			"UPDATE audit_events SET seq = seq - 1001 WHERE seq > 1000 AND entity_id = " + all,
			"UPDATE runs SET seq = seq - 1 WHERE id = " + all,
		},
		"the last events deleted and the head in the run's row adapted": {
			"DELETE FROM audit_events WHERE seq > 2 AND entity_id = " + back,
			`UPDATE runs SET seq = 2,
				head_hash = (SELECT hash FROM audit_events WHERE seq = 2 AND entity_id = ` + back + `)
				WHERE id = ` + back,
		},
		"the trail of a run deleted":       {"DELETE FROM audit_events WHERE entity_id = " + all},
		"the trail of a procedure deleted": {"DELETE FROM audit_events WHERE entity_id = 'typed'"},
		"events of an unknown entity type": {
			"INSERT INTO audit_events SELECT " + replaced(h.columns("audit_events"), "entity_type", "'ghost'") +
				" FROM audit_events WHERE entity_id = " + all,
		},
		"an event moved to another run": {
			"UPDATE audit_events SET entity_id = " + back + ", seq = 100 WHERE seq = 7 AND entity_id = " + all,
		},
		"the canonical bytes changed": {
			`UPDATE audit_events SET canonical = replace(canonical, '"s"', '"z"') WHERE seq = 4 AND entity_id = ` + all,
		},
		"prev_hash replaced by the event's own hash": {
			"UPDATE audit_events SET prev_hash = hash WHERE seq = 4 AND entity_id = " + all,
		},

		// Rows of procedures and runs.
		"the row of a procedure deleted": {"DELETE FROM procedures WHERE id = 'typed'"},
		"the row of a run deleted":       {"DELETE FROM runs WHERE id = " + all},
		"a run that was never started": {
			`INSERT INTO runs (id, procedure_id, procedure_version, user_id, reference, state, revision, seq, head_hash,
				current_step, created_at, updated_at, last_event_at)
				SELECT '0198c0de-0000-7000-8000-000000000000', procedure_id, procedure_version, user_id, reference,
				'pending', 1, 1, head_hash, 's', created_at, created_at, created_at FROM runs WHERE id = ` + all,
		},
		"who failed a run that did not fail": {"UPDATE runs SET failure_by = 'eve' WHERE id = " + back},
		"a run failed without an event": {
			`UPDATE runs SET state = 'failed', failure_reason = 'x', failure_by = 'eve', failure_at = created_at,
				closed_at = created_at, current_step = NULL WHERE id = ` + back,
		},
		"a run moved to another version": {"UPDATE runs SET procedure_version = 2 WHERE id = " + all},

		// Values and ticks.
		"a value in the column of another type": {
			"UPDATE run_slot_values SET value_text = '1.5', value_number = NULL WHERE slot_name = 'num'",
		},
		"a second value": {
			`INSERT INTO run_slot_values (run_id, step_key, visit, slot_name, ordinal, value_text, origin)
				SELECT run_id, step_key, visit, slot_name, 1, 'more', origin FROM run_slot_values
				WHERE slot_name = 'text'`,
		},
		"a value of an unknown slot": {
			`INSERT INTO run_slot_values (run_id, step_key, visit, slot_name, ordinal, value_text, origin)
				SELECT run_id, step_key, visit, 'ghost', 0, 'x', origin FROM run_slot_values WHERE slot_name = 'text'`,
		},
		"choices in another order": {
			"UPDATE run_slot_values SET ordinal = 9 WHERE slot_name = 'picks' AND ordinal = 0",
			"UPDATE run_slot_values SET ordinal = 0 WHERE slot_name = 'picks' AND ordinal = 1",
			"UPDATE run_slot_values SET ordinal = 1 WHERE slot_name = 'picks' AND ordinal = 9",
		},
		"another sensitive value with a matching seal": {
			"UPDATE run_slot_values SET value_text = '9999', salt = " + quoted(salt) +
				", digest = " + quoted(hashOf(string(rawSalt)+`"9999"`)) + " WHERE slot_name = 'pin'",
		},
		"a seal removed": {"UPDATE run_slot_values SET salt = NULL, digest = NULL WHERE slot_name = 'pin'"},
		"an erasure undone": {
			"UPDATE run_slot_values SET value_text = '5678', erased_at = NULL WHERE slot_name = 'puk'",
		},
		"a value erased without an event": {
			`UPDATE run_slot_values SET value_text = NULL,
				erased_at = (SELECT updated_at FROM runs WHERE id = ` + all + `) WHERE slot_name = 'pin'`,
		},
		"the author and time of a tick": {
			`UPDATE run_checklist_states SET completed_by = 'eve',
				completed_at = (SELECT created_at FROM runs WHERE id = ` + all + `) WHERE item_key = 'i'`,
		},

		// Visits.
		"an earlier visit deleted": {
			"DELETE FROM run_slot_values WHERE step_key = 'repair' AND visit = 1",
			"DELETE FROM run_steps WHERE step_key = 'repair' AND visit = 1",
		},
		"a skipped visit changed to a committed one": {
			"UPDATE run_steps SET reason = NULL, state = 'committed' WHERE reason IS NOT NULL",
		},
		"a visit without events": {
			`INSERT INTO run_steps (run_id, step_key, visit, state, amended)
				SELECT id, 'close', 7, 'locked', amended
				FROM runs, (SELECT amended FROM run_steps LIMIT 1) a WHERE runs.id = ` + back,
		},

		// Definitions.
		"a definition": {`UPDATE procedure_versions SET document = replace(document, '"S"', '"Z"')`},
		"a definition and its digest": {
			"UPDATE procedure_versions SET document = " + quoted(otherDocument) + ", digest = " +
				quoted("sha256:"+hashOf(otherDocument)) + " WHERE procedure_id = 'typed' AND version = 1",
		},
		"a version that was not published": {
			`INSERT INTO procedure_versions (procedure_id, version, digest, document, max_visits, metadata,
					created_at, created_by)
				SELECT procedure_id, 3, digest, document, max_visits, metadata, created_at, created_by
				FROM procedure_versions WHERE procedure_id = 'typed' AND version = 1`,
		},
		"steps of a version that does not exist": {
			`INSERT INTO procedure_steps
				SELECT 'ghost', version, step_key, position, title, prompt, metadata, condition, skippable,
					on_return, agents
				FROM procedure_steps WHERE procedure_id = 'typed' AND version = 1`,
		},

		// Checkpoints and the feed.
		"the leaves of a checkpoint deleted":         {"DELETE FROM audit_leaves WHERE number = 1"},
		"a checkpoint deleted without its leaves":    {"DELETE FROM audit_checkpoints WHERE number = 2"},
		"the feed deleted":                           {"DELETE FROM audit_feed"},
		"the entries of a run deleted from the feed": {"DELETE FROM audit_feed WHERE entity_id = " + all},
		"two checkpoints exchanged": {
			"UPDATE audit_checkpoints SET number = 9 WHERE number = 1",
			"UPDATE audit_checkpoints SET number = 1 WHERE number = 2",
			"UPDATE audit_checkpoints SET number = 2 WHERE number = 9",
		},
		"two checkpoints of the log exchanged": {
			"UPDATE audit_checkpoints SET number = 9 WHERE number = 3",
			"UPDATE audit_checkpoints SET number = 3 WHERE number = 2",
			"UPDATE audit_checkpoints SET number = 2 WHERE number = 9",
		},
		"the leaves of a checkpoint of the log deleted": {"DELETE FROM audit_leaves WHERE number = 3"},
		"all nodes of the log deleted":                  {"DELETE FROM audit_nodes"},
		"a node that no checkpoint has added": {
			"INSERT INTO audit_nodes SELECT max(position) + 1, min(hash) FROM audit_nodes",
		},
		"a cosignature of a checkpoint that does not exist": {"UPDATE audit_cosignatures SET number = 9"},
		"leaves of a checkpoint that does not exist": {
			`INSERT INTO audit_leaves SELECT 9, position, entity_type, entity_id, seq, hash
				FROM audit_leaves WHERE number = 1`,
		},
	}
}

func TestCompositeTamperingsAreDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		for name, statements := range h.compositeTamperings() {
			h.subtest(name, func(h *history) {
				for _, s := range statements {
					affected, err := h.exec(s)
					require.NoError(h, err, s)
					require.Positive(h, affected, s)
				}
				require.NotEmpty(h, h.verify(verify.Trust{}))
				h.restore(restoredTables...)
			})
		}
	})
}
