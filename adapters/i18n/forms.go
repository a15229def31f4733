package i18n

import (
	"regexp"
	"strings"
	"sync"
	"text/template"
)

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
	for language, texts := range templates() {
		all[language] = map[string]string{}
		for id, text := range texts {
			all[language][id] = form(text)
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
