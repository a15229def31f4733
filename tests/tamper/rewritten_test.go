package tamper

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// refusedAt is the sequence number of the refusal in the trail of the run "all". It has no rows besides the trail, so
// that forgeries of it cannot be detected by comparing rows.
const refusedAt = 7

// forgeries are changes of that event. All hashes are recomputed afterwards.
var forgeries = map[string]func(e *audit.Entry) (omit bool){
	"another value": func(e *audit.Entry) bool {
		e.Payload = []byte(strings.ReplaceAll(string(e.Payload), "late", "soon"))
		return false
	},
	"another actor":   func(e *audit.Entry) bool { e.Actor = "ann"; return false },
	"another time":    func(e *audit.Entry) bool { e.OccurredAt = e.OccurredAt.Add(time.Microsecond); return false },
	"no event":        func(*audit.Entry) bool { return true },
	"another request": func(e *audit.Entry) bool { e.RequestID = "another"; return false },
	"another action":  func(e *audit.Entry) bool { e.Action = "step.draft_refused"; return false },
}

// A chain with recomputed hashes is detected by the checkpoints in the database.
func TestARehashedChainIsDetectedByStoredCheckpoints(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		for name, edit := range forgeries {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				h.forge("all", refusedAt, edit).feed()
				require.Contains(h, strings.Join(h.verify(verify.Trust{}), "\n"), "run "+h.runs["all"])
			})
		}
	})
}

// If the checkpoints are rewritten, too, the forgery is detected by a checkpoint that was kept elsewhere, and by the
// key unless the forger has it. Without these, verification has no findings, which shows that the forgery is
// complete.
func TestRewrittenCheckpointsAreDetectedByKeptCheckpointsAndKeys(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		eve := key(h.T, "e")
		for name, edit := range forgeries {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				h.forge("all", refusedAt, edit).feed().checkpoints(eve)
				require.Empty(h, h.verify(verify.Trust{}), "nothing to compare with")
				require.NotEmpty(h, h.verify(verify.Trust{Kept: h.kept}), "all checkpoints kept")
				require.NotEmpty(h, h.verify(verify.Trust{Keys: h.trust().Keys}), "the key is known")
				for n, c := range h.kept { // a single one is enough, if it was made after the event
					trust := verify.Trust{Kept: map[int64]audit.Checkpoint{n: c}}
					require.NotEmpty(h, h.verify(trust), "checkpoint %d kept", n)
				}
				h.restore(verifiedTables...)
				h.forge("all", refusedAt, edit).feed().checkpoints(h.key)
				require.Empty(h, h.verify(verify.Trust{Keys: h.trust().Keys}), "the key is known, but stolen")
				require.NotEmpty(h, h.verify(verify.Trust{Kept: h.kept}), "the key is stolen, but checkpoints are kept")
			})
		}
	})
}

// Rows that are deleted together with everything that refers to them are missed by a kept checkpoint.
func TestCompleteDeletionsAreDetectedByKeptCheckpoints(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		all := quoted(h.runs["all"])
		run := []string{
			"DELETE FROM runs WHERE id = " + all,
			"DELETE FROM audit_events WHERE entity_id = " + all,
			"DELETE FROM audit_feed WHERE entity_id = " + all,
		}
		for _, rows := range []string{"steps", "inapplicable_slots", "slot_values", "checklist_states"} {
			run = append(run, "DELETE FROM run_"+rows+" WHERE run_id = "+all)
		}
		leaves := []string{"DELETE FROM audit_leaves WHERE entity_id = " + all}
		checkpoints := []string{
			"DELETE FROM audit_checkpoints",
			"DELETE FROM audit_leaves",
			"DELETE FROM audit_feed WHERE entity_type = 'checkpoint'",
		}
		var everything []string
		for _, table := range verifiedTables {
			everything = append(everything, "DELETE FROM "+table)
		}
		for name, statements := range map[string][]string{
			"a run":                      run,
			"a run and its leaves":       slices.Concat(run, leaves),
			"a run and every checkpoint": slices.Concat(run, checkpoints),
			"every checkpoint":           checkpoints,
			"the last checkpoint, its leaves and its entry in the feed": {
				"DELETE FROM audit_checkpoints WHERE number = 2",
				"DELETE FROM audit_leaves WHERE number = 2",
				"DELETE FROM audit_feed WHERE entity_type = 'checkpoint' AND last_seq = 2",
			},
			"everything": everything,
		} {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				for _, s := range statements {
					h.mustExec(s)
				}
				require.NotEmpty(h, h.verify(verify.Trust{Kept: h.kept}))
			})
		}
	})
}
