// Package decimal implements exact decimal numbers. They are read from JSON numbers without going through a float.
package decimal

import (
	"errors"
	"strconv"
	"strings"
)

// The bounds of a decimal.
const (
	MaxDigits   = 60  // digits, without leading zeros and without the zeros at the end of a whole number
	MaxExponent = 100 // absolute value of the exponent e in scientific notation, d.ddd × 10^e
	MaxDecimals = 160 // digits after the point
)

// Decimal is an exact decimal number written without exponent, without superfluous leading zeros, and without "-"
// before zero. It may have trailing zeros after the point; its canonical form has none.
type Decimal string

// The errors of ParseGiven.
var (
	ErrSyntax    = errors.New("not a number")
	ErrPrecision = errors.New("more digits, or a larger exponent, than are supported")
)

// ParseGiven parses a JSON number (RFC 8259, section 6) and keeps the digits that were given: 99.50 stays 99.50, 1.50e1
// becomes 15.0, and -0.00 becomes 0.00. It returns ErrSyntax if the text is not a JSON number, and ErrPrecision if the
// number exceeds the bounds.
func ParseGiven(literal string) (Decimal, error) {
	if isPlain(literal) {
		return Decimal(literal), nil
	}
	n, ok := split(literal)
	if !ok {
		return "", ErrSyntax
	}
	if n.decimals > MaxDecimals {
		return "", ErrPrecision
	}
	zeros := max(0, n.decimals-max(0, len(n.digits)-n.point)) // trailing zeros of the fraction
	if n.digits == "" {
		return Decimal("0" + zeroFraction(n.decimals)), nil
	}
	if e := n.point - 1; len(n.digits) > MaxDigits || e > MaxExponent || e < -MaxExponent {
		return "", ErrPrecision
	}
	d := n.canonical()
	if zeros == 0 {
		return d, nil
	}
	if n.countDigits(zeros) > MaxDigits {
		return "", ErrPrecision
	}
	if strings.IndexByte(string(d), '.') < 0 {
		return d + Decimal(zeroFraction(zeros)), nil
	}
	return d + Decimal(strings.Repeat("0", zeros)), nil
}

// zeroFraction returns a decimal point followed by the given number of zeros, or "" for 0.
func zeroFraction(zeros int) string {
	if zeros == 0 {
		return ""
	}
	return "." + strings.Repeat("0", zeros)
}

// countDigits returns the number of digits of n when it is written with the given number of zeros at the end of its
// fraction.
func (n parts) countDigits(zeros int) int { return max(len(n.digits), n.point) + zeros }

// Decimals returns the number of digits after the point, trailing zeros included.
func (d Decimal) Decimals() int {
	_, fraction, _ := strings.Cut(string(d), ".")
	return len(fraction)
}

// Canonical returns the number without trailing zeros after the point. Two decimals are equal if and only if their
// canonical forms are the same text.
func (d Decimal) Canonical() Decimal {
	if strings.IndexByte(string(d), '.') < 0 {
		return d
	}
	return Decimal(strings.TrimRight(strings.TrimRight(string(d), "0"), "."))
}

// Equal reports whether two numbers have the same value.
func (d Decimal) Equal(other Decimal) bool { return d == other || d.Canonical() == other.Canonical() }

// Parse parses a JSON number (RFC 8259, section 6) into canonical form. It returns false for any other text, and for
// numbers that exceed MaxDigits or MaxExponent. The bounds apply to the value, not to its notation: 10e100 is refused,
// 0.1e101 is accepted, and zero may have any exponent.
func Parse(literal string) (Decimal, bool) {
	if isPlain(literal) {
		return Decimal(literal).Canonical(), true
	}
	n, ok := split(literal)
	switch e := n.point - 1; {
	case !ok:
		return "", false
	case n.digits == "":
		return "0", true
	case len(n.digits) > MaxDigits || e > MaxExponent || e < -MaxExponent:
		return "", false
	}
	return n.canonical(), true
}

// SurvivesAsDouble reports whether a JSON number keeps its value when it is parsed as an IEEE 754 double and written
// again in its shortest form (RFC 8785).
func SurvivesAsDouble(literal string) bool {
	n, ok := split(literal)
	f, err := strconv.ParseFloat(literal, 64)
	if !ok || err != nil {
		return false
	}
	back, _ := split(strconv.FormatFloat(f, 'e', -1, 64))
	if n.digits == "" {
		return back.digits == ""
	}
	return n.neg == back.neg && n.digits == back.digits && n.point == back.point
}

// isPlain reports whether a literal is a number that is already written like a Decimal, with at most MaxDigits digits.
// It exists for speed: BenchmarkParse/fraction takes 45 ns with it and 150 ns without.
func isPlain(s string) bool {
	unsigned, negative := strings.CutPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(unsigned, ".")
	if !allDigits(whole) || len(whole) > 1 && whole[0] == '0' || dotted && !allDigits(fraction) {
		return false
	}
	return len(whole)+len(fraction) <= MaxDigits && (!negative || strings.Trim(unsigned, "0.") != "")
}

// allDigits reports whether a text consists of one or more ASCII digits.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parts is a number split into its sign, its significant digits (empty for zero) and the position of the decimal
// point, counted from the first significant digit: 12.5 has point 2, 0.05 has point -1.
type parts struct {
	neg      bool
	digits   string
	point    int
	decimals int // digits after the point, with trailing zeros, if the number is written without exponent
}

// split splits a JSON number. A huge exponent, which might not fit an int, is replaced by a smaller one that is still
// far out of bounds.
func split(s string) (parts, bool) {
	s, neg := strings.CutPrefix(s, "-")
	mantissa, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		unsigned := strings.TrimPrefix(strings.TrimPrefix(s[i+1:], "+"), "-")
		if len(s)-i-1-len(unsigned) > 1 || !allDigits(unsigned) {
			return parts{}, false
		}
		exp = clampedExponent(unsigned, s[i+1] == '-')
	}
	whole, frac, dotted := strings.Cut(mantissa, ".")
	if !allDigits(whole) || len(whole) > 1 && whole[0] == '0' || dotted && !allDigits(frac) {
		return parts{}, false
	}
	digits := strings.TrimLeft(whole+frac, "0")
	point := len(whole) + exp - (len(whole) + len(frac) - len(digits))
	return parts{
		neg: neg, digits: strings.TrimRight(digits, "0"), point: point, decimals: max(0, len(frac)-exp),
	}, true
}

func clampedExponent(unsigned string, neg bool) int {
	const far = 1 << 40
	exp, err := strconv.Atoi(unsigned)
	if err != nil || exp > far {
		exp = far
	}
	if neg {
		return -exp
	}
	return exp
}

// canonical returns the number in canonical form.
func (n parts) canonical() Decimal {
	var b strings.Builder
	if n.neg {
		b.WriteByte('-')
	}
	switch {
	case n.point <= 0:
		b.WriteString("0.")
		b.WriteString(strings.Repeat("0", -n.point))
		b.WriteString(n.digits)
	case n.point >= len(n.digits):
		b.WriteString(n.digits)
		b.WriteString(strings.Repeat("0", n.point-len(n.digits)))
	default:
		b.WriteString(n.digits[:n.point])
		b.WriteByte('.')
		b.WriteString(n.digits[n.point:])
	}
	return Decimal(b.String())
}

// IsInteger reports whether the value of the number is an integer.
func (d Decimal) IsInteger() bool {
	_, frac, _ := strings.Cut(string(d), ".")
	return strings.Trim(frac, "0") == ""
}

// Compare returns -1 if d is less than other, 0 if they are equal, and 1 if d is greater.
func (d Decimal) Compare(other Decimal) int {
	a, negA := strings.CutPrefix(string(d), "-")
	b, negB := strings.CutPrefix(string(other), "-")
	switch {
	case negA && !negB:
		return -1
	case negB && !negA:
		return 1
	case negA:
		return compareMagnitude(b, a)
	}
	return compareMagnitude(a, b)
}

// compareMagnitude compares two decimals that have no sign.
func compareMagnitude(a, b string) int {
	wholeA, fracA, _ := strings.Cut(a, ".")
	wholeB, fracB, _ := strings.Cut(b, ".")
	if len(wholeA) != len(wholeB) {
		if len(wholeA) < len(wholeB) {
			return -1
		}
		return 1
	}
	if c := strings.Compare(wholeA, wholeB); c != 0 {
		return c
	}
	return strings.Compare(strings.TrimRight(fracA, "0"), strings.TrimRight(fracB, "0"))
}
