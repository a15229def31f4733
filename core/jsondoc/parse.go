package jsondoc

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// parse returns the tree of a text, or nil if Parse must refuse the text. It does not say why: diagnose does, and must
// refuse the same texts.
func parse(data []byte) *Node {
	if !utf8.Valid(data) {
		return nil
	}
	p := parser{data: data, chunk: min(len(data)/minBytes+1, maxChunk)}
	if len(data) <= maxShared {
		p.text = string(data)
	}
	n := p.value()
	p.space()
	if p.at < len(data) {
		return nil
	}
	return n
}

const (
	// maxShared is the length of a text up to which its strings share one copy of the text. The strings of a longer text
	// are copied one by one, so that a string that is kept does not keep a long text.
	maxShared = 4096
	// maxChunk is the maximum number of nodes that are allocated at a time.
	maxChunk = 256
	// minBytes estimates how many bytes of a text there are for each of its values.
	minBytes = 8
	// few is the number of members up to which comparing each name with each is faster than a map.
	few = 16
)

type parser struct {
	data    []byte
	text    string // data as a string, or empty if it is longer than maxShared
	at      int    // the offset of the next byte
	depth   int
	free    []Node // allocated, not yet used
	chunk   int    // the number of nodes to allocate next
	members []Member
	items   []*Node // members and items hold the members and items of the objects and arrays that are not complete
}

func (p *parser) node() *Node {
	if len(p.free) == 0 {
		p.free = make([]Node, p.chunk)
		p.chunk = min(2*p.chunk, maxChunk)
	}
	n := &p.free[0]
	p.free = p.free[1:]
	return n
}

// space skips white space.
func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// skip skips white space and reports whether the next byte is c, which it also skips.
func (p *parser) skip(c byte) bool {
	p.space()
	if p.at == len(p.data) || p.data[p.at] != c {
		return false
	}
	p.at++
	return true
}

// value returns the next value, or nil if there is none or it is malformed.
func (p *parser) value() *Node {
	p.space()
	if p.at == len(p.data) {
		return nil
	}
	n := p.node()
	n.Offset = p.at
	var ok bool
	switch p.data[p.at] {
	case '{':
		n.Kind = Object
		ok = p.object(n)
	case '[':
		n.Kind = Array
		ok = p.array(n)
	case '"':
		n.Kind = String
		n.Text, ok = p.string()
	case 't':
		n.Kind, n.Bool = Bool, true
		ok = p.literal("true")
	case 'f':
		n.Kind = Bool
		ok = p.literal("false")
	case 'n':
		ok = p.literal("null")
	default:
		n.Kind = Number
		n.Text, ok = p.number()
	}
	if !ok {
		return nil
	}
	n.Raw = p.data[n.Offset:p.at]
	return n
}

func (p *parser) literal(text string) bool {
	ok := strings.HasPrefix(string(p.data[p.at:min(p.at+len(text), len(p.data))]), text)
	p.at += len(text)
	return ok
}

func (p *parser) array(n *Node) bool {
	if p.depth++; p.depth > MaxDepth {
		return false
	}
	if p.items == nil {
		p.items = make([]*Node, 0, min(p.chunk, few))
	}
	p.at++
	first := len(p.items)
	for more := !p.skip(']'); more; {
		item := p.value()
		if item == nil {
			return false
		}
		p.items = append(p.items, item)
		if more = p.skip(','); !more && !p.skip(']') {
			return false
		}
	}
	n.Items = append(n.Items, p.items[first:]...)
	p.items = p.items[:first]
	p.depth--
	return true
}

func (p *parser) object(n *Node) bool {
	if p.depth++; p.depth > MaxDepth {
		return false
	}
	if p.members == nil {
		p.members = make([]Member, 0, min(p.chunk, few))
	}
	p.at++
	first := len(p.members)
	for more := !p.skip('}'); more; {
		m, ok := p.member()
		if !ok {
			return false
		}
		p.members = append(p.members, m)
		if more = p.skip(','); !more && !p.skip('}') {
			return false
		}
	}
	n.Members = append(n.Members, p.members[first:]...)
	p.members = p.members[:first]
	p.depth--
	return !hasDuplicates(n.Members)
}

func (p *parser) member() (m Member, ok bool) {
	p.space()
	m.Offset = p.at
	if p.at == len(p.data) || p.data[p.at] != '"' {
		return m, false
	}
	if m.Name, ok = p.string(); !ok || !p.skip(':') {
		return m, false
	}
	m.Value = p.value()
	return m, m.Value != nil
}

// hasDuplicates reports whether two members have the same name.
func hasDuplicates(members []Member) bool {
	if len(members) <= few {
		for i := range members {
			for j := range i {
				if members[i].Name == members[j].Name {
					return true
				}
			}
		}
		return false
	}
	names := make(map[string]struct{}, len(members))
	for i := range members {
		names[members[i].Name] = struct{}{}
	}
	return len(names) < len(members)
}

// slice returns a part of the text.
func (p *parser) slice(from, to int) string {
	if p.text != "" {
		return p.text[from:to]
	}
	return string(p.data[from:to])
}

// string returns the characters of the string that begins at the next byte. It refuses strings with NUL characters.
func (p *parser) string() (string, bool) {
	p.at++
	for start := p.at; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return p.slice(start, p.at-1), true
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escaped is string for a string with escapes. It begins at start, and the first escape is at p.at.
func (p *parser) escaped(start int) (string, bool) {
	text := append([]byte(nil), p.data[start:p.at]...)
	for p.at < len(p.data) {
		c := p.data[p.at]
		p.at++
		switch {
		case c == '"':
			return string(text), true
		case c == '\\':
			r := p.escape()
			if r <= 0 {
				return "", false
			}
			text = utf8.AppendRune(text, r)
		case c < ' ':
			return "", false
		default:
			text = append(text, c)
		}
	}
	return "", false
}

// escape returns the character of an escape whose backslash has been skipped. It returns -1 if the escape is malformed
// or is half of a surrogate pair.
func (p *parser) escape() rune {
	if p.at == len(p.data) {
		return -1
	}
	c := p.data[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return p.unicode()
	}
	return -1
}

// unicode returns the character of an escape whose backslash and u have been skipped, or -1; see escape.
func (p *parser) unicode() rune {
	r := p.hex()
	if !utf16.IsSurrogate(r) {
		return r
	}
	if p.at+1 >= len(p.data) || p.data[p.at] != '\\' || p.data[p.at+1] != 'u' {
		return -1
	}
	p.at += len(`\u`)
	if r = utf16.DecodeRune(r, p.hex()); r == utf8.RuneError {
		return -1
	}
	return r
}

// hex returns the number that four hexadecimal digits stand for, or -1 if there are no four digits.
func (p *parser) hex() rune {
	const digits = 4
	if p.at+digits > len(p.data) {
		return -1
	}
	r := rune(0)
	for _, c := range p.data[p.at : p.at+digits] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	p.at += digits
	return r
}

// number returns the literal of the number that begins at the next byte.
func (p *parser) number() (string, bool) {
	start := p.at
	if p.data[p.at] == '-' {
		p.at++
	}
	leadingZero := p.at < len(p.data) && p.data[p.at] == '0'
	switch n := p.digits(); {
	case n == 0, leadingZero && n > 1:
		return "", false
	}
	if p.next('.') && p.digits() == 0 {
		return "", false
	}
	if p.next('e') || p.next('E') {
		if !p.next('+') {
			p.next('-')
		}
		if p.digits() == 0 {
			return "", false
		}
	}
	return p.slice(start, p.at), true
}

// next reports whether the next byte is c, which it skips.
func (p *parser) next(c byte) bool {
	if p.at == len(p.data) || p.data[p.at] != c {
		return false
	}
	p.at++
	return true
}

// digits skips decimal digits and returns their number.
func (p *parser) digits() int {
	start := p.at
	for p.at < len(p.data) && '0' <= p.data[p.at] && p.data[p.at] <= '9' {
		p.at++
	}
	return p.at - start
}
