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

// Locate returns the byte offset of the place that a JSON pointer refers to: the name of an object's member, or the
// value of an array's element. If it does not exist, Locate returns the offset of the nearest ancestor that does.
func (n *Node) Locate(pointer string) int {
	at := n.Offset
	for _, s := range Segments(pointer) {
		next, offset := n.child(s)
		if next == nil {
			break
		}
		n, at = next, offset
	}
	return at
}

// child returns the member or element of n that a segment of a JSON pointer refers to, and its offset. It returns nil
// if there is none.
func (n *Node) child(segment string) (next *Node, offset int) {
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
