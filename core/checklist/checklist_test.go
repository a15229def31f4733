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
