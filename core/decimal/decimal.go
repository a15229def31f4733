// Package decimal holds exact decimal numbers: what a JSON number says, digit for digit, and never a float.
package decimal

import (
	"strconv"
	"strings"
)

// Bounds of a decimal: significant digits, and the exponent of its scientific notation d.ddd × 10^e.
const (
	MaxDigits   = 60
	MaxExponent = 100
)

// Decimal is an exact decimal number in plain form: no exponent, no leading or trailing zeros, "-" only before
// a number that is not zero. Two decimals are equal when their text is.
type Decimal string

// Parse reads a JSON number (RFC 8259, section 6) exactly. It refuses other text and numbers beyond
// MaxDigits or MaxExponent, judged by value: 10e100 is beyond, 0.1e101 is not; zero is zero with any exponent.
func Parse(literal string) (Decimal, bool) {
	if isPlainInteger(literal) {
		return Decimal(literal), true
	}
	n, ok := normalize(literal)
	switch e := n.point - 1; {
	case !ok:
		return "", false
	case n.digits == "":
		return "0", true
	case len(n.digits) > MaxDigits || e > MaxExponent || e < -MaxExponent:
		return "", false
	}
	return n.plain(), true
}

// SurvivesAsDouble reports whether a JSON number, read as an IEEE 754 double and written again in its shortest
// form (RFC 8785), still says the same number.
func SurvivesAsDouble(literal string) bool {
	n, ok := normalize(literal)
	f, err := strconv.ParseFloat(literal, 64)
	if !ok || err != nil {
		return false
	}
	back, _ := normalize(strconv.FormatFloat(f, 'e', -1, 64))
	if n.digits == "" {
		return back.digits == ""
	}
	return n == back
}

// isPlainInteger recognises, without allocating, the literals that are their own plain form.
func isPlainInteger(s string) bool {
	if s == "0" {
		return true
	}
	d := strings.TrimPrefix(s, "-")
	if d == "" || len(d) > MaxDigits || d[0] == '0' {
		return false
	}
	return allDigits(d)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// normal is a number as its significant digits, none for zero, and where the decimal point stands among them.
type normal struct {
	neg    bool
	digits string
	point  int
}

// normalize takes a JSON number apart. An exponent too long to be an int counts as one far out of bounds.
func normalize(s string) (normal, bool) {
	s, neg := strings.CutPrefix(s, "-")
	mantissa, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		unsigned := strings.TrimPrefix(strings.TrimPrefix(s[i+1:], "+"), "-")
		if len(s)-i-1-len(unsigned) > 1 || !allDigits(unsigned) {
			return normal{}, false
		}
		exp = clampedExponent(unsigned, s[i+1] == '-')
	}
	whole, frac, dotted := strings.Cut(mantissa, ".")
	if !allDigits(whole) || len(whole) > 1 && whole[0] == '0' || dotted && !allDigits(frac) {
		return normal{}, false
	}
	digits := strings.TrimLeft(whole+frac, "0")
	point := len(whole) + exp - (len(whole) + len(frac) - len(digits))
	return normal{neg: neg, digits: strings.TrimRight(digits, "0"), point: point}, true
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

// plain writes the number without exponent.
func (n normal) plain() Decimal {
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

// IsInteger reports whether the number has no fractional part.
func (d Decimal) IsInteger() bool { return strings.IndexByte(string(d), '.') < 0 }

// Compare orders two decimals by value: -1, 0 or 1.
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
	return strings.Compare(fracA, fracB)
}
