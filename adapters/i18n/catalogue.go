package i18n

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Entry describes a code for people, without the parameters of an occurrence.
type Entry struct {
	Code  string
	Title string // of a problem; empty for an issue
	// Explanation says what the code means. Parameters of an occurrence are shown as {name}, and alternatives that
	// depend on one are separated by a slash.
	Explanation string
}

// Problems returns the entries of all problem codes, sorted by code.
func (l Locale) Problems() []Entry {
	templates := templates()[l.Language()]
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(templates)) {
		code, ok := strings.CutSuffix(strings.TrimPrefix(id, "problem."), ".title")
		if ok && strings.HasPrefix(id, "problem.") {
			all = append(all, Entry{code, templates[id], readable(templates["problem."+code+".detail"])})
		}
	}
	return all
}

// issueAreas are the first parts of the codes of issues and warnings.
var issueAreas = []string{"validation", "definition", "request", "erasure", "receipt", "service"}

// Issues returns the entries of the codes of all issues and warnings, sorted by code.
func (l Locale) Issues() []Entry {
	templates := templates()[l.Language()]
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(templates)) {
		area, name, _ := strings.Cut(id, ".")
		if slices.Contains(issueAreas, area) && !strings.Contains(name, ".") {
			all = append(all, Entry{Code: id, Explanation: readable(templates[id])})
		}
	}
	return all
}

// templates returns the templates of all messages by language and id. Of the plural forms, it has the general one.
var templates = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, tag := range Languages {
		text, err := messages.ReadFile("messages/active." + tag.String() + ".json")
		var forms map[string]any
		if err == nil {
			err = json.Unmarshal(text, &forms)
		}
		if err != nil {
			panic("i18n: " + err.Error()) // cannot happen: the file was read when the program started
		}
		texts := make(map[string]string, len(forms))
		for id, form := range forms {
			if plural, ok := form.(map[string]any); ok {
				form = plural["other"]
			}
			texts[id], _ = form.(string)
		}
		all[tag.String()] = texts
	}
	return all
})

var (
	alternatives = regexp.MustCompile(`\{\{(if [^}]*|end)\}\}`)
	parameters   = regexp.MustCompile(`\{\{\.(\w+)\}\}`)
)

// readable returns a template with its parameters as {name}, and with all alternatives.
func readable(template string) string {
	template = alternatives.ReplaceAllString(template, "")
	template = strings.ReplaceAll(template, "{{else}}", " / ")
	return parameters.ReplaceAllString(template, "{$1}")
}
