package verify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/verify"
)

// forged is an event, with the edit to make to its opened payload.
type forged struct {
	audit.Event

	edit func(payload string) string
}

// resealed returns the bundle with edited events and a new, valid hash chain.
func resealed(t *testing.T, b verify.Bundle, edit func([]forged) []forged) verify.Bundle {
	t.Helper()
	all := make([]forged, len(b.Events))
	for i, e := range b.Events {
		all[i] = forged{e, func(payload string) string { return payload }}
	}
	var head audit.Head
	b.Events = nil
	for _, f := range edit(all) {
		sealed, err := audittest.Reseal(f.Event, head, f.edit)
		require.NoError(t, err)
		b.Events, head = append(b.Events, sealed), sealed.Head()
	}
	return b
}

// replaceInPayload returns an edit that replaces text in the payload of one event.
func replaceInPayload(seq int, from, to string) func([]forged) []forged {
	return func(all []forged) []forged {
		all[seq-1].edit = func(payload string) string { return strings.Replace(payload, from, to, 1) }
		return all
	}
}

// ruleWarnings verifies a bundle with Options.Rules. It returns the problems, which must all be warnings.
func ruleWarnings(t *testing.T, b verify.Bundle) (problems []string) {
	t.Helper()
	b.Verify(cel.Language{}, verify.Options{Rules: true}, func(f audit.Finding) {
		require.True(t, f.Warning, i18n.Accept("en").Finding(f))
		problems = append(problems, i18n.Accept("en").Wrong(f.Problem))
	})
	return problems
}

// completedRun completes a run with a draft, two commits and an amendment. It returns the database and the run's
// bundle.
func completedRun(t *testing.T) (*fixture, verify.Bundle) {
	t.Helper()
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","skippable":true,"slots":[
			{"name":"a","type":"string","validate":"[a-z]+"},
			{"name":"pin","type":"string","required":false,"sensitive":true}],
		 "checklist_items":[{"key":"i","label":"I","required":true}]},
		{"key":"t","title":"T"}]}`)
	view, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	id := view.ID
	commit := run.Commit{Submission: submissionOf("s", `a="x"`)}
	commit.Ticks = []checklist.Tick{{Key: "i", Completed: true}}
	for _, c := range []run.Command{
		draft(`"x"`),
		commit,
		run.Amend{Submission: submissionOf("s", `a="y"`), Reason: "r"},
		run.Commit{Submission: run.Submission{Step: "t"}},
	} {
		_, err := fx.Execute(t.Context(), ann, id, c)
		require.NoError(t, err)
	}
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	return fx, b
}

func TestRuleCheckYieldsNoWarningsIfTheRulesAreTheSame(t *testing.T) {
	fx, b := completedRun(t)
	require.Empty(t, ruleWarnings(t, b))
	_, err := fx.All(t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { t.Error(f) })
	require.NoError(t, err)
}

func TestRuleCheckWarnsIfTodaysRulesDecideDifferently(t *testing.T) {
	_, b := completedRun(t)
	last := map[run.Action]int{} // seq of the last event of each action
	for _, e := range b.Events {
		last[run.Action(e.Action)] = int(e.Seq)
	}
	drafted, amended := last[run.ActionDraftSaved], last[run.ActionAmended]
	opened, completed := last[run.ActionOpened], last[run.ActionCompleted]
	committed := last[run.ActionCommitted] - 3 // seq of the commit of the first step
	for want, edit := range map[string]func([]forged) []forged{
		"the command that led to step.draft_saved would be refused: validation.pattern at slots.a": replaceInPayload(
			drafted, `"a":"x"`, `"a":"1"`,
		),
		"the command that led to step.amended would be refused: validation.pattern at slots.a": replaceInPayload(
			amended, `"a":"y"`, `"a":"1"`,
		),
		"the command that led to step.amended would change nothing": replaceInPayload(amended, `"a":"y"`, `"a":"x"`),
		"the command that led to step.committed would be refused: validation.required at checklist.i": replaceInPayload(
			committed, `"completed":true`, `"completed":false`,
		),
		"step.committed would have different content": replaceInPayload(
			committed, `"slots":`, `"not_applicable":["slots.pin"],"slots":`,
		),
		"run.completed would follow this event": func(events []forged) []forged {
			return events[:len(events)-1]
		},
		"run.completed would have different content": replaceInPayload(
			completed, `{`, `{"decisions":[{"expression":"x","result":true}],`,
		),
		"step.opened would be recorded instead of step.amended": func(events []forged) []forged {
			return append(events[:opened-1], events[amended-1])
		},
	} {
		t.Run(want, func(t *testing.T) {
			warnings := ruleWarnings(t, resealed(t, b, edit))
			require.Contains(t, strings.Join(warnings, "\n"), "rules_changed: "+want)
		})
	}
}

// An event of an agent that the definition does not allow is a finding, not a warning, also if the values that led to
// it are no longer known.
func TestRuleCheckFindsWhatAnAgentMayNotDo(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","agents":"draft","slots":[{"name":"a","type":"string"}]},
		{"key":"t","title":"T","agents":"draft"}]}`)
	view, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	person := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.RolesOf(access.Operator)}
	agent := person
	agent.Agent = &access.Agent{Subject: "bot"}
	do := func(by access.Principal, c run.Command) {
		_, err := fx.As(by).Execute(t.Context(), ann, view.ID, c)
		require.NoError(t, err)
	}
	do(agent, draft(`"x"`))
	do(person, run.Commit{Submission: run.Submission{Step: "s"}})
	do(person, run.Fail{Reason: "r"})
	b, err := fx.Bundle(t.Context(), view.ID)
	require.NoError(t, err)
	require.Empty(t, ruleWarnings(t, b), "a draft by the agent, a commit by a person")

	withheld, err := fx.Bundle(t.Context(), view.ID, "slots", "reasons")
	require.NoError(t, err)
	for _, b := range []verify.Bundle{b, withheld} {
		var problems []string
		for _, rules := range []bool{false, true} {
			b = resealed(t, b, func(all []forged) []forged {
				for i := range all {
					all[i].edit = func(payload string) string {
						return strings.Replace(payload, `"by":{"as"`, `"by":{"agent":{"sub":"bot"},"as"`, 1)
					}
				}
				return all
			})
			b.Verify(cel.Language{}, verify.Options{Rules: rules}, func(f audit.Finding) {
				require.False(t, f.Warning, i18n.Accept("en").Finding(f))
				problems = append(problems, i18n.Accept("en").Wrong(f.Problem))
			})
		}
		require.Equal(t, []string{
			"step.committed is an agent's, but step s has agents: draft",
			"run.failed is an agent's, but step t has agents: draft",
		}, problems, "with Options.Rules only")
	}
}

// problemsWith verifies a bundle with trusted checkpoints and keys, and returns the problems.
func problemsWith(trust verify.Trust, b verify.Bundle) (problems []string) {
	b.Verify(cel.Language{}, verify.Options{Trust: trust}, func(f audit.Finding) {
		problems = append(problems, i18n.Accept("en").Wrong(f.Problem))
	})
	return problems
}

func TestBundleIsComparedWithTrustedCheckpointsAndKeys(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	alice, bob := auditKey(t, "alice"), auditKey(t, "bob")
	withoutCheckpoint, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Equal(
		t, []string{"the bundle has no checkpoint"},
		problemsWith(verify.Trust{Keys: []string{alice.Public}}, withoutCheckpoint),
	)
	made, err := fx.MakeCheckpoints(t.Context(), []audit.Key{alice}, "")
	require.NoError(t, err)
	last, err := fx.LatestCheckpoint(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, last.Number)
	require.WithinDuration(t, time.Now(), last.Time, 10*time.Minute)
	kept, err := verify.KeptCheckpoints([]string{made[0].Note, made[0].Note})
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, problemsWith(verify.Trust{Kept: kept, Keys: []string{bob.Public, alice.Public}}, b))
	require.Equal(
		t, []string{"checkpoint 1 is not signed by a trusted key"},
		problemsWith(verify.Trust{Keys: []string{bob.Public}}, b),
	)

	keep := func(change func(*audit.LogHead)) verify.Trust {
		another := last
		change(&another.Log)
		note, err := another.Sign([]audit.Key{bob})
		require.NoError(t, err)
		kept, err := verify.KeptCheckpoints([]string{note})
		require.NoError(t, err)
		_, err = verify.KeptCheckpoints([]string{made[0].Note, note})
		if another.Log.Size == last.Log.Size {
			require.ErrorContains(t, err, "two_heads")
		}
		return verify.Trust{Kept: kept}
	}
	require.Equal(
		t, []string{"checkpoint 1 differs from the kept one"},
		problemsWith(keep(func(h *audit.LogHead) { h.Root[0]++ }), b),
	)
	require.Equal(
		t, []string{"checkpoint 1 is not among the kept checkpoints"},
		problemsWith(keep(func(h *audit.LogHead) { h.Size++ }), b),
	)
	_, err = verify.KeptCheckpoints([]string{"x"})
	require.Error(t, err)

	rewritten := resealed(t, b, replaceInPayload(1, `"user_id":"ann"`, `"user_id":"eve"`))
	require.Contains(
		t, problemsWith(verify.Trust{}, rewritten), "the bundle does not have the event that its checkpoint covers",
	)
	invalid := b
	invalid.Proof = &audit.Proof{Checkpoint: audit.StoredNote{Note: "x"}}
	problems := strings.Join(problemsWith(verify.Trust{}, invalid), "\n")
	require.Contains(t, problems, "the bundle's checkpoint is invalid: ")
}

// Relative bounds such as "today" are computed from the time of the recorded event, not from the time of verification.
func TestRuleCheckDecidesWithTheTimeOfTheEvent(t *testing.T) {
	version := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","time_zone":"Europe/Zurich","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"date","min":"today","max":"today"}]}]}`), cel.Language{})
	at := time.Date(2020, 2, 28, 23, 30, 0, 0, time.UTC)
	for day, want := range map[string][]string{
		"2020-02-29": nil,
		"2020-02-28": {"rules_changed: the command that led to step.committed would be refused: validation.min at slots.a"},
	} {
		fx := newFixture(t)
		fx.save(string(version.Canonical()))
		view, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
		require.NoError(t, err)
		today := time.Now().In(version.Steps[0].Slots[0].Zone).Format(time.DateOnly)
		_, err = fx.Execute(t.Context(), ann, view.ID, run.Commit{Submission: submissionOf("s", `a="`+today+`"`)})
		require.NoError(t, err)
		b, err := fx.Bundle(t.Context(), view.ID)
		require.NoError(t, err)
		require.Equal(t, want, ruleWarnings(t, resealed(t, b, func(events []forged) []forged {
			for i := range events {
				events[i].OccurredAt = at.Add(time.Duration(i) * time.Second)
				events[i].edit = func(payload string) string { return strings.ReplaceAll(payload, today, day) }
			}
			return events
		})))
	}
}
