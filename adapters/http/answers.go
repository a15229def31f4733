package http

import (
	"slices"

	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// AnswerCache stores rendered answers by the id of the entity that they show. It may drop them at any time.
type AnswerCache interface {
	// Get returns the answers for an entity, and whether there are any.
	Get(id string) (a Answers, found bool)
	// Put stores the answers for an entity. It drops answers for an older state than the stored ones, and combines
	// answers for the same state by Answers.With.
	Put(id string, seq int64, a Answers)
	// Count counts a read: whether there was an answer in the language and the form that the caller prefers, and
	// whether it was current.
	Count(found, current bool)
}

// Answers holds the rendered answers that show one state of an entity. The head identifies the state; the language and
// the form of numbers determine the rest of an answer. Answers never changes. They are kept in the memory of one
// process only: in a cache that several releases share, their keys would need the representation's number, too.
type Answers struct {
	head      audit.Head
	languages procedure.Languages // the caller's is one of them; empty if the answer is the same for every caller
	list      []answer
}

// answer is a rendered answer with status 200.
type answer struct {
	language string
	numbers  numberForm
	tag      string
	response
}

// With returns the answers together with others. If the others show another state, it returns only them.
func (a Answers) With(others Answers) Answers {
	if a.head != others.head {
		return others
	}
	others.list = slices.Clone(others.list)
	for _, old := range a.list {
		if _, known := others.in(old.language, old.numbers); !known {
			others.list = append(others.list, old)
		}
	}
	return others
}

// Size returns roughly how many bytes the answers take in memory.
func (a Answers) Size() int {
	const entrySize, languageSize, answerSize = 250, 500, 500
	size := entrySize + a.languages.Len()*languageSize
	for i := range a.list {
		size += answerSize + len(a.list[i].Body)
	}
	return size
}

// in returns the answer in a language, with numbers in the given form.
func (a Answers) in(language string, numbers numberForm) (answer, bool) {
	i := slices.IndexFunc(a.list, func(known answer) bool {
		return known.language == language && known.numbers == numbers
	})
	if i < 0 {
		return answer{}, false
	}
	return a.list[i], true
}

// cachedAnswer returns the answer for an entity in the language and the form that a caller wants, with the head of the
// state that it shows. If there is none, it returns the zero Head.
func cachedAnswer(cache AnswerCache, id string, wanted []language.Tag, numbers numberForm) (answer, audit.Head) {
	if cache == nil {
		return answer{}, audit.Head{}
	}
	all, found := cache.Get(id)
	if !found {
		return answer{}, audit.Head{}
	}
	kept, found := all.in(all.languages.Choose(wanted), numbers)
	if !found {
		return answer{}, audit.Head{}
	}
	return kept, all.head
}

// countAnswer counts a read of a cache, in which an answer for the known head was found.
func countAnswer(cache AnswerCache, known audit.Head, changed bool) {
	if cache != nil {
		cache.Count(known != audit.Head{}, !changed)
	}
}

// keepAnswer stores an answer that shows an entity in the state with the given head.
func keepAnswer(cache AnswerCache, id string, head audit.Head, l procedure.Languages, a answer) {
	if cache != nil {
		cache.Put(id, head.Seq, Answers{head, l, []answer{a}})
	}
}

// to returns the response to a request with the given If-None-Match.
func (a answer) to(ifNoneMatch *string) response {
	if matchesETag(ifNoneMatch, a.tag) {
		return notModified(map[string]string{"ETag": a.tag, "Cache-Control": cacheRevalidate})
	}
	return a.response
}
