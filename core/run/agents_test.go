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
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// assistant returns the principal of an assistant that acts for a person.
func assistant(person string) access.Principal {
	return access.Principal{ID: person, Via: access.ViaOIDC, Agent: &access.Agent{Subject: "bot"}}
}

// withAgents returns the version with another value of agents for step i.
func withAgents(v *procedure.Version, i int, agents procedure.Agents) *procedure.Version {
	version, definition := *v, *v.Definition
	definition.Steps = slices.Clone(definition.Steps)
	definition.Steps[i].Agents = agents
	version.Definition = &definition
	return &version
}

// agentRun is a run of a procedure whose two steps have the value AGENTS of agents. The first has a sensitive value; it
// is open or, if committed is true, committed.
func agentRun(t *testing.T, agents string, committed bool) (run.Run, *runtest.Secrets) {
	t.Helper()
	doc := strings.ReplaceAll(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","skippable":true,"agents":"AGENTS","slots":[
			{"name":"x","type":"string"},{"name":"pin","type":"string","sensitive":true}]},
		{"key":"b","title":"B","agents":"AGENTS"}]}`, "AGENTS", agents)
	r, _ := runtest.Begin(t, runtest.MustVersion(t, []byte(doc), cel.Language{}))
	secrets := &runtest.Secrets{}
	values := run.Submission{Step: "a", Slots: map[string][]byte{"x": []byte(`"y"`), "pin": []byte(`"4711"`)}}
	c := run.Command(run.Draft{Submission: values})
	if committed {
		c = run.Commit{Submission: values}
	}
	c = secrets.Add(r, c)
	d, err := run.Decide(context.Background(), r, c, run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
	require.NoError(t, err)
	secrets.Keep(d)
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)
	return r, secrets
}

func TestAgentsMayDoWithAStepWhatItsDefinitionSays(t *testing.T) {
	sub := run.Submission{Step: "a", Slots: map[string][]byte{"x": []byte(`"z"`)}}
	person, agent := access.Unproven("ann"), assistant("ann")
	for name, c := range map[string]struct {
		command   run.Command
		committed bool   // whether step a is committed; else it is open
		step      string // the step that restricts the command; empty if none does
		allowed   string // the values of agents with which an agent may do it
	}{
		"draft":          {run.Draft{Submission: sub}, false, "a", "commit draft"},
		"commit":         {run.Commit{Submission: sub}, false, "a", "commit"},
		"skip":           {run.Skip{Step: "a", Reason: "r"}, false, "a", "commit"},
		"amend":          {run.Amend{Submission: sub, Reason: "r"}, true, "a", "commit"},
		"reveal":         {run.Reveal{Step: "a", Slot: "pin", Reason: "r"}, false, "a", "commit"},
		"reveal, closed": {run.Reveal{Step: "a", Slot: "pin", Reason: "r"}, true, "a", "commit"},
		"fail":           {run.Fail{Reason: "r"}, false, "a", "commit"},
		"fail, later":    {run.Fail{Reason: "r"}, true, "b", "commit"},
		"repeat":         {run.Commit{Submission: run.Submission{Step: "a"}}, true, "a", "commit"},
	} {
		for _, agents := range []string{"commit", "draft", "none"} {
			r, secrets := agentRun(t, agents, c.committed)
			command := secrets.Add(r, c.command)
			_, err := run.Decide(context.Background(), r, command, run.Stamp{By: person, At: runtest.Epoch})
			require.NoError(t, err, "%s by a person, agents: %s", name, agents)

			d, err := run.Decide(context.Background(), r, command, run.Stamp{By: agent, At: runtest.Epoch})
			if slices.Contains(strings.Fields(c.allowed), agents) {
				require.NoError(t, err, "%s, agents: %s", name, agents)
				requireAllowed(t, r, d, true)
				continue
			}
			require.Empty(t, d.Events)
			require.Equal(t, agentRefusal(c.step, agents), err, "%s, agents: %s", name, agents)
			d, err = run.Decide(context.Background(), r, command, run.Stamp{By: person, At: runtest.Epoch})
			require.NoError(t, err)
			requireAllowed(t, r, d, len(d.Events) == 0) // a repeat has no events
		}
	}
}

// agentRefusal returns the refusal of an agent by a step.
func agentRefusal(step, agents string) error {
	return fault.New(fault.Forbidden, "step.agent", fault.Params{"step": step, "agents": agents})
}

// requireAllowed checks whether ForbidsAgent allows an agent the events of a decision. It always allows them a person.
func requireAllowed(t require.TestingT, before run.Run, d run.Decision, allowed bool) {
	forbidden := false
	for _, e := range d.Events {
		e.By = access.Unproven("ann")
		_, forbids := run.ForbidsAgent(before, e)
		require.False(t, forbids, "a person: %T", e.Fact)
		e.By = assistant("ann")
		_, forbids = run.ForbidsAgent(before, e)
		forbidden = forbidden || forbids
	}
	require.Equal(t, !allowed, forbidden, "%+v", d.Events)
}

// The refusal comes after that of an unknown step, and before those of the state and of the data.
func TestTheRefusalOfAnAgentDependsOnNothingButTheStep(t *testing.T) {
	for _, committed := range []bool{false, true} {
		r, secrets := agentRun(t, "draft", committed)
		wrong := run.Submission{Step: "a", Visit: 7, Slots: map[string][]byte{"x": []byte(`1`), "unknown": []byte(`1`)}}
		later := run.Submission{Step: "b"}
		for _, c := range []run.Command{
			run.Commit{Submission: wrong}, run.Amend{Submission: wrong}, run.Skip{Step: "a"}, run.Reveal{Step: "a", Slot: "q"},
			run.Commit{Submission: later}, run.Amend{Submission: later}, run.Skip{Step: "b"}, run.Fail{},
		} {
			_, err := run.Decide(context.Background(), r, secrets.Add(r, c), run.Stamp{By: assistant("ann"), At: runtest.Epoch})
			require.Equal(t, run.AgentRefused, fault.From(err).Code, "%T", c)
		}
		unknown := run.Submission{Step: "c"}
		for _, c := range []run.Command{
			run.Draft{Submission: unknown}, run.Commit{Submission: unknown}, run.Skip{Step: "c"}, run.Reveal{Step: "c"},
		} {
			_, err := run.Decide(context.Background(), r, c, run.Stamp{By: assistant("ann"), At: runtest.Epoch})
			require.Equal(t, "step.not_found", fault.From(err).Code, "%T", c)
		}
	}
	r, _ := agentRun(t, "draft", true)
	d, err := run.Decide(context.Background(), r, run.Fail{Reason: "r"}, run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
	require.NoError(t, err)
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)
	_, err = run.Decide(context.Background(), r, run.Fail{Reason: "r"}, run.Stamp{By: assistant("ann"), At: runtest.Epoch})
	require.Equal(t, "run.state", fault.From(err).Code, "no step of a run that has ended is open")
}

// A person commits what an agent has prepared, so a check says what that commit would lead to.
func TestAnAgentMayCheckACommitThatAPersonMakes(t *testing.T) {
	sub := run.Submission{Step: "a", Slots: map[string][]byte{"x": []byte(`"z"`)}}
	by := run.Stamp{By: assistant("ann"), At: runtest.Epoch}
	for _, agents := range []string{"commit", "draft"} {
		r, _ := agentRun(t, agents, false)
		check, err := run.CheckCommit(context.Background(), r, run.Commit{Submission: sub}, by)
		require.NoError(t, err)
		require.Nil(t, check.Refusal, agents)
		require.Equal(t, "b", check.After.CurrentKey())
		require.Equal(t, slot.Agent, check.After.Steps[0].Slots[0].Origin)

		wrong := run.Submission{Step: "a", Slots: map[string][]byte{"x": []byte(`1`)}}
		check, err = run.CheckCommit(context.Background(), r, run.Commit{Submission: wrong}, by)
		require.NoError(t, err)
		require.Equal(t, run.InvalidValues, check.Refusal.Code)
	}
	r, _ := agentRun(t, "none", false)
	_, err := run.CheckCommit(context.Background(), r, run.Commit{Submission: sub}, by)
	require.Equal(t, agentRefusal("a", "none"), err)
	by.By = access.Unproven("ann")
	check, err := run.CheckCommit(context.Background(), r, run.Commit{Submission: sub}, by)
	require.NoError(t, err)
	require.Nil(t, check.Refusal)
}

// An author's assistant may simulate the steps that it must not work on.
func TestASimulationDoesNotDependOnWhoAsksForIt(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","agents":"draft"},{"key":"b","title":"B","skippable":true,"agents":"none"}]}`), cel.Language{})
	answers := []run.SimulationAnswer{{Step: "a"}, {Step: "b", Skip: true}}
	for _, by := range []access.Principal{access.Unproven("ann"), assistant("ann")} {
		s := run.Simulate(context.Background(), run.StartParams{ID: "r", Version: v}, answers, run.Stamp{By: by, At: runtest.Epoch})
		require.NoError(t, s.Stopped)
		require.Len(t, s.Path, 2)
		require.Equal(t, run.Skipped, s.Path[1].State)
	}
}

// In no sequence of commands by persons and an agent does the agent change or show more of a step than its definition
// allows.
func TestNoSequenceOfCommandsByAnAgentDoesMoreThanTheDefinitionAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, _ := runtest.Begin(t, runtest.Version(cel.Language{}).Draw(t, "version"))
		var secrets runtest.Secrets
		for n := range rapid.IntRange(1, 25).Draw(t, "commands") {
			x := executed{before: r, command: secrets.Add(r, runtest.Command(t, r))}
			x.stamp = run.Stamp{By: access.Unproven("carol"), At: runtest.Epoch.Add(time.Duration(n+1) * time.Second)}
			byPerson, personErr := run.Decide(context.Background(), r, x.command, x.stamp)
			x.decision, x.err = byPerson, personErr
			if rapid.Bool().Draw(t, "agent") {
				x.stamp.By = assistant("carol")
				x.decision, x.err = run.Decide(context.Background(), r, x.command, x.stamp)
				requireAllowed(t, r, x.decision, true)
				require.Equal(t, mustRefuse(r, x.command), fault.Is(x.err, fault.Forbidden), "%T", x.command)
			}
			require.True(t, x.stamp.By.IsAgent() || !fault.Is(x.err, fault.Forbidden), "a person is never refused for it")
			events := recordedEvents(x)
			secrets.Keep(x.decision)
			after, err := run.Fold(r, events)
			require.NoError(t, err)
			if fault.Is(x.err, fault.Forbidden) {
				requireAllowed(t, r, byPerson, len(byPerson.Events) == 0)
				require.Equal(t, r.Revision, after.Revision)
				_, again := run.Decide(context.Background(), after, x.command, x.stamp)
				require.Equal(t, x.err, again, "a repeated command is refused in the same way")
			}
			if x.stamp.By.IsAgent() {
				requireUntouched(t, r, after, events)
			}
			r = after
		}
	})
}

// mustRefuse reports whether a command of an agent on the run must be refused, whatever its data and the state.
func mustRefuse(r run.Run, c run.Command) bool {
	needs := func(key string, need procedure.Agents) bool {
		i, known := r.Version.StepIndex(key)
		return known && r.Version.Steps[i].Agents > need
	}
	switch c := c.(type) {
	case run.Draft:
		return needs(c.Step, procedure.AgentsDraft)
	case run.Commit:
		return needs(c.Step, procedure.AgentsCommit)
	case run.Amend:
		return needs(c.Step, procedure.AgentsCommit)
	case run.Skip:
		return needs(c.Step, procedure.AgentsCommit)
	case run.Reveal:
		return needs(c.Step, procedure.AgentsCommit)
	case run.Fail:
		return needs(r.CurrentKey(), procedure.AgentsCommit)
	case run.Erase:
	}
	return false
}

// requireUntouched checks that events of an agent changed and show only what the definitions of the steps allow.
func requireUntouched(t *rapid.T, before, after run.Run, events []run.Event) {
	restricted := func(step int) bool { return before.Version.Steps[step].Agents != procedure.AgentsCommit }
	if i := before.Current(); i >= 0 && restricted(i) {
		require.Equal(t, i, after.Current(), "the step stays open")
		require.Equal(t, before.Steps[i].Number, after.Steps[i].Number)
		require.NotEqual(t, run.Failed, after.State)
	}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case run.StepCommitted:
			require.False(t, restricted(f.Step))
		case run.StepSkipped:
			require.False(t, restricted(f.Step))
		case run.Amended:
			require.False(t, restricted(f.Step))
		case run.SlotRevealed:
			require.False(t, restricted(f.Step))
		case run.DraftSaved:
			require.NotEqual(t, procedure.AgentsNone, before.Version.Steps[f.Step].Agents)
		case run.RunFailed, run.Created, run.Started, run.Opened, run.StepNotApplicable, run.RunCompleted,
			run.ContentErased, run.ValueErased, run.Refused:
			// not of one step, or only following from another event
		}
	}
}
