package http

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// The types of a step as a form needs it, StepForm in the contract. Their fields are in the order of the contract.
type (
	stepForm struct {
		RunID            string             `json:"run_id"`
		ProcedureID      string             `json:"procedure_id"`
		ProcedureVersion int                `json:"procedure_version"`
		RunState         string             `json:"run_state"`
		Revision         int64              `json:"revision"`
		Seq              int64              `json:"seq"`
		Key              string             `json:"key"`
		Title            string             `json:"title"`
		Prompt           *string            `json:"prompt"`
		Metadata         jsontext.Value     `json:"metadata"`
		State            string             `json:"state"`
		Current          bool               `json:"current"`
		Visit            int                `json:"visit"`
		EarlierVisits    int                `json:"earlier_visits"`
		CommittedAt      *string            `json:"committed_at"`
		CommittedBy      *string            `json:"committed_by"`
		Amended          bool               `json:"amended"`
		Reason           *string            `json:"reason"`
		Skippable        bool               `json:"skippable"`
		OnReturn         string             `json:"on_return"`
		Agents           string             `json:"agents"`
		When             *conditionState    `json:"when"`
		Transition       *string            `json:"transition"`
		Decisions        []decision         `json:"decisions"`
		Slots            []formSlot         `json:"slots"`
		Checklist        []formItem         `json:"checklist"`
		Rules            []formRule         `json:"rules"`
		Missing          []string           `json:"missing"`
		NotApplicable    []conditionalField `json:"not_applicable"`
		Undecided        []conditionalField `json:"undecided"`
	}
	formItem struct {
		Key          string          `json:"key"`
		Label        string          `json:"label"`
		Description  string          `json:"description,omitempty"`
		DefaultState bool            `json:"default_state"`
		Metadata     jsontext.Value  `json:"metadata,omitzero"`
		Required     bool            `json:"required"`
		When         *conditionState `json:"when"`
		Completed    bool            `json:"completed"`
		CompletedAt  *string         `json:"completed_at"`
		CompletedBy  *string         `json:"completed_by"`
	}
	formRule struct {
		Key     string         `json:"key"`
		Message string         `json:"message"`
		Fields  []string       `json:"fields"`
		Assert  conditionState `json:"assert"`
	}
	// conditionalField is a slot or an item that does not apply, or of which that is undecided.
	conditionalField struct {
		Field string         `json:"field"`
		Label string         `json:"label"`
		When  conditionState `json:"when"`
	}
	conditionState struct {
		Condition  string         `json:"condition"`
		Expression string         `json:"expression"`
		Result     *bool          `json:"result"`
		Values     map[string]any `json:"values"`
		WaitsFor   []string       `json:"waits_for"`
		Reason     *string        `json:"reason"`
	}
)

// newStepForm returns the body for a step, with texts in the localizer's language.
func newStepForm(v app.StepView, form run.StepForm, texts procedure.Localizer, numbers numberForm) stepForm {
	r, def, s := &v.Run, &v.Run.Version.Steps[v.Step], &v.Run.Steps[v.Step]
	body := stepForm{
		RunID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: r.Version.Number, RunState: string(r.State),
		Revision: r.Revision, Seq: r.Seq, Key: def.Key, Title: texts.Step(def), Prompt: optional(texts.Prompt(def)),
		Metadata: jsontext.Value("{}"), State: string(s.State), Current: r.Current() == v.Step && !r.State.Final(),
		Visit: s.Number, EarlierVisits: len(s.Earlier), CommittedAt: timeBody(s.CommittedAt),
		CommittedBy: optional(s.CommittedBy), Amended: s.Amended, Reason: optional(s.Reason), Skippable: def.Skippable,
		OnReturn: onReturn(def), Agents: def.Agents.String(), When: optionalState(form.When),
		Transition: optional(form.Transition), Decisions: decisions(form.Conditions),
		Slots: []formSlot{}, Checklist: []formItem{}, Rules: []formRule{},
		Missing: []string{}, NotApplicable: []conditionalField{}, Undecided: []conditionalField{},
	}
	if def.Metadata != nil {
		body.Metadata = def.Metadata
	}
	for j := range def.Slots {
		field, label := slot.FieldOf(def.Slots[j].Name), texts.Label(&def.Slots[j])
		if body.addField(field, label, &form.Slots[j]) {
			body.Slots = append(body.Slots, newFormSlot(&def.Slots[j], &s.Slots[j], &form.Slots[j], texts, numbers, v.At))
		}
	}
	for j := range def.Items {
		field, label := checklist.FieldOf(def.Items[j].Key), texts.Item(&def.Items[j])
		if body.addField(field, label, &form.Items[j]) {
			body.Checklist = append(body.Checklist, newFormItem(&def.Items[j], &s.Items[j], &form.Items[j], texts))
		}
	}
	for k := range def.Rules {
		body.Rules = append(body.Rules, formRule{
			Key: def.Rules[k].Key, Message: texts.Message(&def.Rules[k]), Fields: fieldsOfRule(&def.Rules[k]),
			Assert: newConditionState(form.Rules[k]),
		})
	}
	return body
}

// addField adds a field to the lists of fields. It reports whether the field applies.
func (b *stepForm) addField(field, label string, status *run.FieldStatus) bool {
	switch status.Applies() {
	case checklist.No:
		b.NotApplicable = append(b.NotApplicable, conditionalField{field, label, newConditionState(status.When)})
		return false
	case checklist.Unsure:
		b.Undecided = append(b.Undecided, conditionalField{field, label, newConditionState(status.When)})
		return false
	case checklist.Yes:
	}
	if status.Missing {
		b.Missing = append(b.Missing, field)
	}
	return true
}

func newFormItem(
	def *checklist.Item, s *checklist.State, status *run.FieldStatus, texts procedure.Localizer,
) formItem {
	return formItem{
		Key: def.Key, Label: texts.Item(def), Description: texts.ItemDescription(def), DefaultState: def.DefaultState,
		Metadata: def.Metadata, Required: status.Needed, When: optionalState(status.When),
		Completed: s.Completed, CompletedAt: timeBody(s.At), CompletedBy: optional(s.By),
	}
}

func fieldsOfRule(rule *procedure.Rule) []string {
	fields := make([]string, len(rule.Fields))
	for i, name := range rule.Fields {
		fields[i] = slot.FieldOf(name)
	}
	return fields
}

func optionalState(s *run.ConditionStatus) *conditionState {
	if s == nil {
		return nil
	}
	body := newConditionState(s)
	return &body
}

// newConditionState returns the body for what a condition says.
func newConditionState(s *run.ConditionStatus) conditionState {
	d := decisions([]run.ConditionResult{s.ConditionResult})[0]
	body := conditionState{
		Condition: d.Condition, Expression: d.Expression, Values: d.Values, Reason: optional(s.Reason),
		WaitsFor: append([]string{}, s.WaitsFor...),
	}
	if s.Decided {
		body.Result = &d.Result
	}
	return body
}

func onReturn(def *procedure.Step) string {
	if def.KeepOnReturn {
		return "keep"
	}
	return "blank"
}

// stepETag returns the ETag of a step: that of the run and, if the step has bounds that are relative to the present, a
// digest of what they are now.
func stepETag(v app.StepView, language string, numbers numberForm) string {
	tag := runETag(v.Run, language, numbers)
	slots := v.Run.Version.Steps[v.Step].Slots
	if !slices.ContainsFunc(slots, func(s slot.Slot) bool { return s.IsRelative() }) {
		return tag
	}
	bounds := fnv.New64a()
	for j := range slots {
		least, most := slots[j].BoundsAt(v.At)
		fmt.Fprintf(bounds, "%s %s\n", least.Text(), most.Text())
	}
	return fmt.Sprintf(`%s-%x"`, strings.TrimSuffix(tag, `"`), bounds.Sum64())
}
