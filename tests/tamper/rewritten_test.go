package tamper

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// refusedAt is the seq of the refusal in the trail of the run "all": nothing but the trail tells of it.
const refusedAt = 7

// What somebody may make of an event of which no row tells, with all hashes made anew.
var forgeries = map[string]func(e *audit.Entry) (leaveOut bool){
	"what was entered": func(e *audit.Entry) bool {
		e.Payload = []byte(strings.ReplaceAll(string(e.Payload), "late", "soon"))
		return false
	},
	"who entered it":   func(e *audit.Entry) bool { e.Actor = "ann"; return false },
	"when":             func(e *audit.Entry) bool { e.OccurredAt = e.OccurredAt.Add(time.Microsecond); return false },
	"that it was":      func(*audit.Entry) bool { return true },
	"its request":      func(e *audit.Entry) bool { e.RequestID = "another"; return false },
	"what was refused": func(e *audit.Entry) bool { e.Action = "step.draft_refused"; return false },
}

func everywhere(t *testing.T, test func(l *life)) {
	t.Helper()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t).live()
			l.unguard()
			test(l)
			l.mend(evidence...)
			require.Empty(t, l.verify(l.trust()), "mended")
		})
	}
}

// A chain that is hashed anew is found by the checkpoints that stand in the database.
func TestAChainThatIsHashedAnewIsFound(t *testing.T) {
	everywhere(t, func(l *life) {
		for what, edit := range forgeries {
			l.mend(evidence...)
			l.forge("all", refusedAt, edit).feed()
			require.Contains(l, strings.Join(l.verify(verify.Trust{}), "\n"), "run "+l.runs["all"], what)
		}
	})
}

// A story that is rewritten to the last byte, checkpoints included, is found against a checkpoint that was kept; and against the key,
// unless it was signed with that. That nothing else finds it shows that the forgery is perfect.
func TestARewrittenStoryIsFoundAgainstAKeptCheckpoint(t *testing.T) {
	everywhere(t, func(l *life) {
		eve := key(t, "e")
		for what, edit := range forgeries {
			l.mend(evidence...)
			l.forge("all", refusedAt, edit).feed().checkpoints(eve)
			require.Empty(l, l.verify(verify.Trust{}), "%s: by itself", what)
			require.NotEmpty(l, l.verify(verify.Trust{Kept: l.kept}), "%s: kept", what)
			require.NotEmpty(l, l.verify(verify.Trust{Keys: l.trust().Keys}), "%s: key", what)
			for n, c := range l.kept { // one is enough, if it comes after
				require.NotEmpty(l, l.verify(verify.Trust{Kept: map[int64]audit.Checkpoint{n: c}}), "%s: kept %d", what, n)
			}
			l.mend(evidence...)
			l.forge("all", refusedAt, edit).feed().checkpoints(l.key)
			require.Empty(l, l.verify(verify.Trust{Keys: l.trust().Keys}), "%s: whoever has the key", what)
			require.NotEmpty(l, l.verify(verify.Trust{Kept: l.kept}), "%s: the stolen key", what)
		}
	})
}

// What is taken away without a trace is missed by whoever kept a checkpoint of it.
func TestWhatIsTakenAwayWholeIsMissed(t *testing.T) {
	everywhere(t, func(l *life) {
		all := "entity_id = " + quoted(l.runs["all"])
		takeRun := []string{"DELETE FROM runs WHERE id = " + quoted(l.runs["all"]), "DELETE FROM audit_events WHERE " + all, "DELETE FROM audit_feed WHERE " + all}
		for _, table := range []string{"run_steps", "run_inapplicable_slots", "run_slot_values", "run_checklist_states"} {
			takeRun = append(takeRun, "DELETE FROM "+table+" WHERE run_id = "+quoted(l.runs["all"]))
		}
		takeCheckpoints := []string{"DELETE FROM audit_checkpoints", "DELETE FROM audit_leaves", "DELETE FROM audit_feed WHERE entity_type = 'checkpoint'"}
		var takeAll []string
		for _, table := range evidence {
			takeAll = append(takeAll, "DELETE FROM "+table)
		}
		for what, statements := range map[string][]string{
			"a run":                               takeRun,
			"a run and its leaves":                append(takeRun, "DELETE FROM audit_leaves WHERE "+all),
			"a run and every checkpoint":          append(takeRun, takeCheckpoints...),
			"every checkpoint":                    takeCheckpoints,
			"the last checkpoint, with its trace": {"DELETE FROM audit_checkpoints WHERE number = 2", "DELETE FROM audit_leaves WHERE number = 2", "DELETE FROM audit_feed WHERE entity_type = 'checkpoint' AND last_seq = 2"},
			"everything":                          takeAll,
		} {
			l.mend(evidence...)
			for _, s := range statements {
				l.victim.do(s)
			}
			require.NotEmpty(l, l.verify(verify.Trust{Kept: l.kept}), what)
		}
	})
}
