// Package i18n words codes for people, in English and French. Codes and parameters come from the core; the words
// live in messages/.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/fault"
)

//go:embed messages/*.json
var messages embed.FS

// Languages are those that messages exist in; the first is the default.
var Languages = []language.Tag{language.English, language.French}

var (
	matcher   = language.NewMatcher(Languages)
	localizer = load()
)

// load reads the embedded messages. They are part of the program: one that cannot be read is a defect.
func load() map[language.Tag]*goi18n.Localizer {
	bundle := goi18n.NewBundle(Languages[0])
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	all := map[language.Tag]*goi18n.Localizer{}
	for _, tag := range Languages {
		if _, err := bundle.LoadMessageFileFS(messages, "messages/active."+tag.String()+".json"); err != nil {
			panic("i18n: " + err.Error())
		}
	}
	for _, tag := range Languages {
		all[tag] = goi18n.NewLocalizer(bundle, tag.String())
	}
	return all
}

// Locale words messages in one language.
type Locale struct {
	tag    language.Tag
	wanted []language.Tag
}

// Accept reads an Accept-Language header (RFC 9110, section 12.5.4). What cannot be read asks for nothing.
func Accept(header string) Locale {
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		wanted = nil
	}
	_, i, _ := matcher.Match(wanted...)
	return Locale{tag: Languages[i], wanted: wanted}
}

// Language is the tag of the messages.
func (l Locale) Language() string { return l.tag.String() }

// Wanted are the languages asked for, most wanted first, for texts that are not messages.
func (l Locale) Wanted() []language.Tag { return l.wanted }

// Problem words a problem's title and detail.
func (l Locale) Problem(code string, params fault.Params) (title, detail string) {
	return l.say("problem."+code+".title", params), l.say("problem."+code+".detail", params)
}

// Issue words one issue.
func (l Locale) Issue(is fault.Issue) string {
	id := is.Code
	switch {
	case is.Code == "validation.required" && is.Field == "reason":
		id += ".reason"
	case is.Code == "validation.required" && strings.HasPrefix(is.Field, "checklist."):
		id += ".checklist"
	case is.Code == "validation.pattern" && is.Params["line_break"] != nil:
		id += ".line_break"
	}
	return l.say(id, is.Params)
}

// Text words any message by its id.
func (l Locale) Text(id string, params fault.Params) string { return l.say(id, params) }

// say fills a message in; a code without words is shown as it is.
func (l Locale) say(id string, params fault.Params) string {
	text, err := localizer[l.tag].Localize(&goi18n.LocalizeConfig{MessageID: id, TemplateData: l.wordings(params)})
	if err != nil {
		return id
	}
	return text
}

// vocabularies are the parameters whose values are words of ours, and what their messages are filed under.
var vocabularies = map[string]string{"expected": "type.", "reason": "reason.", "state": "state.", "to": "state."}

// wordings turns parameters into what people read: lists joined, words of ours translated.
func (l Locale) wordings(params fault.Params) fault.Params {
	worded := maps.Clone(params)
	for name, p := range worded {
		text := fmt.Sprint(p)
		if prefix := vocabularies[name]; prefix != "" {
			if word, err := localizer[l.tag].Localize(&goi18n.LocalizeConfig{MessageID: prefix + text}); err == nil {
				worded[name] = word
			}
			continue
		}
		if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
			worded[name] = join(p)
		}
	}
	return worded
}

// join lists what a slice of any string type holds.
func join(p any) string {
	data, err := json.Marshal(p)
	var list []string
	if err != nil || json.Unmarshal(data, &list) != nil {
		return fmt.Sprint(p)
	}
	return strings.Join(list, ", ")
}
