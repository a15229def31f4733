package mcp

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPattern limits the patterns in a schema, in bytes: a class such as \pL has hundreds of ranges.
const maxPattern = 500

// ecmaPattern returns the pattern by which a JSON Schema accepts the texts that an RE2 expression matches as a whole.
// JSON Schema has the regular expressions of ECMA-262, which reads the dot, \s, classes and flags differently. The
// pattern is written from the tree of the expression, in constructs that are valid with and without the flag u, and
// that both read in the same way with it; without it, a character beyond 16 bits counts as two. It returns false for an
// expression that needs others, or more than maxPattern bytes.
func ecmaPattern(expression string) (pattern string, ok bool) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return "", false
	}
	w := ecmaWriter{ok: true}
	w.write(tree)
	if pattern = "^(?:" + w.text.String() + ")$"; !w.ok || len(pattern) > maxPattern {
		return "", false
	}
	return pattern, true
}

// ecmaWriter writes a tree as ECMA-262 reads it. ok is false once a part cannot be written.
type ecmaWriter struct {
	text strings.Builder
	ok   bool
}

func (w *ecmaWriter) write(tree *syntax.Regexp) {
	if w.text.Len() > maxPattern {
		w.ok = false
	}
	if !w.ok {
		return
	}
	switch tree.Op {
	case syntax.OpEmptyMatch:
		w.text.WriteString("(?:)")
	case syntax.OpLiteral:
		for _, r := range tree.Rune {
			w.literal(r, tree.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		w.class(tree.Rune)
	case syntax.OpAnyCharNotNL:
		w.text.WriteString(`[^\n]`)
	case syntax.OpAnyChar:
		w.text.WriteString(`[\s\S]`)
	case syntax.OpBeginText:
		w.text.WriteByte('^')
	case syntax.OpEndText:
		w.text.WriteByte('$')
	case syntax.OpWordBoundary:
		w.text.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		w.text.WriteString(`\B`)
	case syntax.OpCapture, syntax.OpAlternate:
		w.group(tree.Sub, "|")
	case syntax.OpConcat:
		for _, part := range tree.Sub {
			w.write(part)
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		w.repeat(tree)
	case syntax.OpNoMatch, syntax.OpBeginLine, syntax.OpEndLine: // the latter two need a flag
		w.ok = false
	}
}

// group writes parts as a group that captures nothing.
func (w *ecmaWriter) group(parts []*syntax.Regexp, separator string) {
	if len(parts) == 1 && parts[0].Op == syntax.OpAlternate { // it is a group of its own
		parts = parts[0].Sub
	}
	w.text.WriteString("(?:")
	for i, part := range parts {
		if i > 0 {
			w.text.WriteString(separator)
		}
		w.write(part)
	}
	w.text.WriteByte(')')
}

// repeat writes a repetition. Whether it is greedy does not matter to what matches as a whole.
func (w *ecmaWriter) repeat(tree *syntax.Regexp) {
	sub := tree.Sub[0]
	switch sub.Op { // a quantifier binds to these as they are written
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpCapture, syntax.OpAlternate:
		w.write(sub)
	default:
		w.group(tree.Sub, "")
	}
	switch tree.Op {
	case syntax.OpStar:
		w.text.WriteByte('*')
	case syntax.OpPlus:
		w.text.WriteByte('+')
	case syntax.OpQuest:
		w.text.WriteByte('?')
	default:
		w.text.WriteString(bounds(tree.Min, tree.Max))
	}
}

// bounds returns the quantifier for a least and a greatest number, which is -1 for no limit.
func bounds(least, greatest int) string {
	switch greatest {
	case least:
		return "{" + strconv.Itoa(least) + "}"
	case -1:
		return "{" + strconv.Itoa(least) + ",}"
	}
	return "{" + strconv.Itoa(least) + "," + strconv.Itoa(greatest) + "}"
}

// literal writes a character, or a class of all its cases.
func (w *ecmaWriter) literal(r rune, anyCase bool) {
	if !anyCase || unicode.SimpleFold(r) == r {
		w.character(r)
		return
	}
	cases := []rune{r, r}
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		cases = append(cases, c, c)
	}
	w.class(cases)
}

// class writes a class of ranges. One that includes the last character is written by what it excludes.
func (w *ecmaWriter) class(ranges []rune) {
	last := len(ranges) - 1
	switch {
	case last < 0:
		w.ok = false
	case ranges[last] == unicode.MaxRune:
		if others := complement(ranges); len(others) > 0 {
			w.members("[^", others)
		} else {
			w.text.WriteString(`[\s\S]`)
		}
	default:
		w.choice(ranges)
	}
}

// choice writes a class. Characters beyond 16 bits stand beside it: without the flag u, a class cannot have them.
func (w *ecmaWriter) choice(ranges []rune) {
	var within, beyond []rune
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > 0xFFFF && ranges[i] == ranges[i+1] {
			beyond = append(beyond, ranges[i])
		} else {
			within = append(within, ranges[i], ranges[i+1])
		}
	}
	if len(beyond) == 0 {
		w.members("[", within)
		return
	}
	w.text.WriteString("(?:")
	for i, r := range beyond {
		if i > 0 {
			w.text.WriteByte('|')
		}
		w.character(r)
	}
	if len(within) > 0 {
		w.text.WriteByte('|')
		w.members("[", within)
	}
	w.text.WriteByte(')')
}

// members writes a class after its opening bracket.
func (w *ecmaWriter) members(opening string, ranges []rune) {
	w.text.WriteString(opening)
	for i := 0; i < len(ranges) && w.ok && w.text.Len() <= maxPattern; i += 2 {
		w.member(ranges[i])
		if ranges[i+1] > ranges[i] {
			w.text.WriteByte('-')
			w.member(ranges[i+1])
		}
	}
	w.text.WriteByte(']')
}

// complement returns the ranges between others, of which the last ends with the last character.
func complement(ranges []rune) (between []rune) {
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > next {
			between = append(between, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	return between
}

// member writes a character of a class, which must have 16 bits.
func (w *ecmaWriter) member(r rune) {
	if r > 0xFFFF {
		w.ok = false
		return
	}
	if r == '-' {
		w.text.WriteString(`\-`)
		return
	}
	w.character(r)
}

// character writes a character so that it stands for itself. A half of a surrogate pair stands for no character.
func (w *ecmaWriter) character(r rune) {
	switch {
	case !utf8.ValidRune(r):
		w.ok = false
	case strings.ContainsRune(`^$\.*+?()[]{}|/`, r):
		w.text.WriteByte('\\')
		w.text.WriteRune(r)
	case r >= ' ' && r <= '~' || r > unicode.MaxASCII && unicode.IsLetter(r) || r > 0xFFFF:
		w.text.WriteRune(r)
	default:
		fmt.Fprintf(&w.text, `\u%04X`, r)
	}
}
