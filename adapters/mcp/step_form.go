package mcp

import (
	"context"
	"encoding/json"

	"github.com/procedo/procedo/api/client"
)

// stepForm is a step with what an assistant needs to give it values.
type stepForm struct {
	Step      string          `json:"step"`
	Visit     int             `json:"visit"`
	Title     string          `json:"title"`
	Prompt    *string         `json:"prompt"`
	Skippable bool            `json:"skippable"`
	Agents    string          `json:"agents"`       // what an assistant may do with the step: commit, draft or none
	Schema    json.RawMessage `json:"slots_schema"` // a JSON Schema of exactly the slots that an assistant may give now
	Checklist []shownItem     `json:"checklist"`
	ByPerson  []string        `json:"by_person,omitempty"` // the sensitive slots, which only a person fills in
}

// shownItem is an item of a checklist.
type shownItem struct {
	Key         string  `json:"key"`
	Label       string  `json:"label"`
	Description *string `json:"description,omitempty"`
	Required    bool    `json:"required"`
	Completed   bool    `json:"completed"`
}

// formOf returns a form without its values.
func formOf(ctx context.Context, f *client.StepForm) (form stepForm, err error) {
	form = stepForm{
		Step: f.Key, Visit: f.Visit, Title: f.Title, Prompt: f.Prompt, Skippable: f.Skippable, Agents: f.Agents,
		Checklist: []shownItem{},
	}
	for _, slot := range f.Slots {
		if slot.Sensitive {
			form.ByPerson = append(form.ByPerson, slot.Name)
		}
	}
	for _, item := range f.Checklist {
		form.Checklist = append(form.Checklist, shownItem{
			item.Key, item.Label, item.Description, item.Required, item.Completed,
		})
	}
	form.Schema, err = slotsSchema(callerOf(ctx).locale, f)
	return form, err
}

// givenValues returns the values of a form that can be read.
func givenValues(f *client.StepForm) client.Values {
	values := client.Values{}
	for _, slot := range f.Slots {
		if slot.Given && !slot.Sensitive && !slot.Erased {
			values[slot.Name] = slot.Value
		}
	}
	return values
}
