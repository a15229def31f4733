package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var terms = regexp.MustCompile(`(?m)^### (.*)$`)

// glossary returns the terms of the English glossary in lower case.
func glossary(t *testing.T) (all []string) {
	t.Helper()
	for _, m := range terms.FindAllStringSubmatch(readPage(t, "glossary.md"), -1) {
		all = append(all, strings.ToLower(m[1]))
	}
	return all
}

func TestBothGlossariesExplainTheSameTerms(t *testing.T) {
	var inFrench []string
	entries := regexp.MustCompile(`(?m)^### .*\n\n\(\*([^*]+)\*\) `).FindAllStringSubmatch(readPage(t, "glossary.fr.md"), -1)
	for _, m := range entries {
		inFrench = append(inFrench, strings.ToLower(m[1]))
	}
	require.Len(t, inFrench, len(terms.FindAllString(readPage(t, "glossary.fr.md"), -1)), "each entry gives the English word")
	require.ElementsMatch(t, glossary(t), inFrench)
	require.True(t, slices.IsSorted(glossary(t)), "in alphabetical order")
}

// notWords are the segments of the paths in the contract that are not words of the domain.
var notWords = []string{"livez", "me", "readyz", "metrics", "schemas", "unarchive", "oauth-protected-resource"}

// TestTheGlossaryExplainsTheWordsOfTheContract requires an entry for each word in the paths of openapi.yaml.
func TestTheGlossaryExplainsTheWordsOfTheContract(t *testing.T) {
	data, err := os.ReadFile("../openapi.yaml")
	require.NoError(t, err)
	known := glossary(t)
	paths := regexp.MustCompile(`(?m)^  (/[^:]*):$`).FindAllStringSubmatch(string(data), -1)
	require.Greater(t, len(paths), 15)
	for _, p := range paths {
		for word := range strings.SplitSeq(strings.Trim(p[1], "/"), "/") {
			if word == "" || strings.ContainsAny(word, "{.") || slices.Contains(notWords, word) {
				continue
			}
			require.True(t, explained(known, word), "%s: the glossary does not explain %q", p[1], word)
		}
	}
}

// explained reports whether the terms contain a word of a path: in the singular, or as the verb that it comes from.
func explained(terms []string, word string) bool {
	word = strings.TrimPrefix(word, "audit-")
	return slices.ContainsFunc(terms, func(term string) bool {
		return term == word || term+"s" == word || strings.TrimSuffix(term, "e")+"ures" == word
	})
}

// TestEachTermOfTheGlossaryIsUsed finds terms that no other page uses.
func TestEachTermOfTheGlossaryIsUsed(t *testing.T) {
	var text strings.Builder
	for _, page := range pages(t) {
		if !strings.Contains(page, "glossary") {
			text.WriteString(strings.ToLower(strings.ReplaceAll(readPage(t, page), "-", " ")))
		}
	}
	for _, term := range glossary(t) {
		require.Contains(t, text.String(), term)
	}
}

// otherWords are preceded and followed by something else than a letter. RE2 knows \b only between letters of ASCII.
var otherWords = regexp.MustCompile(`(?i)(?:^|\P{L})(?:motifs?|étapes? passées?|passer l’étape)(?:\P{L}|$)`)

// TestFrenchPagesUseTheWordsOfTheGlossary refuses words for what the glossary calls otherwise: a reason is a
// justification, a pattern a format, and who skips a step does not pass it.
func TestFrenchPagesUseTheWordsOfTheGlossary(t *testing.T) {
	for _, page := range pairs(t) {
		prose := codeBlock.ReplaceAllString(readPage(t, page), "")
		require.Empty(t, otherWords.FindAllString(prose, -1), page)
	}
}
