package slot

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/commitment"
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
	SealedShape                 // the digest of a sensitive value, or a value that is erased or withheld
)

// Value is the value of a slot. It is exact: numbers are decimals, and no JSON type is converted into another.
type Value struct {
	shape Shape
	truth bool
	text  string    // for a sealed value: its hex digest
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

// SealedValue returns a value that holds only the hex digest of a sensitive value.
func SealedValue(digest string) Value { return Value{shape: SealedShape, text: digest} }

// HiddenValue returns a value that stands for one that was erased, or withheld from a bundle. Its content is unknown.
func HiddenValue() Value { return Value{shape: SealedShape} }

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

// Digest returns the hex digest of a sealed value; empty for other shapes and for a hidden value.
func (v Value) Digest() string {
	if v.shape != SealedShape {
		return ""
	}
	return v.text
}

// Equal reports whether two values are equal. Numbers are compared by value, all other shapes exactly. A hidden value
// equals nothing.
func (v Value) Equal(other Value) bool {
	if v.shape == NumberShape && other.shape == NumberShape {
		return decimal.Decimal(v.text).Equal(decimal.Decimal(other.text))
	}
	return v.Identical(other) && (v.shape != SealedShape || v.text != "")
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
// value is {"sealed":…} with its digest, and an absent value is null.
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
		return append(appendString(append(dst, `{"sealed":`...), v.text), '}')
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

// SealedWith returns the sealed form of the value: the digest of the salt and the canonical bytes. It returns a sealed
// or absent value unchanged.
func (v Value) SealedWith(salt commitment.Salt) Value {
	if v.shape == SealedShape || v.shape == AbsentShape {
		return v
	}
	// Trailing zeros of a number are removed before hashing, so that equal numbers have equal digests.
	return SealedValue(commitment.Of(salt, v.Canonical().AppendCanonical(nil)).String())
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
