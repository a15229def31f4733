package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// manyKinds is a procedure with sensitive, conditional and multiple values, and with ways back and ahead.
const manyKinds = `{"id":"kinds","name":"Kinds","steps":[
	{"key":"s","title":"S","skippable":true,"slots":[{"name":"v","type":"string","required":false},
		{"name":"pin","type":"string","sensitive":true,"required":false}],
		"checklist_items":[{"key":"i","label":"I","required":false}]},
	{"key":"t","title":"T","slots":[{"name":"b","type":"boolean"},
		{"name":"n","type":"number","when":"b","required":false}],"transitions":[{"to":"s","when":"b"}]},
	{"key":"u","title":"U","slots":[{"name":"d","type":"date","required":false}]}]}`

// usualCommands are accepted in many states of a run of manyKinds.
var usualCommands = []run.Command{
	run.Draft{Submission: submissionOf("s", `v="draft"`, nil)},
	run.Commit{Submission: submissionOf("s", `v="x" pin="1234"`, nil)},
	run.Commit{Submission: submissionOf("t", `b=true n=1.50`, nil)},
	run.Commit{Submission: submissionOf("t", `b=false`, nil)},
	run.Commit{Submission: submissionOf("u", `d="2026-11-30"`, nil)},
	run.Amend{Submission: submissionOf("s", `v="y"`, nil), Reason: "wrong"},
	run.Amend{Submission: submissionOf("s", `pin="9876"`, nil), Reason: "wrong"},
	run.Skip{Step: "s", Reason: "known"},
	run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "v"}, {Step: "s", Slot: "pin"}}, Reason: "asked for"},
	run.Reveal{Step: "s", Slot: "pin", Visit: 1, Reason: "needed"},
}

// What CatchUp makes of any earlier state is what Load reads from the rows, also after an erasure.
func TestCatchUpGivesTheStateThatLoadReads(t *testing.T) {
	fx := newFixture(t)
	fx.save(manyKinds)
	caughtUp := 0
	rapid.Check(t, func(t *rapid.T) {
		started, err := fx.StartRun(context.Background(), ann, app.StartInput{ProcedureID: "kinds"})
		require.NoError(t, err)
		states := []app.RunRecord{fx.load(t, started.ID)}
		for range rapid.IntRange(4, 24).Draw(t, "commands") {
			now := states[len(states)-1]
			c := rapid.SampledFrom(usualCommands).Draw(t, "usual")
			if rapid.Bool().Draw(t, "any") {
				c = runtest.Command(t, now.Run)
			}
			_, _ = fx.Execute(context.Background(), ann, started.ID, c) // some are refused
			states = append(states, fx.load(t, started.ID))
		}
		want := states[len(states)-1]
		for _, earlier := range states {
			got, ok := app.CatchUp(context.Background(), fx.ports.Trail, earlier, want.Head)
			missing := want.Head.Seq - earlier.Head.Seq
			require.Equal(t, missing > 0 && missing <= app.MaxCatchUp, ok, "%d events are missing", missing)
			if ok {
				require.Equal(t, want, got)
				caughtUp++
			}
		}
	})
	require.Greater(t, caughtUp, 100)
}

func (fx *fixture) load(t require.TestingT, id string) app.RunRecord {
	rec, err := fx.ports.Runs.Load(context.Background(), id)
	require.NoError(t, err)
	return rec
}

// changedTrail is a trail that changes pages of events when it is asked for them.
type changedTrail struct {
	app.Trail
	change func(*app.Page[audit.Event]) error
}

func (c changedTrail) Events(
	ctx context.Context, of audit.Entity, after int64, size app.PageSize,
) (app.Page[audit.Event], error) {
	page, err := c.Trail.Events(ctx, of, after, size)
	if err == nil {
		err = c.change(&page)
	}
	return page, err
}

func TestCatchUpRefusesEventsThatDoNotContinueTheState(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	earlier := fx.load(t, id)
	for _, value := range []string{`"a"`, `"b"`} {
		_, err := fx.Execute(t.Context(), ann, id, draft(value))
		require.NoError(t, err)
	}
	now := fx.load(t, id)
	_, err := fx.Execute(t.Context(), ann, id, draft(`"c"`))
	require.NoError(t, err)
	last := now.Head.Seq - earlier.Head.Seq - 1 // of the events that are missing
	later, ok := app.CatchUp(t.Context(), fx.ports.Trail, earlier, now.Head)
	require.True(t, ok)
	require.Equal(t, fx.load(t, id), later, "events after the head are applied, too")

	otherHead, otherState := now.Head, earlier
	otherHead.Hash, otherState.Head.Hash = earlier.Head.Hash, now.Head.Hash
	far := now.Head
	far.Seq = earlier.Head.Seq + app.MaxCatchUp + 1
	unchanged := func(*app.Page[audit.Event]) error { return nil }
	unread := func(*app.Page[audit.Event]) error {
		t.Error("the trail is read")
		return nil
	}
	for name, c := range map[string]struct {
		earlier app.RunRecord
		head    audit.Head
		change  func(*app.Page[audit.Event]) error
	}{
		"the same state":             {now, now.Head, unread},
		"a later state":              {now, earlier.Head, unread},
		"too many events":            {earlier, far, unread},
		"a state of another chain":   {otherState, now.Head, unchanged},
		"to a head of another chain": {earlier, otherHead, unchanged},
		"an event is missing": {earlier, now.Head, func(page *app.Page[audit.Event]) error {
			page.Items = page.Items[1:]
			return nil
		}},
		"the last event is missing": {earlier, now.Head, func(page *app.Page[audit.Event]) error {
			page.Items = page.Items[:last]
			return nil
		}},
		"an unknown event": {earlier, now.Head, func(page *app.Page[audit.Event]) error {
			page.Items[1].Action = "run.unknown"
			return nil
		}},
		"a changed event": {earlier, now.Head, func(page *app.Page[audit.Event]) error {
			d := &page.Items[last].Disclosures
			changed := strings.Replace(*d, `"value":"b"`, `"value":"x"`, 1)
			require.NotEqual(t, *d, changed)
			*d = changed
			return nil
		}},
		"more events than a page": {earlier, now.Head, func(page *app.Page[audit.Event]) error {
			page.More = true
			return nil
		}},
		"the trail cannot be read": {earlier, now.Head, func(*app.Page[audit.Event]) error { return errBoom }},
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := app.CatchUp(t.Context(), changedTrail{fx.ports.Trail, c.change}, c.earlier, c.head)
			require.False(t, ok)
		})
	}
}
