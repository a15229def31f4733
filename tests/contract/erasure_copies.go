package contract

import (
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// copiesAreErased checks that an erasure of a slot finds the copies of the value: in drafts, in the values that
// conditions read, in amended originals and in refused input. A request may also name the slot by the place of a copy.
func copiesAreErased(fx *fixture) {
	for name, place := range map[string]func(id string) run.ErasePlace{
		"the slot":     func(string) run.ErasePlace { return run.ErasePlace{Step: "s", Slot: "name"} },
		"a draft":      func(id string) run.ErasePlace { return fx.placeIn(id, "step.draft_saved", "/slots/name") },
		"a commit":     func(id string) run.ErasePlace { return fx.placeIn(id, "step.committed", "/slots/name") },
		"an amendment": func(id string) run.ErasePlace { return fx.placeIn(id, "step.amended", "/slots/name") },
		"a value read": func(id string) run.ErasePlace {
			return fx.placeIn(id, "step.opened", "/decisions/0/values/s.name")
		},
	} {
		fx.save(erasable)
		id := fx.start("p").ID
		fx.mustExecute(id, run.Draft{Submission: submission("s", "name", `"Ada Draft"`)})
		_, err := fx.execute(id, run.Commit{Submission: submission("s", "name", `"Ada Wrong"`, "sum", `"x"`)})
		require.Error(fx, err)
		fx.mustExecute(id, run.Commit{Submission: submission("s", "name", `"Ada First"`)})
		fx.mustExecute(id, run.Amend{Submission: submission("s", "name", `"Ada Second"`), Reason: "typo"})
		fx.mustExecute(id, run.Skip{Step: "k", Reason: "not needed"})
		fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", "true")})
		fx.mustExecute(id, run.Draft{Submission: submission("u", "name", `"another slot"`)})
		fx.erase(id, place(id))
		require.NotContains(fx, fx.disclosed(id), "Ada ", "%s: %s", name, fx.disclosed(id))
		require.Contains(fx, fx.disclosed(id), "another slot", "a slot of the same name in another step stays")
	}
}

// erasedDraftsAreGivenAgain checks that an erased draft value must be given again.
func erasedDraftsAreGivenAgain(fx *fixture) {
	fx.save(erasable)
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "name", `"Ada"`, "note", `"n"`, "pin", `"1234"`)})
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "name"})
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "note"})
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "pin"})
	_, err := fx.execute(id, run.Commit{Submission: submission("s")})
	require.Equal(fx, []fault.Issue{{Field: "slots.name", Code: "validation.required"}}, fault.From(err).Issues)
	fx.requireConsistent(fx.load(id).Run)
	after := fx.mustExecute(id, run.Commit{Submission: submission("s", "name", `"Eve"`)})
	fx.requireConsistent(after)
	slots := after.Steps[0].Slots
	require.Equal(fx, "Eve", slots[0].Value.Text())
	require.Nil(fx, slots[0].ErasedAt)
	require.True(fx, slots[1].Value.IsAbsent(), "an optional value is dropped")
	require.True(fx, slots[4].Value.IsAbsent(), "so is a sensitive one")
}

// valuesGivenAgainAreStored checks that an amendment stores values in the place of erased ones, even if they are equal.
func valuesGivenAgainAreStored(fx *fixture) {
	id := fx.startErasable()
	for _, name := range []string{"name", "m", "sum", "pin"} {
		fx.erase(id, run.ErasePlace{Step: "s", Slot: name})
	}
	after := fx.mustExecute(id, run.Amend{Submission: submission("s", "name", `"Ada Slot"`, "sum", "12.50",
		"m", `["second choice","first choice"]`, "pin", `"pin-1234"`), Reason: "given again"})
	fx.requireConsistent(after)
	for j := range after.Steps[0].Slots {
		require.Nil(fx, after.Steps[0].Slots[j].ErasedAt, j)
	}
	require.Equal(fx, "Ada Slot", after.Steps[0].Slots[0].Value.Text())
	fx.requirePlain(id, map[string]string{"1.pin": `"pin-1234"`})
	require.Contains(fx, fx.disclosed(id), "Ada Slot", "what is given after an erasure is not erased")
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "name"})
	require.NotContains(fx, fx.disclosed(id), "Ada Slot")
}

// carriedCopiesAreErased checks that erasing a value in one visit also erases the copies carried into later visits.
func carriedCopiesAreErased(fx *fixture) {
	id := fx.startErasable()
	back := func() {
		fx.mustExecute(id, run.Skip{Step: "k", Reason: "r"})
		fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", "false")})
	}
	back() // visit 2 of s begins with the values of visit 1
	fx.mustExecute(id, run.Commit{Submission: submission("s", "name", `"Eve Slot"`)})
	back() // visit 3 of s begins with the values of visit 2
	after := fx.erase(id, run.ErasePlace{Step: "s", Slot: "note", Visit: 1})
	s := after.Steps[0]
	for _, v := range s.Visits() {
		require.NotNil(fx, v.Slots[1].ErasedAt, "visit %d carried the note", v.Number)
	}
	require.NotContains(fx, fx.disclosed(id), "a note")
	after = fx.erase(id, run.ErasePlace{Step: "s", Slot: "name", Visit: 2})
	s = after.Steps[0]
	require.Equal(fx, "Ada Slot", s.FindVisit(1).Slots[0].Value.Text(), "another visit keeps its own value")
	require.NotNil(fx, s.FindVisit(2).Slots[0].ErasedAt)
	require.NotNil(fx, s.FindVisit(3).Slots[0].ErasedAt)
	require.NotContains(fx, fx.disclosed(id), "Eve Slot")
	require.Contains(fx, fx.disclosed(id), "Ada Slot")
	after = fx.erase(id, run.ErasePlace{Step: "s", Slot: "pin", Visit: 1})
	s = after.Steps[0]
	for _, v := range s.Visits() {
		require.NotNil(fx, v.Slots[4].ErasedAt, "visit %d carried the seal", v.Number)
	}
	fx.requirePlain(id, map[string]string{})
}
