package i18n

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// pluralParams maps a message to the parameter that selects its plural form. All messages that are not listed use the
// parameter "count".
var pluralParams = map[string]string{
	"problem.run.event_not_found.detail": "seq",
	"problem.step.max_visits.detail":     "max_visits",
	"problem.rate.refusals.detail":       "retry_after",
	"problem.rate.requests.detail":       "retry_after",
	"validation.decimals":                "decimals",
	"request.min_length":                 "min",
	"request.max_length":                 "max",
	"request.min_items":                  "min",
	"request.max_items":                  "max",
	"terminal.tick_unknown":              "max",
}

// pluralForm returns the plural form of a message for the number among the parameters that selects it. It returns the
// general form if there is no such parameter, and false if the parameter is not a number.
func (l Locale) pluralForm(id string, params fault.Params) (plural.Form, bool) {
	name := pluralParams[id]
	if name == "" {
		name = "count"
	}
	if n, ok := params[name]; ok {
		return pluralForm(l.tag, fmt.Sprint(n))
	}
	return plural.Other, true
}

// codePrefixes maps each parameter whose values are codes to the prefix of the messages that translate the codes.
var codePrefixes = map[string]string{
	"reason": "reason.", "state": "state.", "to": "state.", "found_type": "type.", "per": "per.",
}

// typeMessages are the messages whose parameter "expected" is a list of type names. Other messages show the parameter
// unchanged.
var typeMessages = map[string]bool{
	"validation.type": true, "validation.type.number": true, "validation.type.boolean": true,
	"definition.wrong_type": true,
	"request.type":          true, "request.format": true,
}

// phoneMessages are the messages that show an example of a phone number.
var phoneMessages = map[string]bool{"validation.phone": true, "terminal.hint.phone": true}

// identifiers are parameters whose numbers identify something, such as a line. They are shown without a group
// separator.
var identifiers = map[string]bool{
	"column": true, "event": true, "line": true, "number": true, "offset": true, "open_visit": true, "revision": true,
	"step_visit": true, "version": true, "visit": true,
}

// localizeParams returns the parameters of a message in the form in which people read them.
func (l Locale) localizeParams(id string, params fault.Params) fault.Params {
	localized := make(fault.Params, len(params))
	for name, p := range params {
		localized[name] = l.localizeParam(id, name, p)
	}
	if id == "problem.step.already_committed.detail" { // an amendment corrects a run in any other state
		localized["failed"] = params["state"] == "failed"
	}
	if phoneMessages[id] {
		region, _ := params["region"].(string)
		localized["phone"] = l.Phone(region)
	}
	if prefix := reasonPrefix(id); prefix != "" {
		localized["reason"] = l.reason(prefix, params)
	}
	if code, ok := params["reason"].(string); ok && id == "definition.default" {
		localized["reason"] = l.Issue(fault.Issue{Code: code, Params: without(params, "reason")})
	}
	return localized
}

// conditionMessages are the messages whose parameter "reason" says why a condition cannot be read or evaluated.
var conditionMessages = map[string]bool{
	"definition.condition": true, "definition.condition_type": true, "problem.condition.failed.detail": true,
	"terminal.condition_failed": true,
}

// reasonPrefix returns the prefix of the messages that word the parameter "reason" of a message with the other
// parameters. It is empty if there are none.
func reasonPrefix(id string) string {
	switch {
	case conditionMessages[id]:
		return "condition_reason."
	case id == "definition.pattern":
		return "pattern_reason."
	}
	return ""
}

// reason returns the words for the reason why a condition or pattern is refused. Events of older releases have a text
// of the expression language as the reason of a condition; it is replaced by a sentence that fits all of them.
func (l Locale) reason(prefix string, params fault.Params) string {
	id := prefix + fmt.Sprint(params["reason"])
	if text := l.Text(id, without(params, "reason")); text != id {
		return text
	}
	return l.Text(prefix+"unknown", nil)
}

// valueTypes returns the words for a list of types of values in conditions, such as "a number and text".
func (l Locale) valueTypes(list reflect.Value) string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = l.word("condition_value.", fmt.Sprint(list.Index(i).Interface()))
	}
	last := len(all) - 1
	if last < 1 {
		return strings.Join(all, "")
	}
	return l.Text("format.and", fault.Params{"first": strings.Join(all[:last], ", "), "last": all[last]})
}

// localizeParam returns a parameter in the form in which people read it: the word for a code, numbers, dates and times
// formatted for the language, and lists joined with commas. It returns other values unchanged. It also returns zero
// values unchanged, because templates treat them as absent.
func (l Locale) localizeParam(id, name string, p any) any {
	v := reflect.ValueOf(p)
	if problem, ok := p.(audit.Problem); ok {
		return l.Wrong(problem)
	}
	switch {
	case p == nil || v.IsZero() || identifiers[name] || isFinding(id):
		return p
	case name == "expected" && typeMessages[id]:
		return l.types(fmt.Sprint(p))
	case v.Kind() == reflect.Slice && strings.HasPrefix(id, "condition_reason."):
		return l.valueTypes(v)
	case codePrefixes[name] != "":
		return l.word(codePrefixes[name], fmt.Sprint(p))
	case v.CanInt() || v.CanUint():
		return l.Number(fmt.Sprint(p))
	case v.CanFloat():
		return l.Number(strconv.FormatFloat(v.Float(), 'f', -1, 64))
	case v.Kind() == reflect.Slice && name == "allowed": // options can contain commas themselves
		return l.Join(elements(v))
	case v.Kind() == reflect.Slice:
		return strings.Join(elements(v), ", ")
	case v.Kind() == reflect.String && isBound(name):
		return l.Value(v.String())
	}
	return p
}

// word returns the word for a code, or the code if there is none.
func (l Locale) word(prefix, code string) string {
	if text := l.Text(prefix+code, nil); text != prefix+code {
		return text
	}
	return code
}

// types returns the words for a list of type names, such as "a number or null".
func (l Locale) types(names string) string {
	all := strings.Split(names, ", ")
	for i, name := range all {
		all[i] = l.word("type.", name)
	}
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return l.Text("format.or", fault.Params{"first": strings.Join(all[:last], ", "), "last": all[last]})
}

// elements returns the elements of a list of any type as texts.
func elements(list reflect.Value) []string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = fmt.Sprint(list.Index(i).Interface())
	}
	return all
}

// Join joins texts with commas, such as options. If a text contains a comma itself, or begins or ends with a space, all
// are quoted, so that the list can be read in one way only.
func (l Locale) Join(texts []string) string {
	unclear := func(text string) bool { return strings.Contains(text, ",") || strings.TrimSpace(text) != text }
	if slices.ContainsFunc(texts, unclear) {
		texts = slices.Clone(texts)
		for i, text := range texts {
			texts[i] = l.Text("format.quoted", fault.Params{"text": text})
		}
	}
	return strings.Join(texts, ", ")
}

func without(params fault.Params, name string) fault.Params {
	rest := fault.Params{}
	for n, p := range params {
		if n != name {
			rest[n] = p
		}
	}
	return rest
}
