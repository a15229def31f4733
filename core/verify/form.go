package verify

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

// maxDepth limits the nesting of a payload with its disclosed values, as audit does for each of them.
const maxDepth = 100

// isCanonical reports whether a JSON text is in RFC 8785 form, and nested at most 100 levels deep. It needs the general
// algorithm only for unusual texts.
func isCanonical(text jsontext.Value) bool {
	f := formScanner{text: text}
	if f.value(0) && f.pos == len(text) && utf8.Valid(text) {
		return true
	}
	if audit.Nesting(text) > maxDepth {
		return false
	}
	form := text.Clone()
	return form.Canonicalize() == nil && bytes.Equal(form, text)
}

// formScanner accepts common JSON texts that are in RFC 8785 form: without escapes, with sorted ASCII names, and with
// integers of at most 15 digits as the only numbers.
type formScanner struct {
	text []byte
	pos  int
}

// next returns the next byte without reading it; 0 at the end.
func (f *formScanner) next() byte {
	if f.pos < len(f.text) {
		return f.text[f.pos]
	}
	return 0
}

// skip reads the byte b, and reports whether it was there.
func (f *formScanner) skip(b byte) bool {
	if f.next() != b {
		return false
	}
	f.pos++
	return true
}

func (f *formScanner) value(depth int) bool {
	switch b := f.next(); {
	case depth > maxDepth:
		return false
	case b == '"':
		_, _, ok := f.str()
		return ok
	case b == '{':
		return f.object(depth)
	case b == '[':
		return f.list(']', func() bool { return f.value(depth + 1) })
	case '0' <= b && b <= '9':
		return f.integer()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(f.text[f.pos:], []byte(word)) {
			f.pos += len(word)
			return true
		}
	}
	return false
}

// list reads an opening bracket, elements separated by commas, and the closing bracket.
func (f *formScanner) list(closing byte, element func() bool) bool {
	f.pos++
	if f.skip(closing) {
		return true
	}
	for element() {
		if f.skip(closing) {
			return true
		}
		if !f.skip(',') {
			return false
		}
	}
	return false
}

func (f *formScanner) object(depth int) bool {
	var before []byte
	first := true
	return f.list('}', func() bool {
		name, ascii, ok := f.str()
		sorted := first || bytes.Compare(before, name) < 0
		before, first = name, false
		return ok && ascii && sorted && f.skip(':') && f.value(depth+1)
	})
}

// str reads a string without escapes. The result ascii says whether it has ASCII characters only.
func (f *formScanner) str() (content []byte, ascii, ok bool) {
	if !f.skip('"') {
		return nil, false, false
	}
	start := f.pos
	ascii = true
	for ; f.pos < len(f.text); f.pos++ {
		switch b := f.text[f.pos]; {
		case b == '"':
			f.pos++
			return f.text[start : f.pos-1], ascii, true
		case b == '\\' || b < ' ':
			return nil, false, false
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, false, false
}

// integer reads an integer that every implementation of RFC 8785 writes in the same way.
func (f *formScanner) integer() bool {
	const maxDigits = 15
	start := f.pos
	for '0' <= f.next() && f.next() <= '9' {
		f.pos++
	}
	digits := f.pos - start
	return digits <= maxDigits && (digits == 1 || f.text[start] != '0')
}
