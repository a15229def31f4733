package cel_test

import (
	"math/big"
	"strings"

	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/condition"
)

func newRat() *big.Rat { return new(big.Rat) }

func rat(decimal string) *big.Rat {
	r, _ := newRat().SetString(decimal)
	return r
}

// plain formats a number as a decimal without trailing zeros. The number must have a finite decimal expansion.
func plain(r *big.Rat) string {
	const decimals = 50 // more than the numbers of the tests have
	return strings.TrimRight(strings.TrimRight(r.FloatString(decimals), "0"), ".")
}

// requireResult requires that an expression has the result. The expression must not read any values.
func requireResult(t *rapid.T, scope condition.Scope, source string, want bool) {
	e, findings := scope.Compile(3, source)
	if len(findings) > 0 {
		t.Fatalf("%s: %v", source, findings)
	}
	if got, constant := e.Constant(); !constant || got != want {
		t.Fatalf("%s is %t", source, got)
	}
}
