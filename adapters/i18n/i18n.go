// Package i18n turns the codes of the core, with their parameters, into texts for people, in English and French. The
// texts are in messages/.
package i18n

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/fault"
)

// Languages are the languages of the messages. The first is the default.
var Languages = []language.Tag{language.English, language.French}

var matcher = language.NewMatcher(Languages)

// Locale returns messages in one language. Numbers, dates and times are in the format of the caller's region.
type Locale struct {
	tag    language.Tag
	wanted []language.Tag
	format format
}

// Accept returns the locale for an Accept-Language header (RFC 9110, section 12.5.4). A header that cannot be parsed
// counts as empty.
func Accept(header string) Locale {
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		wanted = nil
	}
	_, i, _ := matcher.Match(wanted...)
	return Locale{tag: Languages[i], wanted: wanted, format: formatOf(Languages[i], wanted)}
}

// Language returns the language of the messages, such as "fr".
func (l Locale) Language() string { return l.tag.String() }

// Wanted returns the languages that the caller asked for, most preferred first. They may include languages that have no
// messages but that a procedure is translated into.
func (l Locale) Wanted() []language.Tag { return l.wanted }

// Problem returns the title and the detail of a problem.
func (l Locale) Problem(code string, params fault.Params) (title, detail string) {
	return l.Text("problem."+code+".title", params), l.Text("problem."+code+".detail", params)
}

// Issue returns the message of an issue. If a value does not match a pattern, the message does not show the regular
// expression.
func (l Locale) Issue(is fault.Issue) string {
	if len(is.Texts) > 0 {
		return l.choose(is.Texts)
	}
	id := is.Code
	switch {
	case is.Code == "validation.required" && is.Field == "reason":
		id += ".reason"
	case is.Code == "validation.required" && strings.HasPrefix(is.Field, "checklist."):
		id += ".checklist"
	case is.Code == "validation.pattern" && is.Params["line_break"] != nil:
		id += ".line_break"
	case is.Code == "definition.bound":
		switch kind := fmt.Sprint(is.Params["type"]); kind {
		case "date", "datetime": // the message explains relative bounds
			id += "." + kind
		}
	case is.Code == "validation.type":
		switch fmt.Sprint(is.Params["expected"]) {
		case "integer", "number":
			id += ".number"
		case "boolean":
			id += ".boolean"
		}
	}
	return l.Text(id, is.Params)
}

// choose returns the text in the language that the caller prefers. If no language matches, it returns the text with the
// key "".
func (l Locale) choose(texts map[string]string) string {
	names := slices.Sorted(maps.Keys(texts))
	tags := make([]language.Tag, len(names))
	for i, name := range names {
		tags[i] = language.Make(name)
	}
	_, i, confidence := language.NewMatcher(tags).Match(l.wanted...)
	if confidence == language.No {
		return texts[""]
	}
	return texts[names[i]]
}

// Count returns a number with its noun, such as "1 run" or "2 runs". It uses the message with the id "count.<noun>",
// such as "count.runs".
func (l Locale) Count(noun string, n int) string {
	return l.Text("count."+noun, fault.Params{"count": n})
}

// Text returns the message with this id, or the id if there is no such message. Numbers, dates and codes in params are
// shown as people read them. If the message counts, and the parameter that it counts is not a number, Text returns the
// id.
func (l Locale) Text(id string, params fault.Params) string {
	form, ok := l.pluralForm(id, params)
	if !ok {
		return id
	}
	localized := l.localizeParams(id, params)
	if kind := boundsKind(params); kind != "" {
		if text := l.text(id+"."+kind, form, localized); text != "" {
			return text
		}
	}
	if text := l.text(id, form, localized); text != "" {
		return text
	}
	return id
}

// text returns a message in a plural form, or "" if there is none.
func (l Locale) text(id string, form plural.Form, localized fault.Params) string {
	return messages[l.tag]()[id].in(form).execute(localized)
}
