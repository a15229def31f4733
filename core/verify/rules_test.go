package verify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// rewritten is a bundle with other events, their chain whole: as if the rules had been others when they happened.
func rewritten(t *testing.T, b verify.Bundle, edit func([]audit.Event) []audit.Event) verify.Bundle {
	t.Helper()
	var head audit.Head
	var events []audit.Event
	for _, e := range edit(b.Events) {
		sealed, err := audit.Seal(
			e.Entity, head, audit.Entry{Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: e.Payload},
		)
		require.NoError(t, err)
		events, head = append(events, sealed), sealed.Head()
	}
	b.Events = events
	return b
}

// replacing edits the payload of one event.
func replacing(seq int, from, to string) func([]audit.Event) []audit.Event {
	return func(events []audit.Event) []audit.Event {
		all := append([]audit.Event{}, events...)
		all[seq-1].Payload = []byte(strings.Replace(string(all[seq-1].Payload), from, to, 1))
		return all
	}
}

func TestTodaysRulesSayWhereTheyWouldDecideOtherwise(t *testing.T) {
	w := newWorld(t)
	w.save(
		`{"id":"p","name":"P","steps":[{"key":"s","title":"S","skippable":true,"slots":[{"name":"a","type":"string","validate":"[a-z]+"},{"name":"pin","type":"string","required":false,"sensitive":true}],
		"checklist_items":[{"key":"i","label":"I","required":true}]},{"key":"t","title":"T"}]}`,
	)
	view, err := w.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	id := view.ID
	first := run.Commit{Submission: submissionOf("s", `a="x"`)}
	first.Ticks = []checklist.Tick{{Key: "i", Completed: true}}
	for _, c := range []run.Command{draft(`"x"`), first, run.Amend{Submission: submissionOf("s", `a="y"`), Reason: "r"}, run.Commit{Submission: run.Submission{Step: "t"}}} {
		_, err := w.Execute(t.Context(), ann, id, c)
		require.NoError(t, err)
	}
	b, err := w.Bundle(t.Context(), id)
	require.NoError(t, err)
	asked := func(b verify.Bundle) (all []string) {
		b.Verify(cel.Language{}, verify.Options{Rules: true}, func(f audit.Finding) {
			require.True(t, f.Warning, f.String())
			all = append(all, f.Problem)
		})
		return all
	}
	require.Empty(t, asked(b))
	_, err = w.All(t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { t.Error(f) })
	require.NoError(t, err)
	at := map[string]int{}
	for _, e := range b.Events {
		at[e.Action] = int(e.Seq)
	}
	for want, edit := range map[string]func([]audit.Event) []audit.Event{
		"step.draft_saved would be refused: validation.pattern at slots.a":    replacing(at[string(run.ActionDraftSaved)], `"a":"x"`, `"a":"1"`),
		"step.amended would be refused: validation.pattern at slots.a":        replacing(at[string(run.ActionAmended)], `"a":"y"`, `"a":"1"`),
		"step.amended would change nothing":                                   replacing(at[string(run.ActionAmended)], `"a":"y"`, `"a":"x"`),
		"step.committed would be refused: validation.required at checklist.i": replacing(at[string(run.ActionCommitted)]-3, `"completed":true`, `"completed":false`),
		"step.committed would have other content":                             replacing(at[string(run.ActionCommitted)]-3, `"slots":`, `"not_applicable":["slots.pin"],"slots":`),
		"run.completed would follow":                                          func(events []audit.Event) []audit.Event { return events[:len(events)-1] },
		"run.completed would follow, not run.completed":                       replacing(at[string(run.ActionCompleted)], `{`, `{"decisions":[{"expression":"x","result":true}],`),
		"step.opened would follow, not step.amended": func(events []audit.Event) []audit.Event {
			return append(append([]audit.Event{}, events[:at[string(run.ActionOpened)]-1]...), events[at[string(run.ActionAmended)]-1])
		},
	} {
		require.Contains(t, strings.Join(asked(rewritten(t, b, edit)), "\n"), "rules_changed: "+want)
	}
}

// What stands in a bundle beside the events is held against what is believed.
func TestABundlesCheckpointIsHeldAgainstWhatIsBelieved(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	alice, bob := auditKey(t, "alice"), auditKey(t, "bob")
	trusted := func(b verify.Bundle, trust verify.Trust) (all []string) {
		b.Verify(cel.Language{}, verify.Options{Trust: trust}, func(f audit.Finding) { all = append(all, f.Problem) })
		return all
	}
	bare, err := w.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []string{"it holds no checkpoint"}, trusted(bare, verify.Trust{Keys: []string{alice.Public}}))
	made, err := w.MakeCheckpoints(t.Context(), []audit.Key{alice})
	require.NoError(t, err)
	due, err := w.NextCheckpointIn(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Greater(t, due, 50*time.Minute)
	kept, err := verify.KeptCheckpoints([]string{made[0].Note, made[0].Note})
	require.NoError(t, err)
	_, err = w.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	b, err := w.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, trusted(b, verify.Trust{Kept: kept, Keys: []string{bob.Public, alice.Public}}))
	require.Equal(
		t, []string{"its checkpoint, number 1, is not signed by a trusted key"},
		trusted(b, verify.Trust{Keys: []string{bob.Public}}),
	)

	another, note, err := kept[1].Sign([]audit.Key{bob})
	require.NoError(t, err)
	require.Equal(
		t, []string{"its checkpoint, number 1, differs from the kept one"},
		trusted(b, verify.Trust{Kept: map[int64]audit.Checkpoint{1: another}}),
	)
	require.Equal(
		t, []string{"its checkpoint, number 1, is not among the kept ones"},
		trusted(b, verify.Trust{Kept: map[int64]audit.Checkpoint{2: another}}),
	)
	_, err = verify.KeptCheckpoints([]string{made[0].Note, note})
	require.ErrorContains(t, err, "there are two different checkpoints 1")
	_, err = verify.KeptCheckpoints([]string{"x"})
	require.Error(t, err)

	forged := rewritten(t, b, replacing(1, `"user_id":"ann"`, `"user_id":"eve"`))
	require.Contains(t, trusted(forged, verify.Trust{}), "it is not the event that the checkpoint covers")
	broken := b
	broken.Proof = &audit.Proof{Note: "x"}
	require.Contains(t, strings.Join(trusted(broken, verify.Trust{}), "\n"), "its checkpoint: ")
}
