// Package checklist holds what the operator of a step confirms.
package checklist

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
)

// Texts are an item's own words in one language.
type Texts struct {
	Label       string
	Description string
}

// Item is the definition of one thing to confirm.
type Item struct {
	Key          string
	Label        string
	Description  string
	Required     bool
	DefaultState bool           // what a form may show first; it never stands in for a tick
	Metadata     jsontext.Value // canonical bytes of an object, nil when empty
	Translations map[string]Texts
	When         *condition.Condition // whether the item applies; nil: always
}

// Tick is what is said of one item in a submission.
type Tick struct {
	Key       string `json:"key"`
	Completed bool   `json:"completed"`
}

// State is how an item stands: who ticked it and when, if it is ticked.
type State struct {
	Key       string
	Completed bool
	At        time.Time
	By        string
	// NotApplicable is set where the item did not apply when its step was committed.
	NotApplicable bool
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

// FieldOf is the place of an item key in the issues of a submission.
func FieldOf(key string) string { return "checklist." + key }

// Applies says whether an item applies.
type Applies uint8

// Unsure is for an item whose condition cannot be asked yet: it may be ticked and need not be.
const (
	Yes Applies = iota
	No
	Unsure
)

// Merge lays ticks over the items' present states, which stand in definition order. A tick that changes nothing
// keeps who gave it and when. Applying says, by index, which items apply; nil: all do. Issues, in definition order: a
// tick for what does not apply, an item named twice and, where the checklist must be whole, a required item left
// open; apart from them, keys that are no item's.
func Merge(items []Item, present []State, ticks []Tick, applying []Applies, whole bool, at time.Time, by string) (merged []State, issues, unexpected []fault.Issue) {
	said := indexTicks(ticks)
	merged = make([]State, len(items))
	named := 0
	for i := range items {
		item := &items[i]
		merged[i] = present[i]
		m := said.of(item.Key)
		named += m.times
		if m.times > 0 && m.completed != present[i].Completed {
			merged[i] = State{Key: item.Key, Completed: m.completed}
			if m.completed {
				merged[i].At, merged[i].By = at, by
			}
		}
		applies := Yes
		if applying != nil {
			applies = applying[i]
		}
		if applies == No && whole {
			merged[i] = State{Key: item.Key, NotApplicable: true}
		}
		switch {
		case applies == No && m.completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.not_applicable"})
		case m.times > 1:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.duplicate"})
		case whole && applies == Yes && item.Required && !merged[i].Completed:
			issues = append(issues, fault.Issue{Field: FieldOf(item.Key), Code: "validation.required"})
		}
	}
	if named < len(ticks) {
		unexpected = unknownKeys(items, ticks)
	}
	return merged, issues, unexpected
}

// strangers finds, once each, keys that are no item's.
func unknownKeys(items []Item, ticks []Tick) []fault.Issue {
	known := make(map[string]bool, len(items))
	for i := range items {
		known[items[i].Key] = true
	}
	var issues []fault.Issue
	for _, t := range ticks {
		if !known[t.Key] {
			known[t.Key] = true
			issues = append(issues, fault.Issue{Field: FieldOf(t.Key), Code: "validation.unexpected_item"})
		}
	}
	return issues
}

// mention is what a submission says of one key: the last word counts, and how often there was one.
type tickSummary struct {
	completed bool
	times     int
}

// mentions looks ticks up by key: a few by walking them, many by a map.
type tickIndex struct {
	few  []Tick
	many map[string]tickSummary
}

const fewTicks = 16

func indexTicks(ticks []Tick) tickIndex {
	if len(ticks) <= fewTicks {
		return tickIndex{few: ticks}
	}
	many := make(map[string]tickSummary, len(ticks))
	for _, t := range ticks {
		many[t.Key] = tickSummary{t.Completed, many[t.Key].times + 1}
	}
	return tickIndex{many: many}
}

func (m tickIndex) of(key string) tickSummary {
	if m.many != nil {
		return m.many[key]
	}
	var found tickSummary
	for _, t := range m.few {
		if t.Key == key {
			found = tickSummary{t.Completed, found.times + 1}
		}
	}
	return found
}

// Blank returns the states of items of which nothing has been said.
func Blank(items []Item) []State {
	states := make([]State, len(items))
	for i, item := range items {
		states[i].Key = item.Key
	}
	return states
}
