package procedure

import (
	"slices"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// Rule is an assertion over the values of a step and of the steps before it. A commit that does not satisfy it is
// refused with the author's message.
type Rule struct {
	Key          string
	Assert       *condition.Condition // nil only if the definition has findings
	Message      string
	Fields       []string          // names of the step's slots beside which the message is shown; may be empty
	Translations map[string]string // the message by language tag
}

// RuleJSON is a rule of a document.
type RuleJSON struct {
	Key          string               `json:"key"`
	Assert       string               `json:"assert"`
	Message      string               `json:"message"`
	Fields       []string             `json:"fields,omitempty"`
	Translations map[string]TextsJSON `json:"translations,omitempty"`
}

// Rule returns the rule with the key, or nil.
func (s *Step) Rule(key string) *Rule {
	i := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Key == key })
	if i < 0 {
		return nil
	}
	return &s.Rules[i]
}

// Texts returns the message by language tag. The key "" stands for the document's own language, which is also listed
// under its tag if the document states it.
func (r *Rule) Texts(own string) map[string]string {
	texts := map[string]string{"": r.Message, own: r.Message}
	for tag, message := range r.Translations {
		texts[tag] = message
	}
	return texts
}

// rules reads the rules of a step. The slots of the step must have been read.
func (o object) rules(s *Step) (all []Rule, objects []object) {
	slots := make(map[string]bool, len(s.Slots))
	for i := range s.Slots {
		slots[s.Slots[i].Name] = true
	}
	for _, e := range o.objects("rules") {
		e = e.checkMembers("rule")
		e.required("assert")
		all = append(all, Rule{
			Key:          e.name("key", IsKey, oneOf(nil)),
			Message:      e.required("message"),
			Fields:       e.fields(slots),
			Translations: e.messages(),
		})
		objects = append(objects, e)
	}
	o.unique(slices.Clone(objects), "key")
	return all, objects
}

// fields reads the names of slots beside which a rule's message is shown. The map holds the names of all slots of the
// step.
func (o object) fields(slots map[string]bool) (names []string) {
	n := o.get("fields", jsondoc.Array)
	if n == nil {
		return nil
	}
	firsts := make(map[string]int, len(n.Items)) // index of the first occurrence, by name
	for i, item := range n.Items {
		pointer := jsondoc.PointerAt(o.pointerTo("fields"), i)
		first, again := firsts[item.Text]
		switch {
		case item.Kind != jsondoc.String:
			o.reader.find(item.Offset, pointer, "wrong_type", fault.Params{"expected": jsondoc.String.String()})
		case !slots[item.Text]:
			o.reader.find(item.Offset, pointer, "unknown_slot", fault.Params{"name": fault.Quoted(item.Text)})
		case again:
			o.reader.find(item.Offset, pointer, "duplicate", fault.Params{
				"first": jsondoc.PointerAt(o.pointerTo("fields"), first),
			})
		}
		if !again {
			firsts[item.Text] = i
		}
		names = append(names, item.Text)
	}
	return names
}

// messages reads the translations of a rule.
func (o object) messages() map[string]string {
	var all map[string]string
	for tag, t := range o.translations() {
		t.allowOnly("message")
		message := t.heading("message")
		if message == "" {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[tag] = message
	}
	return all
}

func rulesJSON(rules []Rule) (all []RuleJSON) {
	for _, r := range rules {
		all = append(all, RuleJSON{
			Key: r.Key, Assert: source(r.Assert), Message: r.Message, Fields: r.Fields,
			Translations: textsJSON(r.Translations, func(message string) TextsJSON { return TextsJSON{Message: message} }),
		})
	}
	return all
}

// The values of on_return. They say whether a later visit of a step begins without values or with those of its last
// visit.
const (
	returnBlank = "blank" // the default
	returnKeep  = "keep"
)

// OnReturn returns the value of on_return.
func (s *Step) OnReturn() string {
	if s.KeepOnReturn {
		return returnKeep
	}
	return returnBlank
}

// onReturn reads on_return. It returns true if a later visit of the step begins with the values of its last visit.
func (o object) onReturn() (keep bool) {
	switch value := o.text("on_return"); value {
	case "", returnBlank:
		return false
	case returnKeep:
		return true
	default:
		o.find("on_return", "unknown_value", fault.Params{"allowed": allowedTexts["on_return"]})
		return false
	}
}
