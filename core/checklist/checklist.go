// Package checklist defines checklist items, which the operator of a step confirms by ticking them. It also applies
// submitted ticks to the states of items.
package checklist

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
)

// Texts holds the translations of an item's texts into one language.
type Texts struct {
	Label       string
	Description string
}

// Item is the definition of a checklist item.
type Item struct {
	Key          string
	Label        string
	Description  string
	Required     bool
	DefaultState bool           // the state that a form may show at first; it does not count as a tick
	Metadata     jsontext.Value // canonical bytes of an object; nil when empty
	Translations map[string]Texts
	When         *condition.Condition // whether the item applies; nil means always
}

// Tick is the submitted state of one item.
type Tick struct {
	Key       string `json:"key"`
	Completed bool   `json:"completed"`
}

// State is the state of an item and, if it is ticked, who ticked it and when.
type State struct {
	Key       string
	Completed bool
	// NotApplicable is set if the item did not apply when its step was committed.
	NotApplicable bool
	At            time.Time
	By            string
}

func (s State) String() string {
	switch {
	case s.NotApplicable:
		return "not applicable"
	case !s.Completed:
		return "open"
	}
	return "completed by " + s.By + " at " + s.At.UTC().String()
}

// FieldOf returns the field of an issue about the item with the given key.
func FieldOf(key string) string { return "checklist." + key }

// Applies says whether an item applies.
type Applies uint8

// The answers. Unsure means that the item's condition cannot be evaluated yet. Such an item may be ticked but is not
// required.
const (
	Yes Applies = iota
	No
	Unsure
)

// Apply applies ticks to the items' states, which are in the order of the items, and returns the new states. If a tick
// does not change a state, the state keeps its At and By. Of several ticks for one item, the last one counts; ticks
// with unknown keys are ignored. Recorded ticks are applied with it, so its results must never change.
func Apply(items []Item, present []State, ticks []Tick, at time.Time, by string) []State {
	last := make(map[string]bool, len(ticks))
	for _, t := range ticks {
		last[t.Key] = t.Completed
	}
	states := make([]State, len(items))
	for i := range items {
		states[i] = present[i]
		completed, ticked := last[items[i].Key]
		if !ticked || completed == present[i].Completed {
			continue
		}
		states[i] = State{Key: items[i].Key, Completed: completed}
		if completed {
			states[i].At, states[i].By = at, by
		}
	}
	return states
}

// Settle sets in the states whether the items apply, and removes the ticks of those that do not. An item for which this
// is unsure counts as one that applies.
func Settle(states []State, applying []Applies) {
	for i := range states {
		if applying[i] == No {
			states[i] = State{Key: states[i].Key}
		}
		states[i].NotApplicable = applying[i] == No
	}
}

// Check checks submitted ticks and the states after them. The Applies values say for each item whether it applies;
// without them, all items apply. If whole is true, the checklist is checked as for a commit: every required item must
// be ticked.
//
// The first list of issues has at most one issue per item, in the order of the items. The second has one issue per
// unknown key.
func Check(
	items []Item, states []State, ticks []Tick, applying []Applies, whole bool,
) (issues []fault.Issue, unexpected fault.IssueList) {
	byKey := make(map[string]tickSummary, len(ticks))
	for _, t := range ticks {
		byKey[t.Key] = tickSummary{t.Completed, byKey[t.Key].times + 1}
	}
	known := 0
	for i := range items {
		item := &items[i]
		tick := byKey[item.Key]
		known += tick.times
		applies := Yes
		if applying != nil {
			applies = applying[i]
		}
		switch {
		case applies == No && tick.completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.not_applicable"})
		case tick.times > 1:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.duplicate"})
		case whole && applies == Yes && item.Required && !states[i].Completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.required"})
		}
	}
	if known < len(ticks) {
		unexpected = unknownKeys(items, ticks)
	}
	return issues, unexpected
}

// tickSummary is the last tick for a key, and the number of ticks for that key.
type tickSummary struct {
	completed bool
	times     int
}

// unknownKeys returns one issue per key that no item has.
func unknownKeys(items []Item, ticks []Tick) (issues fault.IssueList) {
	known := make(map[string]bool, len(items))
	for i := range items {
		known[items[i].Key] = true
	}
	for _, t := range ticks {
		if !known[t.Key] {
			known[t.Key] = true
			issues.Add(fault.Issue{Field: FieldOf(fault.Quoted(t.Key)), Code: "validation.unexpected_item"})
		}
	}
	return issues
}

// Blank returns the initial states of items: no item is ticked.
func Blank(items []Item) []State {
	states := make([]State, len(items))
	for i, item := range items {
		states[i].Key = item.Key
	}
	return states
}
