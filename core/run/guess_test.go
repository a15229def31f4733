package run_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

const guessed = `{"id":"p","name":"P","steps":[
	{"key":"a","title":"A","slots":[{"name":"pin","type":"string","sensitive":true},
		{"name":"note","type":"string","required":false}]},
	{"key":"b","title":"B"}]}`

// guesser is a run with one sensitive value, and those who guess it.
type guesser struct {
	t       *testing.T
	run     run.Run
	secrets runtest.Secrets
}

func guess(step, value string) run.Submission {
	return run.Submission{Step: step, Slots: map[string][]byte{"pin": []byte(value)}}
}

func (g *guesser) decide(by access.Principal, c run.Command) (run.Decision, error) {
	g.t.Helper()
	c = g.secrets.Add(g.run, c)
	return run.Decide(context.Background(), g.run, c, run.Stamp{By: by, At: runtest.Epoch})
}

func (g *guesser) do(by access.Principal, c run.Command) {
	g.t.Helper()
	d, err := g.decide(by, c)
	require.NoError(g.t, err)
	g.secrets.Keep(d)
	g.run, err = run.Fold(g.run, d.Events)
	require.NoError(g.t, err)
}

// outcome returns what somebody who guesses sees of a decision. Digests are left out, because no answer shows them.
func outcome(d run.Decision, err error) string {
	if err != nil {
		return fault.From(err).Code
	}
	var actions []string
	for _, e := range d.Events {
		actions = append(actions, string(e.Fact.Action()))
	}
	return strings.Join(actions, " ")
}

func newGuesser(t *testing.T) *guesser {
	r, _ := runtest.Begin(t, runtest.MustVersion(t, []byte(guessed), cel.Language{}))
	return &guesser{t: t, run: r}
}

// A guess of a sensitive value has the same outcome whether it is right or wrong, and the outcome is an event.
func TestARightGuessOfASensitiveValueIsNotToldFromAWrongOne(t *testing.T) {
	person := func(sub string) access.Principal { return access.Principal{ID: "corp:" + sub, Via: access.ViaOIDC} }
	agent := person("ann")
	agent.Agent = &access.Agent{Subject: "bot"}
	right, wrong := `"4711"`, `"4712"`
	drafted, committed, amended := newGuesser(t), newGuesser(t), newGuesser(t)
	drafted.do(person("ann"), run.Draft{Submission: guess("a", right)})
	committed.do(person("ann"), run.Commit{Submission: guess("a", right)})
	amended.do(person("ann"), run.Commit{Submission: guess("a", wrong)})
	amended.do(person("eve"), run.Amend{Submission: guess("a", right), Reason: "r"})
	for name, c := range map[string]struct {
		*guesser
		by      access.Principal
		command func(value string) run.Command
		want    string
	}{
		"a draft": {drafted, person("bob"), func(v string) run.Command { return run.Draft{Submission: guess("a", v)} },
			"step.draft_saved"},
		"a draft of whoever drafted it": {drafted, person("ann"),
			func(v string) run.Command { return run.Draft{Submission: guess("a", v)} }, "step.draft_saved"},
		"an amendment": {committed, person("bob"),
			func(v string) run.Command { return run.Amend{Submission: guess("a", v), Reason: "r"} }, "step.amended"},
		"a commit": {committed, person("bob"), func(v string) run.Command { return run.Commit{Submission: guess("a", v)} },
			"step.already_committed"},
		"a commit by the assistant of whoever committed": {committed, agent,
			func(v string) run.Command { return run.Commit{Submission: guess("a", v)} }, "step.already_committed"},
		"a commit after an amendment by somebody else": {amended, person("ann"),
			func(v string) run.Command { return run.Commit{Submission: guess("a", v)} }, "step.already_committed"},
	} {
		require.Equal(t, c.want, outcome(c.decide(c.by, c.command(right))), name+", right")
		require.Equal(t, c.want, outcome(c.decide(c.by, c.command(wrong))), name+", wrong")
	}
	for _, value := range []string{right, wrong} {
		d, err := drafted.decide(person("bob"), run.Commit{Submission: guess("a", value)})
		require.NoError(t, err)
		entry := d.Events[0].Fact.(run.StepCommitted).Slots[0]
		require.False(t, entry.Value.Identical(drafted.run.Steps[0].Slots[0].Value), "the digest does not tell either")
		for _, by := range []access.Principal{person("ann"), person("bob"), agent} {
			checked, _ := committed.secrets.Add(committed.run, run.Commit{Submission: guess("a", value)}).(run.Commit)
			_, err := run.CheckCommit(context.Background(), committed.run, checked, run.Stamp{By: by, At: runtest.Epoch})
			require.Equal(t, "step.already_committed", fault.From(err).Code, "a check leaves no trace")
		}
	}
}

// Whoever committed a value knows it: the same commit again is the same success, without an event.
func TestWhoeverCommittedASensitiveValueMayRepeatTheCommit(t *testing.T) {
	ann := access.Principal{ID: "corp:ann", Via: access.ViaOIDC}
	bot := ann
	bot.Agent = &access.Agent{Subject: "bot"}
	for _, by := range []access.Principal{ann, bot, access.Unproven("ann")} {
		g := newGuesser(t)
		g.do(by, run.Commit{Submission: guess("a", `"4711"`)})
		d, err := g.decide(by, run.Commit{Submission: guess("a", `"4711"`)})
		require.NoError(t, err)
		require.Empty(t, d.Events)
	}
}

// A commit without sensitive values repeats an equal one, also that of another actor.
func TestARepeatWithoutSensitiveValuesIsAnybodys(t *testing.T) {
	g := newGuesser(t)
	g.do(access.Unproven("ann"), run.Commit{Submission: guess("a", `"4711"`)})
	d, err := g.decide(access.Unproven("bob"), run.Commit{Submission: run.Submission{Step: "a"}})
	require.NoError(t, err)
	require.Empty(t, d.Events)
}
