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
	first, issues, unexpected := checklist.Merge(items, checklist.Blank(items), ticks, nil, false, early, "ann")
	require.Empty(t, issues)
	require.Empty(t, unexpected)
	ticks = []checklist.Tick{{Key: "a", Completed: true}, {Key: "b", Completed: false}}
	second, _, _ := checklist.Merge(items, first, ticks, nil, false, late, "bob")
	require.Equal(t, checklist.State{Key: "a", Completed: true, At: early, By: "ann"}, second[0])
	require.Equal(t, checklist.State{Key: "b"}, second[1])
	require.Equal(t, "ann", first[1].By, "the present states are not changed")
	require.Contains(t, second[0].String(), "ann")
	require.Equal(t, "open", second[1].String())
}

func TestAnItemWithoutATickStaysAsItIs(t *testing.T) {
	first, _, _ := checklist.Merge(items, checklist.Blank(items), []checklist.Tick{{Key: "a", Completed: true}}, nil, false,
		early, "ann")
	second, issues, unexpected := checklist.Merge(items, first, []checklist.Tick{{Key: "b", Completed: true}}, nil, false,
		late, "bob")
	require.Empty(t, issues)
	require.Empty(t, unexpected)
	require.Equal(t, first[0], second[0])
	require.Equal(t, checklist.State{Key: "b", Completed: true, At: late, By: "bob"}, second[1])
}

func TestWhetherAnItemAppliesIsSettledByACommit(t *testing.T) {
	ticked, _, _ := checklist.Merge(items, checklist.Blank(items), []checklist.Tick{{Key: "a", Completed: true}}, nil, false,
		early, "ann")
	applying := []checklist.Applies{checklist.No, checklist.No, checklist.Unsure}
	drafted, issues, _ := checklist.Merge(items, ticked, nil, applying, false, late, "bob")
	require.Empty(t, issues, "what is not required yet is not missing")
	require.Equal(t, ticked, drafted, "a draft keeps what may apply again")
	committed, issues, _ := checklist.Merge(items, ticked, nil, applying, true, late, "bob")
	require.Empty(t, issues)
	require.Equal(t, checklist.State{Key: "a", NotApplicable: true}, committed[0])
	require.Equal(t, checklist.State{Key: "b", NotApplicable: true}, committed[1])
	require.False(t, committed[2].NotApplicable, "an item that may apply is not left out")
	_, issues, _ = checklist.Merge(items, ticked, []checklist.Tick{{Key: "b", Completed: true}}, applying, true, late, "bob")
	require.Equal(t, "checklist.b validation.not_applicable; ", codes(issues))
}

func TestMergeOfAWholeChecklistReportsEachItemAndEachUnknownKeyOnce(t *testing.T) {
	ticks := []checklist.Tick{
		{Key: "x", Completed: true}, {Key: "b", Completed: true}, {Key: "b", Completed: true},
		{Key: "a", Completed: true}, {Key: "x"}, {Key: "w"},
	}
	_, issues, unexpected := checklist.Merge(items, checklist.Blank(items), ticks, nil, true, early, "ann")
	require.Equal(t, "checklist.b validation.duplicate; checklist.c validation.required; ", codes(issues))
	require.Equal(t, "checklist.x validation.unexpected_item; checklist.w validation.unexpected_item; ",
		codes(unexpected.First))
}

func TestMergeOfManyTicks(t *testing.T) {
	var many []checklist.Item
	var ticks []checklist.Tick
	for i := range 40 {
		key := fmt.Sprint("i", i)
		many = append(many, checklist.Item{Key: key, Required: true})
		ticks = append(ticks, checklist.Tick{Key: key, Completed: i != 7})
	}
	ticks = append(ticks, checklist.Tick{Key: "i3", Completed: false}, checklist.Tick{Key: "zz"})
	states, issues, unexpected := checklist.Merge(many, checklist.Blank(many), ticks, nil, true, early, "ann")
	require.Equal(t, "checklist.i3 validation.duplicate; checklist.i7 validation.required; ", codes(issues))
	require.Equal(t, "checklist.zz validation.unexpected_item; ", codes(unexpected.First))
	require.True(t, states[39].Completed)
}
