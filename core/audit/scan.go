package audit

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth limits the nesting of the JSON that scanner accepts. Payloads need less than 40 levels: the metadata of a
// run may have 32.
const maxDepth = 100

// scanner reads JSON in RFC 8785 form, which has no white space. It finds the places of commitments.
type scanner struct {
	text string
	pos  int
	path []pathStep // to the value at pos

	collects bool // commitments are added to found
	found    []foundCommitment
	places   []byte // the places of the found commitments, one after the other
}

// pathStep is the member or the element that leads to a value.
type pathStep struct {
	name  string // in quotes; empty for an element
	index int
}

// foundCommitment is a commitment in a payload.
type foundCommitment struct {
	place      [2]int // start and end in places
	digest     string // base64url
	start, end int    // of the commitment's text
}

// findCommitments reads a whole payload and sets found. It returns false if the payload is not RFC 8785 JSON.
func (s *scanner) findCommitments(payload string) bool {
	s.text, s.pos, s.path, s.collects = payload, 0, s.path[:0], true
	s.found, s.places = s.found[:0], s.places[:0]
	return s.skip() && s.pos == len(payload)
}

// place returns the JSON Pointer of a commitment. It is valid until the scanner reads another payload.
func (s *scanner) place(c foundCommitment) []byte { return s.places[c.place[0]:c.place[1]] }

// addPlace appends the JSON Pointer of the value at pos to places. It returns false if a name is not valid JSON.
func (s *scanner) addPlace() bool {
	for _, step := range s.path {
		s.places = append(s.places, '/')
		name := step.name
		if name == "" {
			s.places = strconv.AppendInt(s.places, int64(step.index), 10)
			continue
		}
		if name = name[1 : len(name)-1]; strings.ContainsAny(name, `\~/`) {
			text, err := jsontext.AppendUnquote(nil, step.name)
			if err != nil {
				return false
			}
			name = strings.ReplaceAll(strings.ReplaceAll(string(text), "~", "~0"), "/", "~1")
		}
		s.places = append(s.places, name...)
	}
	return true
}

func (s *scanner) literal(text string) bool {
	if !strings.HasPrefix(s.text[s.pos:], text) {
		return false
	}
	s.pos += len(text)
	return true
}

// next reads one byte.
func (s *scanner) next(c byte) bool {
	if s.pos >= len(s.text) || s.text[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// quoted reads the literal and a JSON string after it. It returns the string without quotes and escapes.
func (s *scanner) quoted(literal string) (string, bool) {
	if !s.literal(literal) {
		return "", false
	}
	start := s.pos
	if !s.str() {
		return "", false
	}
	raw := s.text[start:s.pos]
	if isPlain(raw) {
		return raw[1 : len(raw)-1], true
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err == nil
}

// str skips a string.
func (s *scanner) str() bool {
	if !s.next('"') {
		return false
	}
	for {
		i := strings.IndexByte(s.text[s.pos:], '"')
		if i < 0 {
			return false
		}
		s.pos += i + 1
		escapes := 0
		for s.text[s.pos-2-escapes] == '\\' {
			escapes++ // ends at the opening quote at the latest
		}
		if escapes%2 == 0 {
			return true
		}
	}
}

// skip reads one value.
func (s *scanner) skip() bool {
	if s.pos >= len(s.text) || len(s.path) > maxDepth {
		return false
	}
	switch s.text[s.pos] {
	case '{':
		return s.commitment() || s.object()
	case '[':
		return s.array()
	case '"':
		return s.str()
	}
	return s.scalar()
}

// scalar skips a number, true, false or null. Nearly all numbers have one digit.
func (s *scanner) scalar() bool {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] != ',' && s.text[s.pos] != ']' && s.text[s.pos] != '}' {
		s.pos++
	}
	switch text := s.text[start:s.pos]; {
	case text == "true", text == "false", text == "null":
		return true
	case len(text) == 1:
		return '0' <= text[0] && text[0] <= '9'
	default:
		return jsontext.Value(text).IsValid()
	}
}

// isBase64URL holds the characters of base64url.
var isBase64URL = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		is[c] = true
	}
	return is
}()

// commitment reads {"sha256":…}. No other object of a hashed payload has exactly this form, because typed values, which
// could have it, are themselves replaced by commitments.
func (s *scanner) commitment() bool {
	end := s.pos + commitmentSize
	if end > len(s.text) || !strings.HasPrefix(s.text[s.pos:], commitmentStart) ||
		s.text[end-len(commitmentEnd):end] != commitmentEnd {
		return false
	}
	digest := s.text[s.pos+len(commitmentStart) : end-len(commitmentEnd)]
	for i := range len(digest) {
		if !isBase64URL[digest[i]] {
			return false
		}
	}
	if s.collects {
		start := len(s.places)
		if !s.addPlace() {
			return false
		}
		place := [2]int{start, len(s.places)}
		s.found = append(s.found, foundCommitment{place: place, digest: digest, start: s.pos, end: end})
	}
	s.pos = end
	return true
}

func (s *scanner) object() bool {
	s.pos++
	if s.next('}') {
		return true
	}
	for {
		start := s.pos
		if !s.str() {
			return false
		}
		name := s.text[start:s.pos]
		if !s.next(':') || !s.value(pathStep{name: name}) {
			return false
		}
		if s.next('}') {
			return true
		}
		if !s.next(',') {
			return false
		}
	}
}

func (s *scanner) array() bool {
	s.pos++
	if s.next(']') {
		return true
	}
	for i := 0; ; i++ {
		if !s.value(pathStep{index: i}) {
			return false
		}
		if s.next(']') {
			return true
		}
		if !s.next(',') {
			return false
		}
	}
}

// value reads the value of a member or an element.
func (s *scanner) value(at pathStep) bool {
	s.path = append(s.path, at)
	ok := s.skip()
	s.path = s.path[:len(s.path)-1]
	return ok
}
