package docs_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// pages returns the Markdown pages of the repository, relative to this folder.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "adr/*.md", "../*.md", "../api/*/*.md", "../tests/*/*.md"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.Greater(t, len(all), 20)
	return all
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

var (
	codeBlock  = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	headings   = regexp.MustCompile(`(?m)^(#+) +(.*)$`)
	links      = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)
)

// anchors returns the anchors of the headings of a page, as GitHub makes them.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, h := range headings.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		title := regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`).ReplaceAllString(h[2], "$1")
		anchor := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, title)
		for n := 0; ; n++ { // a heading that is repeated gets a number
			candidate := anchor
			if n > 0 {
				candidate = fmt.Sprintf("%s-%d", anchor, n)
			}
			if !all[candidate] {
				all[candidate] = true
				break
			}
		}
	}
	return all
}

// brokenLinks describes the links of a page to files or headings that do not exist. Other sites are not asked.
func brokenLinks(t *testing.T, page string) (broken []string) {
	t.Helper()
	text := inlineCode.ReplaceAllString(codeBlock.ReplaceAllString(readPage(t, page), ""), "")
	for _, m := range links.FindAllStringSubmatch(text, -1) {
		target := m[1] + m[2]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		file, anchor, hasAnchor := strings.Cut(target, "#")
		if file != "" {
			file = path.Join(path.Dir(page), file)
		} else {
			file = page
		}
		if _, err := os.Stat(file); err != nil {
			broken = append(broken, page+": "+target)
		} else if hasAnchor && strings.HasSuffix(file, ".md") && !anchors(readPage(t, file))[anchor] {
			broken = append(broken, page+": "+target)
		}
	}
	return broken
}

func TestLinksOfAllPagesLeadToFilesAndHeadings(t *testing.T) {
	for _, page := range pages(t) {
		require.Empty(t, brokenLinks(t, page))
	}
}

// pairs returns the pages that exist in both languages, by the name of the English one.
func pairs(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, page := range pages(t) {
		if english, isFrench := strings.CutSuffix(page, ".fr.md"); isFrench {
			all[english+".md"] = page
		}
	}
	return all
}

// levels returns the levels of the headings of a page, and the kinds of its code blocks, in order.
func levels(text string) (all []string) {
	parts := regexp.MustCompile("(?ms)^ *```(\\S*)[^\n]*\n.*?^ *```$|^(#+) ")
	for _, m := range parts.FindAllStringSubmatch(text, -1) {
		all = append(all, m[2]+m[1])
	}
	return all
}

func TestPagesOfBothLanguagesHaveTheSameHeadingsAndCodeBlocks(t *testing.T) {
	require.GreaterOrEqual(t, len(pairs(t)), 8)
	for english, french := range pairs(t) {
		require.Equal(t, levels(readPage(t, english)), levels(readPage(t, french)), french)
	}
}

// mirror returns the links of a page to other pages, with the English names of the pages that are translated.
func mirror(text string) []string {
	var all []string
	for _, m := range links.FindAllStringSubmatch(inlineCode.ReplaceAllString(codeBlock.ReplaceAllString(text, ""), ""), -1) {
		file, _, _ := strings.Cut(m[1]+m[2], "#")
		file = strings.NewReplacer(".fr.md", ".md", ".fr.svg", ".svg", ".fr.png", ".png").Replace(file)
		if file != "" && !strings.Contains(file, "://") && !slices.Contains(all, file) {
			all = append(all, file)
		}
	}
	slices.Sort(all)
	return all
}

// forPeopleInAHurry are the English pages that are translated sentence by sentence.
var forPeopleInAHurry = []string{
	"api.md", "assistants.md", "console.md", "operations.md", "security.md", "start.md", "commands.md", "glossary.md", "../README.md",
}

func TestPagesForPeopleInAHurryLinkToTheSameFiles(t *testing.T) {
	for _, english := range forPeopleInAHurry {
		french := pairs(t)[english]
		require.NotEmpty(t, french, english)
		self := func(links []string) []string { // each page links to the other language, which is the page itself
			return slices.DeleteFunc(links, func(l string) bool { return l == path.Base(english) })
		}
		require.Equal(t, self(mirror(readPage(t, english))), self(mirror(readPage(t, french))), french)
	}
}

// TestFrenchPagesUseNoBreakSpaces checks the typography of the French pages: the space before : ; ! ? and » does not
// break.
func TestFrenchPagesUseNoBreakSpaces(t *testing.T) {
	for _, english := range forPeopleInAHurry {
		page := pairs(t)[english]
		prose := inlineCode.ReplaceAllString(codeBlock.ReplaceAllString(readPage(t, page), ""), "x")
		prose = regexp.MustCompile(`<!--.*?-->|\|[-|]+`).ReplaceAllString(prose, "")
		require.Empty(t, regexp.MustCompile(`.{0,30}[^|] [:;!?»]|« .{0,30}`).FindAllString(prose, -1), page)
	}
}
