package slot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/decimal"
)

// Shape is the form in which a value is held and stored.
type Shape uint8

// The shapes. Absent is the zero Value: nothing was given.
const (
	AbsentShape    Shape = iota
	TextShape            // strings, enum choices, times of day
	NumberShape          // integers and numbers, as plain decimals
	BooleanShape         //
	DateShape            // RFC 3339 full-date
	TimestampShape       // RFC 3339 date-time, as it was given
	ListShape            // choices of a multi_enum, in the order given
	SealedShape          // a sensitive value: only its salt and digest
)

// Value is what a slot holds: exact, comparable, never coerced.
type Value struct {
	shape Shape
	truth bool
	text  string // Text, Number, Date, Timestamp; of a Sealed value its hex salt and digest, one after the other
	list  []string
}

// TextValue holds a string.
func TextValue(s string) Value { return Value{shape: TextShape, text: s} }

// NumberValue holds an exact decimal.
func NumberValue(d decimal.Decimal) Value { return Value{shape: NumberShape, text: string(d)} }

// BooleanValue holds true or false.
func BooleanValue(b bool) Value { return Value{shape: BooleanShape, truth: b} }

// DateValue holds an RFC 3339 full-date.
func DateValue(s string) Value { return Value{shape: DateShape, text: s} }

// TimestampValue holds an RFC 3339 date-time literally.
func TimestampValue(s string) Value { return Value{shape: TimestampShape, text: s} }

// ListValue holds distinct choices.
func ListValue(choices []string) Value { return Value{shape: ListShape, list: choices} }

// SealedValue holds a sensitive value's hex salt and digest.
func SealedValue(salt, digest string) Value { return Value{shape: SealedShape, text: salt + digest} }

// Shape tells the form; Absent when nothing is held.
func (v Value) Shape() Shape { return v.shape }

// IsAbsent reports that nothing was given.
func (v Value) IsAbsent() bool { return v.shape == AbsentShape }

// Text is the string, plain decimal, date or date-time literal held.
func (v Value) Text() string {
	if v.shape == SealedShape {
		return ""
	}
	return v.text
}

// Bool is the boolean held.
func (v Value) Bool() bool { return v.truth }

// List is the choices held; callers must not change it.
func (v Value) List() []string { return v.list }

// Seal gives a sealed value's hex salt and digest; nothing of another.
func (v Value) Seal() (salt, digest string) {
	if v.shape != SealedShape {
		return "", ""
	}
	at := max(0, len(v.text)-hex.EncodedLen(sha256.Size))
	return v.text[:at], v.text[at:]
}

// Equal compares numbers by value and the rest exactly. A sealed value equals another with the same seal, and
// a plain value whose digest under that salt is the same.
func (v Value) Equal(other Value) bool {
	if v.shape == SealedShape && other.shape != SealedShape {
		salt, _ := v.Seal()
		return other.shape != AbsentShape && other.SealedWith(salt).Identical(v)
	}
	if other.shape == SealedShape && v.shape != SealedShape {
		return other.Equal(v)
	}
	return v.Identical(other)
}

// Identical reports whether two values are the same in every respect: digits, order of choices, and seals.
func (v Value) Identical(o Value) bool {
	return v.shape == o.shape && v.text == o.text && v.truth == o.truth && slices.Equal(v.list, o.list)
}

// AppendCanonical appends the value's RFC 8785 bytes, numbers as plain decimal strings; a sealed value is
// {"digest":…,"salt":…}; an absent one null.
func (v Value) AppendCanonical(dst []byte) []byte {
	switch v.shape {
	case AbsentShape:
		return append(dst, "null"...)
	case BooleanShape:
		return strconv.AppendBool(dst, v.truth)
	case ListShape:
		dst = append(dst, '[')
		for i, s := range v.list {
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

// AppendRaw appends the value as JSON that Check takes: numbers as numbers. A sealed value cannot be given again.
func (v Value) AppendRaw(dst []byte) []byte {
	if v.shape == NumberShape {
		return append(dst, v.text...)
	}
	return v.AppendCanonical(dst)
}

// appendString quotes as RFC 8785 wants it. Values are valid UTF-8 by construction; what is not becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// MarshalJSON writes the canonical bytes: the form in which a value stands in an event's payload.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendCanonical(nil), nil }

// Salt is 16 random bytes that keep a sensitive value's digest from being guessed.
type Salt [16]byte

// String is the salt in hex.
func (s Salt) String() string { return hex.EncodeToString(s[:]) }

// SealedWith returns the value as {salt, digest}: digest = hex(SHA-256(salt ‖ canonical bytes)). A value that is
// sealed or absent is returned as it is; a salt that is not hex seals under the bytes it begins with.
func (v Value) SealedWith(salt string) Value {
	if v.shape == SealedShape || v.shape == AbsentShape {
		return v
	}
	return SealedValue(salt, digest(salt, v.AppendCanonical(nil)))
}

func digest(salt string, canonical []byte) string {
	raw, _ := hex.DecodeString(salt)
	sum := sha256.Sum256(append(raw, canonical...))
	return hex.EncodeToString(sum[:])
}

// SealRaw seals raw JSON text that is no value of any slot, for a refusal's record.
func SealRaw(raw []byte, salt Salt) Value {
	return SealedValue(salt.String(), digest(salt.String(), raw))
}
