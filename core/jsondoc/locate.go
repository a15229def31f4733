package jsondoc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// Segments returns the unescaped segments of a JSON pointer (RFC 6901).
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

// Locate returns the byte offset of the value that a pointer names: of the member's name in an object, of the value
// in an array. If there is no such value, it returns the offset of the nearest enclosing one.
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

// step returns the value that a pointer's segment names within n, and its offset; nil if there is none.
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

// Position returns the line and column of a byte offset in a text. Both count from 1; columns count code points.
func Position(text []byte, offset int) (line, column int) {
	before := string(text[:min(offset, len(text))])
	lastLine := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(lastLine) + 1
}
