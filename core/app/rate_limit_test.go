package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// countingLimit is a RateLimit with one allowance for all callers.
type countingLimit struct {
	left    int
	callers []app.Caller
}

func (l *countingLimit) Take(c app.Caller) (undo func(), exceeded *app.Exceeded) {
	l.callers = append(l.callers, c)
	if l.left == 0 {
		return nil, &app.Exceeded{Per: app.PerActor, Limit: 7, RetryAfter: 1500 * time.Millisecond}
	}
	l.left--
	return func() { l.left++ }, nil
}

// limited returns a fixture whose callers may have a number of refusals, and the limit.
func limited(t *testing.T, allowance int, options ...app.Option) (*fixture, *countingLimit) {
	fx, l := newFixture(t), &countingLimit{left: allowance}
	fx.rewire(func(*app.Ports) {}, append(options, app.WithRefusalLimit(l))...)
	return fx, l
}

func requireLimited(t *testing.T, err error) {
	t.Helper()
	f := fault.From(err)
	require.Equal(t, fault.Limited, f.Kind)
	require.Equal(t, "rate.refusals", f.Code)
	require.Equal(t, fault.Params{"limit": 7, "per": app.PerActor, "retry_after": int64(2)}, f.Params)
}

// refusedCommands are commands that a run of document refuses, by name. A run that has been failed refuses all of them.
var refusedCommands = map[string]run.Command{
	"draft":  run.Draft{Submission: submissionOf("s", "a=1", nil)},
	"commit": run.Commit{Submission: submissionOf("s", "", nil)},
	"amend":  run.Amend{Submission: submissionOf("s", `a="x"`, nil), Reason: "r"},
	"skip":   run.Skip{Step: "s", Reason: "r"},
	"fail":   run.Fail{},
	"erase":  run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "r"},
}

// A command that would be refused beyond the limit gets another error, and writes nothing: no event, whatever the
// command and the state of the run.
func TestRefusalsBeyondTheLimitAreNotRecorded(t *testing.T) {
	fx, _ := limited(t, 0)
	for _, final := range []bool{false, true} {
		id := fx.startRun()
		if final {
			_, err := fx.Execute(t.Context(), ann, id, run.Fail{Reason: "over"})
			require.NoError(t, err)
		}
		before := len(fx.actions(id))
		fx.faults.appends, fx.faults.exclusives = 0, 0
		for name, c := range refusedCommands {
			req := withKey(name, app.Reply{Status: 200})
			_, err := fx.Execute(t.Context(), req, id, c)
			requireLimited(t, err)
			_, found, err := fx.Replay(t.Context(), access.Work, req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
			require.NoError(t, err)
			require.False(t, found)
		}
		stale := ann
		stale.IfMatch = &app.Condition{Revisions: []int64{99}}
		_, err := fx.Execute(t.Context(), stale, id, run.Fail{Reason: "r"})
		requireLimited(t, err)
		require.Zero(t, fx.faults.appends+fx.faults.exclusives, "nothing was written")
		require.Len(t, fx.actions(id), before)
	}
}

func TestAcceptedCommandsAreNeitherLimitedNorCounted(t *testing.T) {
	fx, limit := limited(t, 0)
	id := fx.startRun()
	for _, c := range []run.Command{draft(`"x"`), draft(`"x"`), commit(`"y"`), commit(`"y"`), run.Fail{Reason: "r"}} {
		_, err := fx.Execute(t.Context(), ann, id, c)
		require.NoError(t, err)
	}
	require.Empty(t, limit.callers)
	_, err := fx.Execute(t.Context(), ann, "01980000-0000-7000-8000-999999999999", run.Fail{Reason: "r"})
	require.True(t, fault.Is(err, fault.NotFound))
	require.Empty(t, limit.callers, "nor is what depends on no run")
}

func TestRefusalsWithinTheLimitAreCountedOnce(t *testing.T) {
	for name, options := range map[string][]app.Option{"recorded": nil, "unrecorded": {app.WithoutRefusals()}} {
		fx, limit := limited(t, 3, options...)
		id := fx.startRun()
		service, req := apptest.As(fx.Service, "eve"), app.Request{Address: "192.0.2.1"}
		for range 3 { // the second is the same as the first, and not recorded again
			_, err := service.Execute(t.Context(), req, id, commit(`1`))
			require.True(t, fault.Is(err, fault.Invalid), name)
		}
		_, err := service.Execute(t.Context(), req, id, commit(`1`))
		requireLimited(t, err)
		require.Equal(t, app.Caller{Actor: "eve", Address: "192.0.2.1"}, limit.callers[0])
	}
}

// In a lost race, the command was accepted, but another request changed the run before it was written.
func TestLostRacesAreNotCounted(t *testing.T) {
	fx, limit := limited(t, 0)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error {
		fx.faults.beforeAppend = nil
		_, err := apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, commit(`"other"`))
		require.NoError(t, err)
		return nil
	}
	_, err := fx.Execute(t.Context(), ann, id, commit(`"x"`))
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	require.Empty(t, limit.callers)
	require.Contains(t, fx.actions(id), "step.commit_refused")
}

// A refusal that is decided on a state that is out of date, and one that cannot be recorded, are taken back.
func TestRefusalsThatDoNotStandAreTakenBack(t *testing.T) {
	fx, limit := limited(t, 1)
	id := fx.startRun()
	memory := staleRuns{}
	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory }, app.WithRefusalLimit(limit))
	var err error
	memory[id], err = fx.ports.Runs.Load(t.Context(), id)
	require.NoError(t, err)
	_, err = apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, commit(`"x"`))
	require.NoError(t, err)
	last := run.Commit{Submission: run.Submission{Step: "t"}}
	_, err = fx.Execute(t.Context(), ann, id, last)
	require.NoError(t, err, "it is out of order only in the remembered state")
	require.Len(t, limit.callers, 1)
	require.Equal(t, 1, limit.left)

	id = fx.startRun()
	fx.faults.beforeAppend = func() error { return errBoom }
	_, err = fx.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Unavailable))
	require.Equal(t, 1, limit.left)
}

// A refusal of the remembered state is not final: the command may be accepted by the stored one.
func TestACommandIsNotLimitedForARefusalOfTheRememberedState(t *testing.T) {
	fx, limit := limited(t, 0)
	id := fx.startRun()
	memory := staleRuns{}
	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory }, app.WithRefusalLimit(limit))
	var err error
	memory[id], err = fx.ports.Runs.Load(t.Context(), id)
	require.NoError(t, err)
	_, err = apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, commit(`"x"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "t"}})
	require.NoError(t, err)
}

func TestRefusalsAreCountedForTheActorTogetherWithTheAssistant(t *testing.T) {
	fx, counted := limited(t, 2)
	id := fx.startRun()
	service := app.New(fx.ports, app.WithRefusalLimit(counted))
	person := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Roles: access.AllRoles}
	withAgent := person
	withAgent.Agent = &access.Agent{Subject: "bot"}
	for _, by := range []access.Principal{person, withAgent} {
		_, err := service.As(by).Execute(t.Context(), ann, id, draft(`1`))
		require.Error(t, err)
	}
	require.Equal(t, []app.Caller{{Actor: person.Key()}, {Actor: withAgent.Key()}}, counted.callers)
	require.NotEqual(t, person.Key(), withAgent.Key())
}

// TestTheTimeToWaitIsInWholeSeconds: who waits as long as a refusal says is not refused again.
func TestTheTimeToWaitIsInWholeSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]int64{
		0: 1, 1: 1, time.Second - 1: 1, time.Second: 1, time.Second + 1: 2, 2 * time.Second: 2, time.Minute: 60,
	} {
		require.Equal(t, want, app.Exceeded{RetryAfter: wait}.Fault("request.too_many").Params["retry_after"], "%s", wait)
	}
}
