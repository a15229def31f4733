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

// refusedAt is the sequence number of a refusal in the trail of the run "all". In the rows of the run, a refusal
// changes only the head, which the forger rewrites. So comparing rows and trail cannot detect the forgery.
const refusedAt = 7

// forgeries are changes of the event refusedAt. The forger recomputes all hashes afterwards.
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

// The forger recomputes the hashes of the chain but does not change the stored checkpoints, which reveal the forgery.
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

// The forger also rewrites the checkpoints. The forgery is detected with a checkpoint that was kept elsewhere, and with
// the verifier key unless the signing key was stolen. Without either, verification has no findings, which shows that
// the forger has changed everything that depends on the event.
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
				for n, c := range h.kept { // each of them was made after the event, and any single one is enough
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

// Everything about a run or a checkpoint is deleted, so that the rest is consistent. A kept checkpoint reveals the
// deletion.
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
