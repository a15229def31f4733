package run_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// A check says that a commit can be made exactly if the commit is accepted, and otherwise has the same issues. Only
// what no other data can change is an error, and then it is that of the commit. A check also refuses the repeat of a
// commit that submits a sensitive value.
func TestCheckAgreesWithCommit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, _ *history) {
			commit, ok := x.command.(run.Commit)
			if !ok {
				return
			}
			stamp := run.Stamp{By: x.stamp.By, At: runtest.Epoch.Add(time.Hour)}
			decided := x.before
			if i, known := x.before.Version.StepIndex(commit.Step); known &&
				x.before.Version.Steps[i].Agents == procedure.AgentsDraft {
				// For an agent, the check says what the commit would lead to if the step allowed it.
				decided.Version = withAgents(x.before.Version, i, procedure.AgentsCommit)
				x.decision, _ = run.Decide(context.Background(), decided, commit, x.stamp)
			}
			_, refusal := run.Decide(context.Background(), decided, commit, stamp)
			check, err := run.CheckCommit(context.Background(), x.before, commit, stamp)
			switch {
			case err != nil && refusal == nil: // a check would leave no trace of a guess
				require.Empty(t, x.decision.Events, "it repeats a commit")
				require.Equal(t, "step.already_committed", fault.From(err).Code)
				require.True(t, submitsSensitive(x.before, commit))
			case err != nil:
				require.Equal(t, refusal, err)
				if !stamp.By.IsAgent() || !fault.Is(err, fault.Forbidden) {
					require.Contains(t, []fault.Kind{fault.NotFound, fault.Conflict}, fault.From(err).Kind)
				}
			case refusal == nil:
				require.Nil(t, check.Refusal)
				require.Empty(t, check.Missing)
				requireAfter(t, x, check)
			default:
				require.Equal(t, fault.From(refusal), check.Refusal)
				require.Equal(t, x.before, check.After)
				require.Equal(t, requiredFields(check.Refusal), check.Missing)
			}
			requireFields(t, x.before, commit, check, err)
		})
	})
}

// submitsSensitive reports whether a commit submits a value of a sensitive slot.
func submitsSensitive(r run.Run, c run.Commit) bool {
	i, _ := r.Version.StepIndex(c.Step)
	return slices.ContainsFunc(r.Version.Steps[i].Slots, func(s slot.Slot) bool {
		_, submitted := c.Slots[s.Name]
		return s.Sensitive && submitted
	})
}

// requireAfter checks that the run after a checked commit is that after the commit.
func requireAfter(t *rapid.T, x executed, check run.Check) {
	after, err := run.Fold(x.before, x.decision.Events)
	require.NoError(t, err)
	require.Equal(t, after.State, check.After.State)
	require.Equal(t, after.CurrentKey(), check.After.CurrentKey())
	for _, e := range x.decision.Events {
		for _, result := range run.ConditionsOf(e.Fact) {
			require.True(t, slices.ContainsFunc(check.Conditions, func(c run.ConditionResult) bool {
				return c.Condition == result.Condition && c.Result == result.Result
			}), "%+v is not in %+v", result, check.Conditions)
		}
		if passed, ok := e.Fact.(run.StepNotApplicable); ok {
			require.Contains(t, check.PassedOver, passed.Step)
		}
	}
}

// requireFields checks that fields are consistent with each other and with the issues.
func requireFields(t *rapid.T, r run.Run, c run.Commit, check run.Check, err error) {
	if err != nil {
		return
	}
	for _, field := range check.Missing {
		require.Contains(t, check.Needed, field)
	}
	for _, field := range check.NotApplicable {
		require.NotContains(t, check.Needed, field)
	}
	if check.Refusal == nil && check.After.Seq > r.Seq {
		i, _ := r.Version.StepIndex(c.Step)
		committed := check.After.Steps[i].FindVisit(r.Steps[i].Number)
		for j, s := range committed.Slots {
			field := slot.FieldOf(r.Version.Steps[i].Slots[j].Name)
			require.Equal(t, s.NotApplicable, slices.Contains(check.NotApplicable, field), field)
		}
		for _, it := range committed.Items {
			require.Equal(t, it.NotApplicable, slices.Contains(check.NotApplicable, checklist.FieldOf(it.Key)), it.Key)
		}
	}
}

// requiredFields returns the fields that a refusal calls missing.
func requiredFields(refusal *fault.Error) (fields []string) {
	for _, is := range refusal.Issues {
		if is.Code == "validation.required" {
			fields = append(fields, is.Field)
		}
	}
	return fields
}

// The form of the open step says what a check of the draft says.
func TestFormOfTheOpenStepAgreesWithACheckOfItsDraft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(_ executed, h *history) {
			r := h.run
			for i := range r.Steps {
				form, err := r.StepForm(context.Background(), i, runtest.Epoch)
				require.NoError(t, err)
				require.Len(t, form.Slots, len(r.Version.Steps[i].Slots))
				require.Len(t, form.Items, len(r.Version.Steps[i].Items))
				for _, f := range slices.Concat(form.Slots, form.Items) {
					requireNoSealedValue(t, f.When)
					requireNoSealedValue(t, f.RequiredWhen)
				}
			}
			if r.State.Final() {
				return
			}
			i := r.Current()
			commit := run.Commit{Submission: run.Submission{Step: r.CurrentKey()}}
			check, err := run.CheckCommit(context.Background(), r, commit, run.Stamp{By: access.Unproven("c"), At: runtest.Epoch})
			require.NoError(t, err)
			form, err := r.StepForm(context.Background(), i, runtest.Epoch)
			require.NoError(t, err)
			needed, missing, inapplicable := formFields(r, i, form)
			require.Equal(t, check.Needed, needed)
			require.Equal(t, check.Missing, missing)
			require.Equal(t, check.NotApplicable, inapplicable)
			require.True(t, form.When == nil || form.When.Decided && form.When.Result, "the step applies")
		})
	})
}

// requireNoSealedValue checks that neither the digest of a sensitive value nor an erased value is shown.
func requireNoSealedValue(t *rapid.T, s *run.ConditionStatus) {
	if s == nil {
		return
	}
	for name, value := range s.Values {
		require.NotContains(t, string(value), `"sealed"`, name)
	}
}

func formFields(r run.Run, i int, form run.StepForm) (needed, missing, inapplicable []string) {
	add := func(field string, f run.FieldStatus) {
		if f.Needed {
			needed = append(needed, field)
		}
		if f.Missing {
			missing = append(missing, field)
		}
		if f.Applies() == checklist.No {
			inapplicable = append(inapplicable, field)
		}
	}
	for j, f := range form.Slots {
		add(slot.FieldOf(r.Version.Steps[i].Slots[j].Name), f)
	}
	for j, f := range form.Items {
		add(checklist.FieldOf(r.Version.Steps[i].Items[j].Key), f)
	}
	return needed, missing, inapplicable
}

// formed is a procedure whose second step has conditions of every kind on the first and on itself.
const formed = `{"id":"p","name":"P","max_visits":1,"steps":[
	{"key":"a","title":"A","skippable":true,"slots":[
		{"name":"kind","type":"enum","options":["x","y"]},{"name":"note","type":"string","required":false}]},
	{"key":"b","title":"B","when":"has(a.kind) && a.kind == 'x'","slots":[
		{"name":"n","type":"integer"},
		{"name":"m","type":"integer","when":"n > 1","required_when":"has(run.metadata.on) && run.metadata.on == true"},
		{"name":"o","type":"string","when":"a.?note.orValue('') == 'o'"},
		{"name":"p","type":"string","required":false,"required_when":"run.metadata.missing == true"}],
	 "checklist_items":[{"key":"i","label":"I","required":true,"when":"n > 2"}],
	 "rules":[{"key":"r","assert":"n < 9","message":"Too large","fields":["n"]},
		{"key":"q","assert":"m > 0","message":"Too small"}],
	 "transitions":[{"when":"n == 5","to":"end"},{"when":"n == 6","to":"a"}]},
	{"key":"c","title":"C"},{"key":"d","title":"D"}]}`

// status is a condition's status in short.
func status(s *run.ConditionStatus) string {
	switch {
	case s == nil:
		return ""
	case s.Decided && s.Result:
		return "true"
	case s.Decided:
		return "false"
	case s.Reason != "":
		return "failed"
	}
	return "waits for " + strings.Join(s.WaitsFor, " ")
}

func TestFormSaysWhyAFieldDoesNotApplyOrIsUndecided(t *testing.T) {
	v := runtest.MustVersion(t, []byte(formed), cel.Language{})
	ctx, stamp := context.Background(), run.Stamp{By: access.Unproven("carol"), At: runtest.Epoch}
	do := func(r run.Run, c run.Command) run.Run {
		d, err := run.Decide(ctx, r, c, stamp)
		require.NoError(t, err)
		r, err = run.Fold(r, d.Events)
		require.NoError(t, err)
		return r
	}
	form := func(r run.Run, i int) run.StepForm {
		f, err := r.StepForm(ctx, i, runtest.Epoch)
		require.NoError(t, err)
		return f
	}
	sub := func(step, name, value string) run.Submission {
		return run.Submission{Step: step, Slots: map[string][]byte{name: []byte(value)}}
	}
	r, _ := runtest.BeginWith(t, v, []byte(`{"on":true}`))

	locked := form(r, 1)
	require.Equal(t, "waits for a.kind", status(locked.When))
	require.Equal(t, "waits for b.n", status(locked.Slots[1].When))
	require.Equal(t, "waits for a.note", status(locked.Slots[2].When))

	skipped := do(r, run.Skip{Step: "a", Reason: "no"})
	require.Equal(t, run.NotApplicable, skipped.Steps[1].State)
	require.Equal(t, "false", status(form(skipped, 1).When))
	require.Empty(t, form(skipped, 1).Transition)

	open := do(r, run.Commit{Submission: sub("a", "kind", `"x"`)})
	f := form(open, 1)
	require.Equal(t, "true", status(f.When))
	require.Equal(t, "waits for b.n", status(f.Slots[1].When))
	require.Nil(t, f.Slots[1].RequiredWhen, "it is not asked whether a slot is needed that may not apply")
	require.Equal(t, "false", status(f.Slots[2].When))
	require.Equal(t, `null`, string(f.Slots[2].When.Values["a.note"]))
	require.Equal(t, "failed", status(f.Slots[3].RequiredWhen))
	require.False(t, f.Slots[3].Needed)
	require.Equal(t, "waits for b.n", status(f.Items[0].When))
	require.Equal(t, "waits for b.n", status(f.Rules[0]))

	drafted := do(open, run.Draft{Submission: sub("b", "n", `2`)})
	f = form(drafted, 1)
	require.Equal(t, "true", status(f.Slots[1].When))
	require.Equal(t, "true", status(f.Slots[1].RequiredWhen))
	require.True(t, f.Slots[1].Missing)
	require.Equal(t, "false", status(f.Items[0].When))
	require.Equal(t, `"2"`, string(f.Items[0].When.Values["b.n"]))
	require.Equal(t, "true", status(f.Rules[0]))
	require.Equal(t, "waits for b.m", status(f.Rules[1]))
}

// A step that a transition passed over says which one. So does a step that is committed say what would apply now.
func TestFormNamesTheTransitionThatPassedOverAStep(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","slots":[{"name":"n","type":"integer"},{"name":"m","type":"integer","when":"n > 1"}],
		 "transitions":[{"when":"n == 5","to":"end"},{"when":"n > 5","to":"c"}]},
		{"key":"b","title":"B","when":"a.n < 9"},{"key":"c","title":"C"}]}`), cel.Language{})
	r, _ := runtest.Begin(t, v)
	commit := run.Commit{Submission: run.Submission{
		Step: "a", Slots: map[string][]byte{"n": []byte(`6`), "m": []byte(`1`)},
	}}
	check, err := run.CheckCommit(context.Background(), r, commit, run.Stamp{By: access.Unproven("c"), At: runtest.Epoch})
	require.NoError(t, err)
	require.Equal(t, []int{1}, check.PassedOver)
	require.Equal(t, "c", check.After.CurrentKey())
	require.Len(t, check.Conditions, 3, "each condition is named once")

	f, err := check.After.StepForm(context.Background(), 1, runtest.Epoch)
	require.NoError(t, err)
	require.Equal(t, "/steps/0/transitions/1", f.Transition)
	require.Len(t, f.Conditions, 2)
	require.Nil(t, f.When, "the step's own condition was not asked")

	f, err = check.After.StepForm(context.Background(), 0, runtest.Epoch)
	require.NoError(t, err)
	require.Equal(t, "true", status(f.Slots[1].When))
	require.True(t, f.Slots[1].Needed)
	require.False(t, f.Slots[1].Missing)
}

// A check of a commit that only other data could make possible is no error, even if commit answers with a conflict.
func TestCheckTellsDataFromState(t *testing.T) {
	v := runtest.MustVersion(t, []byte(formed), cel.Language{})
	r, _ := runtest.BeginWith(t, v, []byte(`{"on":true,"missing":false}`))
	stamp := run.Stamp{By: access.Unproven("carol"), At: runtest.Epoch}
	commit := func(step string, pairs ...string) run.Commit {
		c := run.Commit{Submission: run.Submission{Step: step, Slots: map[string][]byte{}}}
		for i := 0; i < len(pairs); i += 2 {
			c.Slots[pairs[i]] = []byte(pairs[i+1])
		}
		return c
	}
	first, err := run.CheckCommit(context.Background(), r, commit("a", "kind", `"x"`), stamp)
	require.NoError(t, err)
	r = first.After
	back := commit("b", "n", `6`, "m", `1`)
	back.Ticks = []checklist.Tick{{Key: "i", Completed: true}}
	check, err := run.CheckCommit(context.Background(), r, back, stamp)
	require.NoError(t, err)
	require.Equal(t, run.MaxVisitsExceeded, check.Refusal.Code)
	require.Equal(t, []string{"slots.n", "slots.m", "checklist.i"}, check.Needed)
	require.Equal(t, []string{"slots.o"}, check.NotApplicable)

	again, err := run.CheckCommit(context.Background(), r, commit("a", "kind", `"x"`), stamp)
	require.NoError(t, err)
	require.Nil(t, again.Refusal)
	require.Equal(t, r.Seq, again.After.Seq, "it repeats a commit")
	for step, code := range map[string]string{
		"a": "step.already_committed", "c": "step.out_of_order", "x": "step.not_found",
	} {
		_, err := run.CheckCommit(context.Background(), r, commit(step, "kind", `"y"`), stamp)
		require.Equal(t, code, fault.From(err).Code)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = run.CheckCommit(ctx, r, back, stamp)
	require.True(t, fault.Is(err, fault.Unavailable))
	_, err = r.StepForm(ctx, 1, runtest.Epoch)
	require.True(t, fault.Is(err, fault.Unavailable))
}
