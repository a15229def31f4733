package run

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/procedo/procedo/core/checklist"
)

// plainPayload reads a payload that is as nearly all are: canonical, with nothing in it but a step, a visit, ticks, and values that are
// texts without escapes or truths. It says the same as the JSON reader or nothing (ok is false), several times as quickly: a verification
// reads millions.
func plainPayload(data []byte, p *payload) (ok bool) {
	s := scanner{rest: data}
	s.object(func(name []byte) {
		switch string(name) {
		case "checklist":
			s.array(func() { p.Checklist = append(p.Checklist, s.tick()) })
		case "request_id":
			s.text()
		case "slots":
			s.object(func(name []byte) { p.Slots = append(p.Slots, member{string(name), s.scalar()}) })
		case "step":
			p.Step = string(s.text())
		case "visit":
			p.Visit = s.number()
		default:
			s.failed = true
		}
	})
	return !s.failed && len(s.rest) == 0 && utf8.Valid(data)
}

// scanner goes through canonical JSON. Once something is not as expected it has failed, and reads no more.
type scanner struct {
	rest   []byte
	failed bool
}

// take takes exactly the bytes that are expected.
func (s *scanner) take(expected string) bool {
	if s.failed || len(s.rest) < len(expected) || string(s.rest[:len(expected)]) != expected {
		s.failed = true
		return false
	}
	s.rest = s.rest[len(expected):]
	return true
}

// next reports whether the byte comes next, and takes it.
func (s *scanner) next(b byte) bool {
	if s.failed || len(s.rest) == 0 || s.rest[0] != b {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// object calls member behind each name, in the order of the names, none of which comes twice.
func (s *scanner) object(member func(name []byte)) {
	if !s.take("{") || s.next('}') {
		return
	}
	var before []byte
	for !s.failed {
		name := s.text()
		if before != nil && bytes.Compare(before, name) >= 0 || !s.take(":") {
			s.failed = true
			return
		}
		before = name
		member(name)
		if s.next('}') {
			return
		}
		s.take(",")
	}
}

func (s *scanner) array(element func()) {
	if !s.take("[") || s.next(']') {
		return
	}
	for !s.failed {
		element()
		if s.next(']') {
			return
		}
		s.take(",")
	}
}

// text is a string's content where that is its text: without escapes.
func (s *scanner) text() []byte {
	if !s.take(`"`) {
		return nil
	}
	for i, b := range s.rest {
		switch {
		case b == '"':
			text := s.rest[:i:i]
			s.rest = s.rest[i+1:]
			return text
		case b == '\\' || b < ' ':
			s.failed = true
			return nil
		}
	}
	s.failed = true
	return nil
}

// scalar is a text or a truth, as it stands there.
func (s *scanner) scalar() []byte {
	from := s.rest
	switch {
	case len(from) > 0 && from[0] == '"':
		s.text()
	case len(from) > 0 && from[0] == 't':
		s.take("true")
	default:
		s.take("false")
	}
	return bytes.Clone(from[:len(from)-len(s.rest)])
}

// number is a small positive one.
func (s *scanner) number() int {
	const most = 9 // digits
	n := 0
	for n < len(s.rest) && n < most && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	value, err := strconv.Atoi(string(s.rest[:n]))
	if s.failed || err != nil || s.rest[0] == '0' {
		s.failed = true
		return 0
	}
	s.rest = s.rest[n:]
	return value
}

func (s *scanner) tick() (t checklist.Tick) {
	s.take(`{"completed":`)
	if t.Completed = s.next('t'); t.Completed {
		s.take("rue")
	} else {
		s.take("false")
	}
	s.take(`,"key":`)
	t.Key = string(s.text())
	s.take("}")
	return t
}
