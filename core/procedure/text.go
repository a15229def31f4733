package procedure

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/slot"
)

// Localizer returns the texts of a definition in one language. Texts that are not translated are returned in the
// document's own language. A Localizer is made by Definition.In.
type Localizer struct {
	definition *Definition
	tag        string // language of the texts; "" if it is the document's own and the document does not state it
}

// In returns a Localizer for the language that best matches the wanted tags, which are in order of preference. It
// chooses among the document's own language and its translations. If none matches, it chooses the document's own
// language.
func (d *Definition) In(wanted []language.Tag) Localizer {
	return Localizer{definition: d, tag: d.AllLanguages().Choose(wanted)}
}

// Languages are the languages of a definition's texts. The zero Languages are those of a text without a language.
type Languages struct {
	own     string   // "" if the document does not state it
	all     []string // as in Definition.languages
	matcher language.Matcher
}

// AllLanguages returns the languages of the definition's texts. They do not keep the definition in memory.
func (d *Definition) AllLanguages() Languages { return Languages{d.Language, d.languages, d.matcher} }

// Len returns the number of languages.
func (l Languages) Len() int { return len(l.all) }

// Choose returns the tag of the language that Definition.In chooses for the wanted tags, as Localizer.Language returns
// it.
func (l Languages) Choose(wanted []language.Tag) string {
	if len(wanted) == 0 || l.matcher == nil {
		return l.own
	}
	_, i, confidence := l.matcher.Match(wanted...)
	if confidence == language.No {
		return l.own
	}
	return or(l.all[i], l.own)
}

// InLanguage returns a Localizer for the document's own language or for one of its translations, by the tag that
// Localizer.Language returned. For any other tag, it returns the document's own language.
func (d *Definition) InLanguage(tag string) Localizer {
	if tag == "" || !slices.Contains(d.languages, tag) {
		tag = d.Language
	}
	return Localizer{definition: d, tag: tag}
}

// maxLanguages is the maximum number of languages into which a definition may be translated. It limits the time for
// choosing one of them.
const maxLanguages = 200

// indexLanguages sets the fields that AllLanguages reads. In the list of languages, the document's own language is the
// first and is written as "".
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
	for _, tag := range slices.Concat(d.languages, []string{d.Language}) {
		if tag != "" && !isLanguage(tag) {
			if d.malformed == nil {
				d.malformed = map[string]string{}
			}
			d.malformed[tag] = standardTag(tag)
		}
	}
	if len(tags) > 0 {
		d.matcher = language.NewMatcher(tags)
	}
}

// translated returns the sorted tags of the languages into which at least one element is translated.
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
		for j := range d.Steps[i].Rules {
			for tag := range d.Steps[i].Rules[j].Translations {
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

// Language returns the tag of the language. It is empty if this is the document's own language and the document does
// not state it.
func (l Localizer) Language() string { return l.tag }

// ContentLanguage returns the language as a well-formed tag, as the header Content-Language wants it. It is empty if
// the language is not known.
func (l Localizer) ContentLanguage() string {
	if meant, malformed := l.definition.malformed[l.tag]; malformed {
		return meant
	}
	return l.tag
}

// Name returns the name of the procedure.
func (l Localizer) Name() string {
	return or(l.definition.Translations[l.tag].Heading, l.definition.Name)
}

// Step returns the title of a step.
func (l Localizer) Step(s *Step) string { return or(s.Translations[l.tag].Heading, s.Title) }

// Prompt returns the prompt of a step.
func (l Localizer) Prompt(s *Step) string { return or(s.Translations[l.tag].Body, s.Prompt) }

// Label returns the label of a slot, or its name if it has no label.
func (l Localizer) Label(s *slot.Slot) string {
	return or(s.Translations[l.tag].Label, or(s.Label, s.Name))
}

// Description returns the description of a slot.
func (l Localizer) Description(s *slot.Slot) string {
	return or(s.Translations[l.tag].Description, s.Description)
}

// Option returns the text to show for an option: its translation, else its label, else the option itself.
func (l Localizer) Option(s *slot.Slot, option string) string {
	return or(s.Translations[l.tag].Options[option], or(s.OptionLabels[option], option))
}

// Message returns the message of a rule.
func (l Localizer) Message(r *Rule) string { return or(r.Translations[l.tag], r.Message) }

// Item returns the label of a checklist item.
func (l Localizer) Item(it *checklist.Item) string { return or(it.Translations[l.tag].Label, it.Label) }

// ItemDescription returns the description of a checklist item.
func (l Localizer) ItemDescription(it *checklist.Item) string {
	return or(it.Translations[l.tag].Description, it.Description)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
