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

// Merge applies ticks to the items' states, which are in the order of the items. If a tick does not change a state, the
// state keeps its At and By. The Applies values say for each item whether it applies; without them, all items apply. If
// whole is true, the checklist is checked as for a commit: every required item must be ticked, and items that do not
// apply become NotApplicable.
//
// The first list of issues has at most one issue per item, in the order of the items. The second has one issue per
// unknown key.
func Merge(
	items []Item, present []State, ticks []Tick, applying []Applies, whole bool, at time.Time, by string,
) (merged []State, issues []fault.Issue, unexpected fault.IssueList) {
	byKey := make(map[string]tickSummary, len(ticks))
	for _, t := range ticks {
		byKey[t.Key] = tickSummary{t.Completed, byKey[t.Key].times + 1}
	}
	merged = make([]State, len(items))
	known := 0
	for i := range items {
		item := &items[i]
		merged[i] = present[i]
		tick := byKey[item.Key]
		known += tick.times
		if tick.times > 0 && tick.completed != present[i].Completed {
			merged[i] = State{Key: item.Key, Completed: tick.completed}
			if tick.completed {
				merged[i].At, merged[i].By = at, by
			}
		}
		applies := Yes
		if applying != nil {
			applies = applying[i]
		}
		if whole && applying != nil {
			if applies == No {
				merged[i] = State{Key: item.Key}
			}
			merged[i].NotApplicable = applies == No
		}
		switch {
		case applies == No && tick.completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.not_applicable"})
		case tick.times > 1:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.duplicate"})
		case whole && applies == Yes && item.Required && !merged[i].Completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.required"})
		}
	}
	if known < len(ticks) {
		unexpected = unknownKeys(items, ticks)
	}
	return merged, issues, unexpected
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
