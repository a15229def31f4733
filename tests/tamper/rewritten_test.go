package tamper

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/verify"
)

// refusalSeq is the sequence number of a refusal in the trail of the run "all". A refusal changes only a few columns of
// the run's row, such as the head of the trail, and the forger rewrites these columns. Therefore comparing the rows
// with the trail cannot detect the forgery.
const refusalSeq = 7

// forgeries are changes of the event with the sequence number refusalSeq. The forger recomputes all hashes afterwards.
var forgeries = map[string]func(e *forged) (omit bool){
	"another value":   func(e *forged) bool { e.retype("late", "soon"); return false },
	"another salt":    func(e *forged) bool { e.resalt(); return false },
	"another actor":   func(e *forged) bool { e.Actor = "ann"; return false },
	"another time":    func(e *forged) bool { e.OccurredAt = e.OccurredAt.Add(time.Microsecond); return false },
	"no event":        func(*forged) bool { return true },
	"another request": func(e *forged) bool { e.RequestID = "another"; return false },
	"another action":  func(e *forged) bool { e.Action = "step.draft_refused"; return false },
}

// The forger recomputes the hashes of the chain but does not change the stored checkpoints, which reveal the forgery.
func TestARehashedChainIsDetectedByStoredCheckpoints(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		for name, edit := range forgeries {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				h.forge("all", refusalSeq, edit).feed()
				require.Contains(h, strings.Join(h.verify(verify.Trust{}), "\n"), "run "+h.runs["all"])
			})
		}
	})
}

// The forger also rewrites the checkpoints. A checkpoint that was kept elsewhere reveals the forgery. The verifier key
// reveals it, too, unless the signing key was stolen. Verification without a kept checkpoint and without a key must
// have no findings: this shows that the forger has changed everything that depends on the event.
func TestRewrittenCheckpointsAreDetectedByKeptCheckpointsAndKeys(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		eve := key(h.T, "e")
		for name, edit := range forgeries {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				h.forge("all", refusalSeq, edit).feed().checkpoints(eve)
				require.Empty(h, h.verify(verify.Trust{}), "nothing to compare with")
				require.NotEmpty(h, h.verify(h.kept()), "all checkpoints kept")
				require.NotEmpty(h, h.verify(verify.Trust{Keys: h.trust().Keys}), "the key is known")
				for _, n := range []int{2, 3} { // both were made after the event, so each one alone must reveal the forgery
					require.NotEmpty(h, h.verify(h.kept(n)), "checkpoint %d kept", n)
				}
				h.restore(verifiedTables...)
				h.forge("all", refusalSeq, edit).feed().checkpoints(h.key)
				require.Empty(h, h.verify(verify.Trust{Keys: h.trust().Keys}), "the key is known, but stolen")
				require.NotEmpty(h, h.verify(h.kept()), "the key is stolen, but checkpoints are kept")
			})
		}
	})
}

// If all rows of a run or of a checkpoint are deleted, the remaining rows can be consistent. Copies of checkpoints that
// were kept elsewhere still reveal the deletion.
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
			"DELETE FROM audit_nodes",
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
				"DELETE FROM audit_checkpoints WHERE number = 3",
				"DELETE FROM audit_leaves WHERE number = 3",
				"DELETE FROM audit_feed WHERE entity_type = 'checkpoint' AND last_seq = 3",
			},
			"everything": everything,
		} {
			h.subtest(name, func(h *history) {
				h.restore(verifiedTables...)
				for _, s := range statements {
					h.mustExec(s)
				}
				require.NotEmpty(h, h.verify(h.kept()))
			})
		}
	})
}
