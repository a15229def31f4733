package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns returns the number of columns that a character takes up in a terminal: two for wide characters of East Asia
// and most emoji, none for combining and invisible characters and for the marks of styles.
func columns(r rune) int {
	if isMark(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

func textColumns(text string) (n int) {
	for _, r := range text {
		n += columns(r)
	}
	return n
}

// Wrap breaks lines of a text that take up more than limit columns, at spaces and between wide characters. Each
// continuation line has the indentation of the broken line. A word that is longer than the limit is left whole. If
// limit is 0, Wrap returns the text unchanged.
func Wrap(text string, limit int) string {
	if limit <= 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if textColumns(line) > limit {
			lines[i] = wrapLine(line, limit)
		}
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, limit int) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if len(indent) > limit/2 {
		indent = ""
	}
	var b strings.Builder
	b.WriteString(indent)
	at := len(indent)
	for i, part := range breakable(line[len(indent):]) {
		if i > 0 && at+textColumns(strings.TrimRight(part, " ")) > limit {
			broken := strings.TrimRight(b.String(), " ")
			b.Reset()
			b.WriteString(broken + "\n" + indent)
			at = len(indent)
		}
		b.WriteString(part)
		at += textColumns(part)
	}
	return b.String()
}

// breakable splits a line after its spaces and after wide characters. Spaces stay at the end of the part before them.
func breakable(line string) (parts []string) {
	start, previous := 0, rune(0)
	for i, r := range line {
		after := previous == ' ' && r != ' ' || columns(previous) == 2 && r != ' ' && columns(r) > 0 && !unicode.IsPunct(r)
		if i > start && after {
			parts, start = append(parts, line[start:i]), i
		}
		if columns(r) > 0 {
			previous = r
		}
	}
	return append(parts, line[start:])
}
