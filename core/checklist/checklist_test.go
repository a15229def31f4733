package checklist_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
)

var (
	items = []checklist.Item{{Key: "a", Required: true}, {Key: "b"}, {Key: "c", Required: true}}
	early = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	late  = early.Add(time.Hour)
)

func codes(issues []fault.Issue) string {
	all := ""
	for _, is := range issues {
		all += is.Field + " " + is.Code + "; "
	}
	return all
}

func TestATickThatDoesNotChangeTheStateKeepsItsAuthorAndTime(t *testing.T) {
	ticks := []checklist.Tick{{Key: "a", Completed: true}, {Key: "b", Completed: true}}
	first := checklist.Apply(items, checklist.Blank(items), ticks, early, "ann")
	issues, unexpected := checklist.Check(items, first, ticks, nil, false)
	require.Empty(t, issues)
	require.Empty(t, unexpected)
	ticks = []checklist.Tick{{Key: "a", Completed: true}, {Key: "b", Completed: false}}
	second := checklist.Apply(items, first, ticks, late, "bob")
	require.Equal(t, checklist.State{Key: "a", Completed: true, At: early, By: "ann"}, second[0])
	require.Equal(t, checklist.State{Key: "b"}, second[1])
	require.Equal(t, "ann", first[1].By, "the present states are not changed")
	require.Contains(t, second[0].String(), "ann")
	require.Equal(t, "open", second[1].String())
}

func TestAnItemWithoutATickStaysAsItIs(t *testing.T) {
	first := checklist.Apply(items, checklist.Blank(items), []checklist.Tick{{Key: "a", Completed: true}}, early, "ann")
	ticks := []checklist.Tick{{Key: "b", Completed: true}}
	second := checklist.Apply(items, first, ticks, late, "bob")
	issues, unexpected := checklist.Check(items, second, ticks, nil, false)
	require.Empty(t, issues)
	require.Empty(t, unexpected)
	require.Equal(t, first[0], second[0])
	require.Equal(t, checklist.State{Key: "b", Completed: true, At: late, By: "bob"}, second[1])
}

// A recorded tick is applied whatever the checks of this release say about it.
func TestApplyChecksNothing(t *testing.T) {
	present := checklist.Blank(items)
	present[1].NotApplicable = true
	states := checklist.Apply(items, present, []checklist.Tick{
		{Key: "x", Completed: true}, {Key: "a", Completed: true}, {Key: "a"}, {Key: "c"}, {Key: "c", Completed: true},
		{Key: "b", Completed: true},
	}, early, "ann")
	require.Equal(t, []checklist.State{
		{Key: "a"}, {Key: "b", Completed: true, At: early, By: "ann"}, {Key: "c", Completed: true, At: early, By: "ann"},
	}, states)
}

func TestWhetherAnItemAppliesIsSettledByACommit(t *testing.T) {
	ticked := checklist.Apply(items, checklist.Blank(items), []checklist.Tick{{Key: "a", Completed: true}}, early, "ann")
	applying := []checklist.Applies{checklist.No, checklist.No, checklist.Unsure}
	drafted := checklist.Apply(items, ticked, nil, late, "bob")
	issues, _ := checklist.Check(items, drafted, nil, applying, false)
	require.Empty(t, issues, "what is not required yet is not missing")
	require.Equal(t, ticked, drafted, "a draft keeps what may apply again")
	committed := checklist.Apply(items, ticked, nil, late, "bob")
	checklist.Settle(committed, applying)
	issues, _ = checklist.Check(items, committed, nil, applying, true)
	require.Empty(t, issues)
	require.Equal(t, checklist.State{Key: "a", NotApplicable: true}, committed[0])
	require.Equal(t, checklist.State{Key: "b", NotApplicable: true}, committed[1])
	require.False(t, committed[2].NotApplicable, "an item that may apply is not left out")
	ticks := []checklist.Tick{{Key: "b", Completed: true}}
	committed = checklist.Apply(items, ticked, ticks, late, "bob")
	checklist.Settle(committed, applying)
	issues, _ = checklist.Check(items, committed, ticks, applying, true)
	require.Equal(t, "checklist.b validation.not_applicable; ", codes(issues))
}

func TestCheckOfAWholeChecklistReportsEachItemAndEachUnknownKeyOnce(t *testing.T) {
	ticks := []checklist.Tick{
		{Key: "x", Completed: true}, {Key: "b", Completed: true}, {Key: "b", Completed: true},
		{Key: "a", Completed: true}, {Key: "x"}, {Key: "w"},
	}
	states := checklist.Apply(items, checklist.Blank(items), ticks, early, "ann")
	issues, unexpected := checklist.Check(items, states, ticks, nil, true)
	require.Equal(t, "checklist.b validation.duplicate; checklist.c validation.required; ", codes(issues))
	require.Equal(t, "checklist.x validation.unexpected_item; checklist.w validation.unexpected_item; ",
		codes(unexpected.First))
}

func TestManyTicks(t *testing.T) {
	var many []checklist.Item
	var ticks []checklist.Tick
	for i := range 40 {
		key := fmt.Sprint("i", i)
		many = append(many, checklist.Item{Key: key, Required: true})
		ticks = append(ticks, checklist.Tick{Key: key, Completed: i != 7})
	}
	ticks = append(ticks, checklist.Tick{Key: "i3", Completed: false}, checklist.Tick{Key: "zz"})
	states := checklist.Apply(many, checklist.Blank(many), ticks, early, "ann")
	issues, unexpected := checklist.Check(many, states, ticks, nil, true)
	require.Equal(t, "checklist.i3 validation.duplicate; checklist.i7 validation.required; ", codes(issues))
	require.Equal(t, "checklist.zz validation.unexpected_item; ", codes(unexpected.First))
	require.True(t, states[39].Completed)
}
