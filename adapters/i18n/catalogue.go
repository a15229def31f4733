package i18n

import (
	"maps"
	"slices"
	"strings"
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
	texts := messages[l.tag]()
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		code, ok := strings.CutSuffix(strings.TrimPrefix(id, "problem."), ".title")
		if ok && strings.HasPrefix(id, "problem.") {
			all = append(all, Entry{code, texts[id].other.readable(), texts["problem."+code+".detail"].other.readable()})
		}
	}
	return all
}

// issueAreas are the first parts of the codes of issues and warnings.
var issueAreas = []string{"validation", "definition", "request", "erasure", "receipt", "service"}

// Issues returns the entries of the codes of all issues and warnings, sorted by code.
func (l Locale) Issues() []Entry {
	texts := messages[l.tag]()
	var all []Entry
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		area, name, _ := strings.Cut(id, ".")
		if slices.Contains(issueAreas, area) && !strings.Contains(name, ".") {
			all = append(all, Entry{Code: id, Explanation: texts[id].other.readable()})
		}
	}
	return all
}
