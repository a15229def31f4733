package procedure

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/slot"
)

// Reading chooses the language in which a definition's texts are shown. It comes from Definition.In.
type Reading struct {
	definition *Definition
	tag        string // key of translations; the document's own language where its own texts are shown
}

// In picks among the document's own language and its translations the one nearest to the wanted tags, most wanted
// first (RFC 4647 lookup as x/text matches it). With nothing near, the document's own.
func (d *Definition) In(wanted []language.Tag) Reading {
	own := Reading{definition: d, tag: d.Language}
	if len(wanted) == 0 || d.matcher == nil {
		return own
	}
	_, i, confidence := d.matcher.Match(wanted...)
	if confidence == language.No {
		return own
	}
	return Reading{definition: d, tag: or(d.languages[i], d.Language)}
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
func (r Reading) Language() string { return r.tag }

// Name gives the procedure's name.
func (r Reading) Name() string {
	return or(r.definition.Translations[r.tag].Heading, r.definition.Name)
}

// Step gives a step's title.
func (r Reading) Step(s *Step) string { return or(s.Translations[r.tag].Heading, s.Title) }

// Prompt says what to do in a step.
func (r Reading) Prompt(s *Step) string { return or(s.Translations[r.tag].Body, s.Prompt) }

// Label gives a slot's label, or its name where it has none.
func (r Reading) Label(s *slot.Slot) string {
	return or(s.Translations[r.tag].Label, or(s.Label, s.Name))
}

// Description says what to enter in a slot.
func (r Reading) Description(s *slot.Slot) string {
	return or(s.Translations[r.tag].Description, s.Description)
}

// Option words a choice.
func (r Reading) Option(s *slot.Slot, option string) string {
	return or(s.Translations[r.tag].Options[option], option)
}

// Item gives a checklist item's label.
func (r Reading) Item(it *checklist.Item) string { return or(it.Translations[r.tag].Label, it.Label) }

// ItemDescription says what an item means.
func (r Reading) ItemDescription(it *checklist.Item) string {
	return or(it.Translations[r.tag].Description, it.Description)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
