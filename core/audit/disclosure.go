package audit

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/commitment"
)

// Disclosure is a value that somebody typed, with the salt of the commitment that stands for it in the hashed payload.
type Disclosure struct {
	Place string // JSON Pointer (RFC 6901) of the commitment, relative to the payload
	Salt  commitment.Salt
	Value jsontext.Value // in RFC 8785 form
}

// Disclosures are the disclosures of one event. Their JSON form is an object with a member {"salt":…,"value":…} for
// each place.
type Disclosures []Disclosure

// matches reports whether the digest, in base64url, is that of the disclosed value.
func (d *Disclosure) matches(digest string) bool {
	var text [digestLength]byte
	sum := commitment.Of(d.Salt, d.Value)
	base64.RawURLEncoding.Encode(text[:], sum[:])
	return string(text[:]) == digest
}

var strictEncoding = base64.RawURLEncoding.Strict()

// setSalt decodes a salt. The decoder ignores line breaks; the length of the text excludes them.
func (d *Disclosure) setSalt(text string) bool {
	var encoded [saltLength]byte
	if copy(encoded[:], text); len(text) != saltLength {
		return false
	}
	n, err := strictEncoding.Decode(d.Salt[:], encoded[:])
	return err == nil && n == len(d.Salt)
}

// Find returns the index of the disclosure for a place, or -1.
func (d Disclosures) Find(place string) int {
	return slices.IndexFunc(d, func(one Disclosure) bool { return one.Place == place })
}

// Without returns the disclosures except those for the places.
func (d Disclosures) Without(places []string) Disclosures {
	return slices.DeleteFunc(slices.Clone(d), func(one Disclosure) bool { return slices.Contains(places, one.Place) })
}

// Text returns the JSON form, sorted by place; empty if there are no disclosures.
func (d Disclosures) Text() string {
	if len(d) == 0 {
		return ""
	}
	slices.SortFunc(d, func(a, b Disclosure) int { return strings.Compare(a.Place, b.Place) })
	size := 2
	for _, one := range d {
		size += len(one.Place) + saltLength + len(one.Value) + len(`"":{"salt":"","value":},`)
	}
	text := append(make([]byte, 0, size), '{')
	for _, one := range d {
		text = appendDisclosure(text, one.Place, one.Salt[:], one.Value)
	}
	return string(append(text, '}'))
}

// appendDisclosure appends a member of the JSON form of disclosures.
func appendDisclosure[Text string | []byte](text []byte, place Text, salt, value []byte) []byte {
	if text[len(text)-1] != '{' {
		text = append(text, ',')
	}
	text, _ = jsontext.AppendQuote(text, place) // cannot fail: places are made of valid UTF-8
	text = base64.RawURLEncoding.AppendEncode(append(text, `:{"salt":"`...), salt)
	return append(append(append(text, `","value":`...), value...), '}')
}

// ErrDisclosures means that a text is not the JSON form of disclosures.
var ErrDisclosures = errors.New("the disclosures cannot be read")

// ParseDisclosures parses the form that Text returns, in any order of places.
func ParseDisclosures(text string) (Disclosures, error) {
	return appendDisclosures(nil, text, jsontext.Value(text))
}

// appendDisclosures appends the disclosures in a text. Their values lie in the given copy of the text.
func appendDisclosures(all Disclosures, text string, values jsontext.Value) (Disclosures, error) {
	if text == "" {
		return all, nil
	}
	s := scanner{text: text}
	fail := func() (Disclosures, error) {
		return nil, errors.Join(ErrDisclosures, Wrong("disclosures", "offset", s.pos).Err())
	}
	greatest := "" // of the places so far; a place behind it is a new one
	for open := "{"; ; open = "," {
		var d Disclosure
		var salt string
		var ok bool
		if d.Place, ok = s.quoted(open); !ok {
			return fail()
		}
		if salt, ok = s.quoted(`:{"salt":`); !ok || !d.setSalt(salt) || !s.literal(`,"value":`) {
			return fail()
		}
		start := s.pos
		twice := d.Place <= greatest && all.Find(d.Place) >= 0
		greatest = max(greatest, d.Place)
		if !s.skip() || !s.literal("}") || twice {
			return fail()
		}
		if d.Value = values[start : s.pos-1 : s.pos-1]; !isPlain(d.Value) && !d.Value.IsValid() {
			return fail()
		}
		all = append(all, d)
		if s.literal("}") {
			break
		}
	}
	if s.pos != len(text) {
		return fail()
	}
	return all, nil
}

// isPlain reports whether a text that scanner accepts has neither escapes nor characters beyond ASCII. The scanner does
// not look into strings; in a plain one, there is nothing that could be invalid.
func isPlain[T ~string | ~[]byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// Without returns the event without the disclosures for the places. Its hash stays the same.
func (e Event) Without(places []string) (Event, error) {
	all, err := ParseDisclosures(e.Disclosures)
	if err != nil {
		return e, err
	}
	e.Disclosures, e.claimed = all.Without(places).Text(), nil
	return e, nil
}
