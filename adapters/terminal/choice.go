package terminal

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/procedo/procedo/core/slot"
)

// optionIndex finds the options of a slot that a text can stand for.
type optionIndex struct {
	options  []string
	numbered bool
	// forms maps texts to options, once for each function of normalForms. Its keys are the options' values and
	// wordings, normalised by this function.
	forms [3]map[string][]string
}

// normalForms normalise texts for comparison. The first keeps all differences that can be seen, the second ignores case
// and repeated spaces, and the third also ignores accents.
var normalForms = [3]func(string) string{
	norm.NFC.String, folded, func(text string) string { return unaccented(folded(text)) },
}

func (w *Walker) indexOptions(s *slot.Slot) optionIndex {
	x := optionIndex{options: s.Options, numbered: w.numbered(s)}
	for i, normal := range normalForms {
		x.forms[i] = map[string][]string{}
		for _, o := range s.Options {
			for _, text := range distinct([]string{normal(o), normal(w.texts.Option(s, o))}) {
				x.forms[i][text] = append(x.forms[i][text], o)
			}
		}
	}
	return x
}

// matches returns the options that a text can stand for. It returns the closest matches only: those that are equal to
// the text or, if there are none, those that differ in case and spaces, then those that also differ in accents. If
// nothing matches, the text can be an option's number in the list.
func (x optionIndex) matches(text string) []string {
	text = strings.TrimSpace(text)
	for i, normal := range normalForms {
		if found := x.forms[i][normal(text)]; len(found) > 0 {
			return found
		}
	}
	if n, err := strconv.Atoi(legible(text)); err == nil && x.numbered && n >= 1 && n <= len(x.options) {
		return x.options[n-1 : n]
	}
	return nil
}

// folded returns a text in lower case with single spaces, for comparison.
func folded(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(legible(text))), " "))
}

// numbered reports whether options can be chosen by number. They cannot if an option or its wording is a number itself.
func (w *Walker) numbered(s *slot.Slot) bool {
	return !slices.ContainsFunc(s.Options, func(o string) bool {
		_, own := strconv.Atoi(o)
		_, worded := strconv.Atoi(w.texts.Option(s, o))
		return own == nil || worded == nil
	})
}

// maxReadings is the maximum number of lists that listReadings returns.
const maxReadings = 9

// maxWords is the maximum number of words in a list of choices. For a longer list, listReadings returns nothing.
const maxWords = 100

// listReadings returns the lists of options that a text can stand for. Options are separated by commas, semicolons or
// spaces, and can contain these themselves.
func (x optionIndex) listReadings(text string) [][]string {
	type word struct{ start, end int }
	var words []word
	isBreak := func(r rune) bool { return strings.ContainsRune(",; \t\u00a0\u202f", r) }
	start := -1
	for i, r := range text + " " {
		switch {
		case isBreak(r) && start >= 0:
			words, start = append(words, word{start, i}), -1
		case !isBreak(r) && start < 0:
			start = i
		}
	}
	if len(words) > maxWords {
		return nil
	}
	var lists [][]string
	hopeless := map[int]bool{} // words from which no list can be completed
	var extend func(from int, list []string)
	extend = func(from int, list []string) {
		if from == len(words) {
			lists = append(lists, slices.Clone(list))
			return
		}
		before := len(lists)
		for to := from; to < len(words) && len(lists) < maxReadings && !hopeless[from]; to++ {
			for _, o := range x.matches(text[words[from].start:words[to].end]) {
				extend(to+1, append(list, o))
			}
		}
		if len(lists) == before {
			hopeless[from] = true
		}
	}
	extend(0, nil)
	return lists
}

// listText returns a list of choices as JSON.
func listText(list []string) []byte {
	raw := []byte{'['}
	for i, o := range list {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = append(raw, quote(o)...)
	}
	return append(raw, ']')
}

// unknownChoices splits a text at its commas and returns the parts as a JSON array. A part that names a known option is
// replaced by the value of that option. The text must be one for which listReadings returns nothing.
func (x optionIndex) unknownChoices(text string) []byte {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if found := x.matches(part); len(found) > 0 {
			part = found[0]
		}
		list = append(list, part)
	}
	return listText(list)
}
