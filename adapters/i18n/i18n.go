// Package i18n turns the codes of the core, with their parameters, into texts for people, in English and French. The
// texts are in messages/.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/fault"
)

//go:embed messages/*.json
var messages embed.FS

// Languages are the languages of the messages. The first is the default.
var Languages = []language.Tag{language.English, language.French}

var (
	matcher    = language.NewMatcher(Languages)
	localizers = load()
)

// load reads the embedded messages. It panics if they cannot be read, because that is a bug in the program.
func load() map[language.Tag]*goi18n.Localizer {
	bundle := goi18n.NewBundle(Languages[0])
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, tag := range Languages {
		for _, file := range []string{"active", "pages"} {
			if _, err := bundle.LoadMessageFileFS(messages, "messages/"+file+"."+tag.String()+".json"); err != nil {
				panic("i18n: " + err.Error())
			}
		}
	}
	// There is no English file for the help, because the English help texts are in the program's flags.
	if _, err := bundle.LoadMessageFileFS(messages, "messages/help.fr.json"); err != nil {
		panic("i18n: " + err.Error())
	}
	all := map[language.Tag]*goi18n.Localizer{}
	for _, tag := range Languages {
		all[tag] = goi18n.NewLocalizer(bundle, tag.String())
	}
	return all
}

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
// shown as people read them.
func (l Locale) Text(id string, params fault.Params) string {
	config := goi18n.LocalizeConfig{
		MessageID: id, TemplateData: l.localizeParams(id, params), PluralCount: pluralCount(id, params),
	}
	if kind := boundsKind(params); kind != "" {
		config.MessageID = id + "." + kind
		if text := l.localize(&config); text != "" {
			return text
		}
		config.MessageID = id
	}
	if text := l.localize(&config); text != "" {
		return text
	}
	return id
}

// localize returns a message, or "" if there is none. If the message lacks a plural form, such as the French one for
// whole millions, goi18n returns the form "other" together with an error, which localize ignores.
func (l Locale) localize(config *goi18n.LocalizeConfig) string {
	text, _ := localizers[l.tag].Localize(config)
	return text
}
