package cel

import (
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
)

// maxNumber is the maximum number of digits of a result, and the maximum number of digits after its point. It bounds
// the duration of one operation. Values have at most 60 digits, so only products of many values reach the limit.
const maxNumber = 1000

const numberName = "number"

// numberType is the type of exact numbers in expressions.
var numberType = types.NewObjectType(numberName, traits.AdderType, traits.SubtractorType, traits.MultiplierType,
	traits.NegatorType, traits.ComparerType)

// number is an exact decimal number: coefficient × 10^-scale. It does not change.
type number struct {
	coefficient big.Int
	scale       int         // at least 0
	words       [2]big.Word // memory for a small coefficient
}

// newNumber returns a number whose coefficient is 0 until the caller sets it.
func newNumber(scale int) *number {
	n := &number{scale: scale}
	n.coefficient.SetBits(n.words[:0])
	return n
}

// numberOf returns the number that a decimal holds.
func numberOf(d decimal.Decimal) *number {
	whole, fraction, _ := strings.Cut(string(d), ".")
	n := newNumber(len(fraction))
	if small, err := strconv.ParseInt(whole+fraction, 10, 64); err == nil {
		n.coefficient.SetInt64(small)
	} else {
		n.coefficient.SetString(whole+fraction, 10)
	}
	return n
}

// numberOfFloat returns the shortest decimal number that is parsed as f. If f comes from a JSON number of at most 15
// digits, the result equals that JSON number.
func numberOfFloat(f float64) *number {
	return numberOf(decimal.Decimal(strconv.FormatFloat(f, 'f', -1, 64)))
}

var errTooLong = &condition.Error{Reason: "digits", Params: map[string]any{"max": maxNumber}}

// maxBits is the number of bits of a number of maxNumber digits, rounded up.
const maxBits = maxNumber*10/3 + 1

// bounded returns the number, or an error if it has too many digits.
func (n *number) bounded() ref.Val {
	if n.scale > maxNumber || n.coefficient.BitLen() > maxBits {
		return types.WrapErr(errTooLong)
	}
	return n
}

// powersOfTen are 10^0 to 10^maxNumber.
var powersOfTen = func() []*big.Int {
	powers, ten := make([]*big.Int, maxNumber+1), big.NewInt(10)
	powers[0] = big.NewInt(1)
	for i := 1; i < len(powers); i++ {
		powers[i] = new(big.Int).Mul(powers[i-1], ten)
	}
	return powers
}()

// aligned returns the coefficients of two numbers at the greater of their scales, and that scale.
func aligned(a, b *number) (x, y *big.Int, scale int) {
	switch {
	case a.scale < b.scale:
		return a.shifted(b.scale - a.scale), &b.coefficient, b.scale
	case a.scale > b.scale:
		return &a.coefficient, b.shifted(a.scale - b.scale), a.scale
	}
	return &a.coefficient, &b.coefficient, a.scale
}

// shifted returns the coefficient with the given number of zeros at its end.
func (n *number) shifted(zeros int) *big.Int {
	return newNumber(0).coefficient.Mul(&n.coefficient, powersOfTen[zeros])
}

// Add returns the sum of two numbers.
func (n *number) Add(other ref.Val) ref.Val {
	o, ok := other.(*number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	x, y, scale := aligned(n, o)
	sum := newNumber(scale)
	sum.coefficient.Add(x, y)
	return sum.bounded()
}

// Subtract returns the difference of two numbers.
func (n *number) Subtract(other ref.Val) ref.Val {
	o, ok := other.(*number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	x, y, scale := aligned(n, o)
	difference := newNumber(scale)
	difference.coefficient.Sub(x, y)
	return difference.bounded()
}

// Multiply returns the product of two numbers.
func (n *number) Multiply(other ref.Val) ref.Val {
	o, ok := other.(*number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	product := newNumber(n.scale + o.scale)
	product.coefficient.Mul(&n.coefficient, &o.coefficient)
	return product.bounded()
}

// Negate returns the number with the opposite sign.
func (n *number) Negate() ref.Val {
	opposite := newNumber(n.scale)
	opposite.coefficient.Neg(&n.coefficient)
	return opposite
}

// Compare returns -1, 0 or 1 as an Int if n is less than, equal to or greater than the other number.
func (n *number) Compare(other ref.Val) ref.Val {
	o, ok := other.(*number)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(n.compare(o))
}

func (n *number) compare(o *number) int {
	x, y, _ := aligned(n, o)
	return x.Cmp(y)
}

// Equal reports whether the other value is a number of the same value.
func (n *number) Equal(other ref.Val) ref.Val {
	o, ok := other.(*number)
	return types.Bool(ok && n.compare(o) == 0)
}

// Type returns the type of exact numbers.
func (n *number) Type() ref.Type { return numberType }

// Value returns the number itself.
func (n *number) Value() any { return n }

// ConvertToNative converts the number only to *number or an interface that *number implements. No other Go type can
// hold every exact number.
func (n *number) ConvertToNative(to reflect.Type) (any, error) {
	if reflect.TypeOf(n).AssignableTo(to) {
		return n, nil
	}
	return nil, fmt.Errorf("a number cannot be converted to %s", to)
}

// ConvertToType converts the number to a text. For the type of exact numbers it returns n, and for the type of types
// it returns numberType.
func (n *number) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case numberType:
		return n
	case types.StringType:
		return types.String(n.String())
	case types.TypeType:
		return numberType
	}
	return types.WrapErr(errConversion)
}

// String returns the number without trailing zeros after the point.
func (n *number) String() string {
	digits, sign := new(big.Int).Abs(&n.coefficient).String(), ""
	if n.coefficient.Sign() < 0 {
		sign = "-"
	}
	if missing := n.scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-n.scale], strings.TrimRight(digits[len(digits)-n.scale:], "0")
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

// truncated returns the whole part of the number.
func (n *number) truncated() *number {
	whole := newNumber(0)
	whole.coefficient.Quo(&n.coefficient, powersOfTen[n.scale])
	return whole
}

// index returns the number as an Int. It returns false if the number is not whole, or too large.
func (n *number) index() (types.Int, bool) {
	whole := n.truncated()
	return types.Int(whole.coefficient.Int64()), whole.coefficient.IsInt64() && whole.compare(n) == 0
}
