package i18n

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
)

// issueCode matches the ids of messages that are the message of an issue code. Longer ids are variants of a message,
// such as validation.min.date.
var issueCode = regexp.MustCompile(`^(?:validation|definition|request|service|erasure|receipt)\.[a-z_]+$`)

// IssueCodes returns the codes of all issues, sorted.
var IssueCodes = sync.OnceValue(func() (codes []string) {
	for id := range forms()[Languages[0].String()] {
		if issueCode.MatchString(id) {
			codes = append(codes, id)
		}
	}
	slices.Sort(codes)
	return codes
})

// Explanation returns the text that explains the code of a problem: what it means and what to do. Words in backquotes
// are code.
func (l Locale) Explanation(code string) string { return l.Text("explanation."+code, nil) }

// Form returns the message of an issue code with the names of its parameters, in braces, in place of their values. The
// example of a phone number is not a parameter.
func (l Locale) Form(code string) string {
	return strings.ReplaceAll(forms()[l.Language()][code], "{phone}", l.Phone(""))
}

// param matches a parameter in a message.
var param = regexp.MustCompile(`\.([a-z_]+)`)

// forms returns the forms of all messages by language and id.
var forms = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, tag := range Languages {
		all[tag.String()] = map[string]string{}
		data, err := messages.ReadFile("messages/active." + tag.String() + ".json")
		var texts map[string]any
		if err == nil {
			err = json.Unmarshal(data, &texts)
		}
		if err != nil {
			panic("i18n: " + err.Error())
		}
		for id, text := range texts {
			if plural, ok := text.(map[string]any); ok {
				text = plural["other"]
			}
			if text, ok := text.(string); ok {
				all[tag.String()][id] = form(text)
			}
		}
	}
	return all
})

// form returns a message with the names of its parameters, in braces, in place of their values.
func form(text string) string {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		panic("i18n: " + err.Error())
	}
	names := map[string]string{}
	for _, found := range param.FindAllStringSubmatch(text, -1) {
		names[found[1]] = "{" + found[1] + "}"
	}
	var b strings.Builder
	if err := parsed.Execute(&b, names); err != nil {
		panic("i18n: " + err.Error())
	}
	return b.String()
}
