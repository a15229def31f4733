package jsondoc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// Segments takes a JSON pointer (RFC 6901) apart.
func Segments(pointer string) []string {
	if pointer == "" {
		return nil
	}
	segments := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, s := range segments {
		segments[i] = pointerUnescaper.Replace(s)
	}
	return segments
}

// Locate is the byte at which what a pointer names stands: a member's name, an element's value; where it is
// missing, what should have held it.
func (n *Node) Locate(pointer string) int {
	at := n.Offset
	for _, s := range Segments(pointer) {
		next, offset := n.step(s)
		if next == nil {
			break
		}
		n, at = next, offset
	}
	return at
}

func (n *Node) step(segment string) (next *Node, offset int) {
	for _, m := range n.Members {
		if m.Name == segment {
			return m.Value, m.Offset
		}
	}
	if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(n.Items) {
		return n.Items[i], n.Items[i].Offset
	}
	return nil, 0
}

// Position is the line and column, from 1, of a byte of a text; columns count code points.
func Position(text []byte, offset int) (line, column int) {
	before := string(text[:min(offset, len(text))])
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}
