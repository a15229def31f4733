package run

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// payload is every fact's JSON form: each uses its own members.
type payload struct {
	ProcedureID      string                 `json:"procedure_id,omitempty"`
	ProcedureVersion int                    `json:"procedure_version,omitzero"`
	Digest           string                 `json:"digest,omitempty"`
	UserID           string                 `json:"user_id,omitempty"`
	Reference        string                 `json:"reference,omitempty"`
	Metadata         jsontext.Value         `json:"metadata,omitempty"`
	Command          string                 `json:"command,omitempty"`
	Step             string                 `json:"step,omitempty"`
	Visit            int                    `json:"visit,omitzero"`
	Slot             string                 `json:"slot,omitempty"`
	Slots            members                `json:"slots,omitempty"`
	Origins          map[string]slot.Origin `json:"origins,omitempty"` // those that are not manual
	Checklist        []checklist.Tick       `json:"checklist,omitempty"`
	NotApplicable    []string               `json:"not_applicable,omitempty"` // fields that did not apply at the commit
	Transition       string                 `json:"transition,omitempty"`
	Decisions        []ConditionResult      `json:"decisions,omitempty"`
	Reason           string                 `json:"reason,omitempty"`
	Code             string                 `json:"code,omitempty"`
	Params           fault.Params           `json:"params,omitempty"`
	Issues           []fault.Issue          `json:"issues,omitempty"`
	Omitted          int                    `json:"issues_omitted,omitzero"`
	Input            string                 `json:"input,omitempty"`
	Unrecorded       int                    `json:"unrecorded,omitzero"`
}

// MarshalFact gives a fact's payload as a JSON object.
func MarshalFact(v *procedure.Version, fact Fact) ([]byte, error) {
	var p payload
	switch f := fact.(type) {
	case Created:
		p = payload{ProcedureID: v.ID, ProcedureVersion: v.Number, Digest: v.Digest, UserID: f.UserID, Reference: f.Reference, Metadata: f.Metadata}
	case Opened:
		p = payload{Step: v.Steps[f.Step].Key, Visit: f.Visit, Decisions: f.Conditions}
	case DraftSaved:
		p = contentPayload(v, f.Content)
	case StepCommitted:
		p = contentPayload(v, f.Content)
		p.Decisions = f.Conditions
	case StepSkipped:
		p = payload{Step: v.Steps[f.Step].Key, Visit: f.Visit, Reason: f.Reason}
	case StepNotApplicable:
		p = payload{Step: v.Steps[f.Step].Key, Transition: f.Transition, Decisions: f.Conditions}
	case ValueErased:
		def := &v.Steps[f.Step]
		p = payload{Step: def.Key, Visit: f.Visit, Slot: def.Slots[f.Slot].Name, Reason: f.Reason}
	case Amended:
		p = contentPayload(v, f.Content)
		p.Reason, p.Decisions = f.Reason, f.Conditions
	case RunCompleted:
		p.Decisions = f.Conditions
	case RunFailed:
		p.Reason = f.Reason
	case Refused:
		p = payload{Command: f.Command, Step: f.Step, Code: f.Code, Params: f.Params, Issues: f.Issues, Omitted: f.Omitted, Input: f.Input, Unrecorded: f.Unrecorded}
	}
	return json.Marshal(p)
}

func contentPayload(v *procedure.Version, c Content) payload {
	def := &v.Steps[c.Step]
	p := payload{Step: def.Key, Visit: c.Visit, Checklist: c.Ticks}
	p.NotApplicable = c.notApplicable(def)
	if len(c.Slots) > 0 {
		p.Slots = make(members, 0, len(c.Slots))
	}
	for _, e := range c.Slots {
		name := def.Slots[e.Slot].Name
		p.Slots = append(p.Slots, member{name, e.Value.AppendCanonical(nil)})
		if e.Origin != slot.Manual && e.Origin != "" {
			if p.Origins == nil {
				p.Origins = map[string]slot.Origin{}
			}
			p.Origins[name] = e.Origin
		}
	}
	return p
}

// notApplicable names the slots and items that did not apply.
func (c Content) notApplicable(def *procedure.Step) (fields []string) {
	for _, j := range c.InapplicableSlots {
		fields = append(fields, slot.FieldOf(def.Slots[j].Name))
	}
	for _, j := range c.InapplicableItems {
		fields = append(fields, checklist.FieldOf(def.Items[j].Key))
	}
	return fields
}

// ErrPayload says that a payload is none that MarshalFact writes for the version.
var ErrPayload = errors.New("payload does not fit its action and procedure")

// payloads are used again: a verification reads millions, and facts keep nothing of one itself.
var payloads = sync.Pool{New: func() any { return new(payload) }}

// UnmarshalFact reads a payload back. Members that are not the fact's own are not its business.
func UnmarshalFact(v *procedure.Version, runID, action string, data []byte) (Fact, error) {
	p, _ := payloads.Get().(*payload)
	defer payloads.Put(p)
	*p = payload{}
	if !plainPayload(data, p) {
		*p = payload{}
		if err := json.Unmarshal(data, p); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPayload, err)
		}
	}
	switch action {
	case ActionCreated:
		if p.ProcedureID != v.ID || p.ProcedureVersion != v.Number || p.Digest != v.Digest {
			return nil, fmt.Errorf("%w: created for %s version %d (%s)", ErrPayload, p.ProcedureID, p.ProcedureVersion, p.Digest)
		}
		return Created{RunID: runID, Version: v, UserID: p.UserID, Reference: p.Reference, Metadata: p.Metadata}, nil
	case ActionStarted:
		return Started{}, nil
	case ActionCompleted:
		return RunCompleted{Conditions: p.Decisions}, nil
	case ActionFailed:
		return RunFailed{Reason: p.Reason}, nil
	case ActionRefused, ActionDraftRefused, ActionCommitRefused:
		return Refused{Command: p.Command, Step: p.Step, Code: p.Code, Params: p.Params, Issues: p.Issues, Omitted: p.Omitted, Input: p.Input, Unrecorded: p.Unrecorded}, nil
	}
	return unmarshalStepFact(v, action, p)
}

func unmarshalStepFact(v *procedure.Version, action string, p *payload) (Fact, error) {
	c, err := p.content(v)
	if err != nil {
		return nil, err
	}
	switch action {
	case ActionOpened:
		return Opened{Step: c.Step, Visit: c.Visit, Conditions: p.Decisions}, nil
	case ActionDraftSaved:
		return DraftSaved{c}, nil
	case ActionCommitted:
		return StepCommitted{Content: c, Conditions: p.Decisions}, nil
	case ActionSkipped:
		return StepSkipped{Step: c.Step, Visit: c.Visit, Reason: p.Reason}, nil
	case ActionNotApplicable:
		return StepNotApplicable{Step: c.Step, Transition: p.Transition, Conditions: p.Decisions}, nil
	case ActionValueErased:
		j, known := v.Steps[c.Step].SlotIndex(p.Slot)
		if !known {
			return nil, fmt.Errorf("%w: a slot that step %q does not have", ErrPayload, p.Step)
		}
		return ValueErased{Step: c.Step, Visit: c.Visit, Slot: j, Reason: p.Reason}, nil
	case ActionAmended:
		return Amended{Content: c, Reason: p.Reason, Conditions: p.Decisions}, nil
	}
	return nil, fmt.Errorf("%w: unknown action %q", ErrPayload, action)
}

func (p *payload) content(v *procedure.Version) (Content, error) {
	i, ok := v.StepIndex(p.Step)
	if !ok {
		return Content{}, fmt.Errorf("%w: unknown step %q", ErrPayload, p.Step)
	}
	def := &v.Steps[i]
	c := Content{Step: i, Visit: p.Visit, Ticks: p.Checklist}
	for j := range def.Slots {
		raw, ok := p.Slots.named(def.Slots[j].Name)
		if !ok {
			continue
		}
		value, err := unmarshalValue(&def.Slots[j], raw)
		if err != nil {
			return c, err
		}
		e := Entry{Slot: j, SlotValue: SlotValue{Value: value}}
		if !value.IsAbsent() {
			e.Origin = slot.Manual
			if o, said := p.Origins[def.Slots[j].Name]; said {
				e.Origin = o
			}
		}
		c.Slots = append(c.Slots, e)
	}
	if len(c.Slots) != len(p.Slots) {
		return c, fmt.Errorf("%w: a slot that step %q does not have", ErrPayload, p.Step)
	}
	for _, t := range p.Checklist {
		if itemIndex(def, t.Key) < 0 {
			return c, fmt.Errorf("%w: an item that step %q does not have", ErrPayload, p.Step)
		}
	}
	return c, p.notApplicable(def, &c)
}

// notApplicable reads which slots and items did not apply.
func (p *payload) notApplicable(def *procedure.Step, c *Content) error {
	for _, field := range p.NotApplicable {
		name, isSlot := strings.CutPrefix(field, slot.FieldOf(""))
		key, isItem := strings.CutPrefix(field, checklist.FieldOf(""))
		j, known := def.SlotIndex(name)
		switch {
		case isSlot && known:
			c.InapplicableSlots = append(c.InapplicableSlots, j)
		case isItem && itemIndex(def, key) >= 0:
			c.InapplicableItems = append(c.InapplicableItems, itemIndex(def, key))
		default:
			return fmt.Errorf("%w: %q is nothing that step %q has", ErrPayload, field, p.Step)
		}
	}
	return nil
}

func itemIndex(def *procedure.Step, key string) int {
	return slices.IndexFunc(def.Items, func(it checklist.Item) bool { return it.Key == key })
}

// unmarshalValue reads a value as it stands in a payload. It trusts what was checked when it came, but not its shape.
func unmarshalValue(sl *slot.Slot, raw jsontext.Value) (slot.Value, error) {
	var err error
	switch shape := sl.Type.Shape(); {
	case raw.Kind() == 'n':
		return slot.Value{}, nil
	case raw.Kind() == '{':
		var seal struct{ Salt, Digest string }
		if err = json.Unmarshal(raw, &seal, json.MatchCaseInsensitiveNames(true)); err == nil && sl.Sensitive {
			return slot.SealedValue(seal.Salt, seal.Digest), nil
		}
	case raw.Kind() == '[' && shape == slot.ListShape:
		var list []string
		if err = json.Unmarshal(raw, &list); err == nil {
			return slot.ListValue(list), nil
		}
	case shape == slot.BooleanShape && (raw.Kind() == 't' || raw.Kind() == 'f'):
		return slot.BooleanValue(raw.Kind() == 't'), nil
	case raw.Kind() == '"':
		var text []byte
		if text, err = jsontext.AppendUnquote(nil, raw); err == nil {
			if v, ok := textual(shape, string(text)); ok {
				return v, nil
			}
		}
	}
	return slot.Value{}, fmt.Errorf("%w: value of slot %q: %w", ErrPayload, sl.Name, errors.Join(err, errShape))
}

var errShape = errors.New("not of the slot's type")

func textual(shape slot.Shape, text string) (slot.Value, bool) {
	switch shape {
	case slot.TextShape:
		return slot.TextValue(text), true
	case slot.NumberShape:
		d, ok := decimal.Parse(text)
		return slot.NumberValue(d), ok && string(d) == text
	case slot.DateShape:
		return slot.DateValue(text), true
	case slot.TimestampShape:
		return slot.TimestampValue(text), true
	}
	return slot.Value{}, false
}
