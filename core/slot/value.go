package slot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/jsondoc"
)

// Shape is the form in which a value is kept in memory and stored.
type Shape uint8

// The shapes. The zero Value has AbsentShape.
const (
	AbsentShape    Shape = iota // no value was given
	TextShape                   // strings, enum choices, times of day
	NumberShape                 // exact decimals
	BooleanShape                // true or false
	DateShape                   // RFC 3339 full-date
	TimestampShape              // RFC 3339 date-time, as it was given
	ListShape                   // choices of a multi_enum, in the order given
	SealedShape                 // salt and digest of a sensitive value
)

// Value is the value of a slot. It is exact: numbers are decimals, and no JSON type is converted into another.
type Value struct {
	shape Shape
	truth bool
	text  string    // for a sealed value: its hex salt followed by its hex digest
	list  *[]string // a pointer, because values are copied often and are seldom lists; nil for other shapes
}

// TextValue returns a value that holds a string.
func TextValue(s string) Value { return Value{shape: TextShape, text: s} }

// NumberValue returns a value that holds an exact decimal.
func NumberValue(d decimal.Decimal) Value { return Value{shape: NumberShape, text: string(d)} }

// BooleanValue returns a value that holds true or false.
func BooleanValue(b bool) Value { return Value{shape: BooleanShape, truth: b} }

// DateValue returns a value that holds an RFC 3339 full-date.
func DateValue(s string) Value { return Value{shape: DateShape, text: s} }

// TimestampValue returns a value that holds an RFC 3339 date-time as it is written.
func TimestampValue(s string) Value { return Value{shape: TimestampShape, text: s} }

// ListValue returns a value that holds distinct choices.
func ListValue(choices []string) Value { return Value{shape: ListShape, list: &choices} }

// SealedValue returns a value that holds the hex salt and hex digest of a sensitive value.
func SealedValue(salt, digest string) Value { return Value{shape: SealedShape, text: salt + digest} }

// Shape returns the shape of the value.
func (v Value) Shape() Shape { return v.shape }

// IsAbsent reports whether v is the zero Value: no value was given.
func (v Value) IsAbsent() bool { return v.shape == AbsentShape }

// Text returns the string, decimal, date or date-time that v holds; empty for other shapes.
func (v Value) Text() string {
	if v.shape == SealedShape {
		return ""
	}
	return v.text
}

// Bool returns the boolean that v holds; false for other shapes.
func (v Value) Bool() bool { return v.truth }

// List returns the choices that v holds; nil for other shapes. The caller must not modify them.
func (v Value) List() []string {
	if v.list == nil {
		return nil
	}
	return *v.list
}

// Seal returns the hex salt and hex digest of a sealed value; empty for other shapes.
func (v Value) Seal() (salt, digest string) {
	if v.shape != SealedShape {
		return "", ""
	}
	at := max(0, len(v.text)-hex.EncodedLen(sha256.Size))
	return v.text[:at], v.text[at:]
}

// Equal reports whether two values are equal. Numbers are compared by value, all other shapes exactly. A sealed value
// equals another with the same salt and digest. It also equals an unsealed value that gives the same digest when it is
// sealed with the same salt.
func (v Value) Equal(other Value) bool {
	if v.shape == SealedShape && other.shape != SealedShape {
		salt, _ := v.Seal()
		return other.shape != AbsentShape && other.SealedWith(salt).Identical(v)
	}
	if other.shape == SealedShape && v.shape != SealedShape {
		return other.Equal(v)
	}
	if v.shape == NumberShape && other.shape == NumberShape {
		return decimal.Decimal(v.text).Equal(decimal.Decimal(other.text))
	}
	return v.Identical(other)
}

// Identical reports whether two values have the same shape and the same content. Unlike Equal, it distinguishes 1.5
// from 1.50, and a sealed value from the unsealed one.
func (v Value) Identical(o Value) bool {
	return v.shape == o.shape && v.text == o.text && v.truth == o.truth && slices.Equal(v.List(), o.List())
}

// Canonical returns the value in the form that definitions and digests use: a number has no trailing zeros after the
// point. Other values are unchanged.
func (v Value) Canonical() Value {
	if v.shape == NumberShape {
		return NumberValue(decimal.Decimal(v.text).Canonical())
	}
	return v
}

// AppendCanonical appends the value's canonical bytes (RFC 8785). A number is a string with the decimal, a sealed
// value is {"digest":…,"salt":…} and an absent value is null.
func (v Value) AppendCanonical(dst []byte) []byte {
	switch v.shape {
	case AbsentShape:
		return append(dst, "null"...)
	case BooleanShape:
		return strconv.AppendBool(dst, v.truth)
	case ListShape:
		dst = append(dst, '[')
		for i, s := range v.List() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, s)
		}
		return append(dst, ']')
	case SealedShape:
		salt, digest := v.Seal()
		dst = appendString(append(dst, `{"digest":`...), digest)
		return append(appendString(append(dst, `,"salt":`...), salt), '}')
	default:
		return appendString(dst, v.text)
	}
}

// AppendRaw appends the value as JSON that Check accepts, with numbers as JSON numbers. For a sealed value, which Check
// cannot accept, it appends the canonical bytes.
func (v Value) AppendRaw(dst []byte) []byte {
	if v.shape == NumberShape {
		return append(dst, v.text...)
	}
	return v.AppendCanonical(dst)
}

// appendString appends s as a JSON string according to RFC 8785. Values contain only valid UTF-8, so AppendQuote cannot
// fail.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(slices.Grow(dst, len(s)+len(`""`)), s)
	return dst
}

// MarshalJSON returns the canonical bytes. The payloads of events contain values in this form.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendCanonical(nil), nil }

// Salt is 16 random bytes that are hashed together with a sensitive value. Without the salt, nobody can find the value
// by comparing the digest with those of likely values.
type Salt [16]byte

// String returns the salt in hex.
func (s Salt) String() string { return hex.EncodeToString(s[:]) }

// SealedWith returns the sealed form of the value with a hex salt: digest = hex(SHA-256(salt ‖ canonical bytes)). It
// returns a sealed or absent value unchanged. If the salt is not valid hex, only the part before the first invalid
// character is used.
func (v Value) SealedWith(salt string) Value {
	if v.shape == SealedShape || v.shape == AbsentShape {
		return v
	}
	// Trailing zeros of a number are removed before hashing, so that equal numbers have equal digests.
	return SealedValue(salt, digest(salt, v.Canonical().AppendCanonical(nil)))
}

// digest returns the digest of a hex salt and canonical bytes.
func digest(salt string, canonical []byte) string {
	raw, _ := hex.DecodeString(salt)
	sum := sha256.Sum256(append(raw, canonical...))
	return hex.EncodeToString(sum[:])
}

// SealRaw seals raw JSON that a slot refused, so that the refusal can be recorded without revealing the value.
func SealRaw(raw []byte, salt Salt) Value {
	return SealedValue(salt.String(), digest(salt.String(), raw))
}

// ReadUnchecked converts raw JSON to a value with the shape of the slot's type, without checking the constraints. It
// returns an absent value if the JSON has another type.
func (s *Slot) ReadUnchecked(raw []byte) Value {
	node, err := jsondoc.Parse(raw)
	switch {
	case err != nil || node.Kind.String() != s.traits.json:
		return Value{}
	case node.Kind == jsondoc.Bool:
		return BooleanValue(node.Bool)
	case node.Kind == jsondoc.Array:
		choices := make([]string, len(node.Items))
		for i, item := range node.Items {
			choices[i] = item.Text
		}
		return ListValue(choices)
	}
	return Value{shape: s.traits.shape, text: node.Text}
}
