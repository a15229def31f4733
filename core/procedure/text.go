package procedure

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/checklist"
)

// Reading chooses the language in which a definition's texts are shown. The zero Reading shows the document's own.
type Reading struct {
	definition *Definition
	tag        string // key of translations, empty for the document's own texts
}

// In picks among the document's own language and its translations the one nearest to the wanted tags, most wanted
// first (RFC 4647 lookup as x/text matches it). With nothing near, the document's own.
func (d *Definition) In(wanted []language.Tag) Reading {
	own := Reading{definition: d}
	if len(wanted) == 0 || d.matcher == nil {
		return own
	}
	_, i, confidence := d.matcher.Match(wanted...)
	if confidence == language.No {
		return own
	}
	return Reading{definition: d, tag: d.languages[i]}
}

// indexLanguages prepares In: the document's own language comes first, under the empty name.
func (d *Definition) indexLanguages() {
	var tags []language.Tag
	if d.Language != "" {
		tags, d.languages = append(tags, language.Make(d.Language)), append(d.languages, "")
	}
	for _, name := range d.translated() {
		if !strings.EqualFold(name, d.Language) {
			tags, d.languages = append(tags, language.Make(name)), append(d.languages, name)
		}
	}
	if len(tags) > 0 {
		d.matcher = language.NewMatcher(tags)
	}
}

// translated lists the languages that any element is translated into, sorted.
func (d *Definition) translated() []string {
	found := map[string]bool{}
	for tag := range d.Translations {
		found[tag] = true
	}
	for i := range d.Steps {
		for tag := range d.Steps[i].Translations {
			found[tag] = true
		}
		for j := range d.Steps[i].Slots {
			for tag := range d.Steps[i].Slots[j].Translations {
				found[tag] = true
			}
		}
		for j := range d.Steps[i].Items {
			for tag := range d.Steps[i].Items[j].Translations {
				found[tag] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Language is the tag of the texts shown, empty when the document does not say its own.
func (r Reading) Language() string {
	if r.tag == "" && r.definition != nil {
		return r.definition.Language
	}
	return r.tag
}

// Step gives a step's title.
func (r Reading) Step(s *Step) string { return or(s.Translations[r.tag].Heading, s.Title) }

// Item gives a checklist item's label.
func (r Reading) Item(it *checklist.Item) string { return or(it.Translations[r.tag].Label, it.Label) }

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
