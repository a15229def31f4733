package procedure

import (
	"iter"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// languageTag is a tag of the translations as the definition keeps it.
type languageTag struct {
	name  string
	valid bool
}

// languageTag returns how the definition keeps a tag of the translations. All spellings of a tag become the first one,
// so that an element is found whose translations differ from the others' in the case of their tags. It returns false if
// the definition has too many tags to look at all of them.
func (r *reader) languageTag(name string) (languageTag, bool) {
	key := name
	if !r.canonical { // the digest of a stored document covers its spellings
		key = foldTag(name)
	}
	if known, ok := r.languages[key]; ok {
		return known, true
	}
	if !r.canonical && len(r.languages) > maxLanguages {
		return languageTag{}, false
	}
	if r.languages == nil {
		r.languages = map[string]languageTag{}
	}
	tag := languageTag{name, isLanguage(name)}
	if !r.canonical && tag.valid && strings.EqualFold(name, r.own) {
		tag.name = r.own
	}
	r.languages[key] = tag
	return tag, true
}

// translations yields each language tag with the object that holds its translations, in document order.
func (o object) translations() iter.Seq2[string, object] {
	return func(yield func(string, object) bool) {
		n := o.get("translations", jsondoc.Object)
		if n == nil {
			return
		}
		all := object{o.reader, n, o.pointerTo("translations")}
		first := make(map[string]string, len(n.Members))
		for _, m := range n.Members {
			tag, ok := o.languageTag(m.Name)
			if !ok {
				return
			}
			if !tag.valid {
				o.reader.find(m.Offset, all.pointerTo(m.Name), "language", nil)
				if !o.canonical {
					continue
				}
			}
			if earlier, again := first[tag.name]; again {
				o.reader.find(m.Offset, all.pointerTo(m.Name), "duplicate", fault.Params{"first": all.pointerTo(earlier)})
				continue
			}
			first[tag.name] = m.Name
			texts := all.get(m.Name, jsondoc.Object)
			if texts != nil && !yield(tag.name, object{o.reader, texts, all.pointerTo(m.Name)}) {
				return
			}
		}
	}
}
