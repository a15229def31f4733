// Package budget bounds the work that one request may cause. The bounds are counts of work, not durations, so that the
// same input has the same outcome on every machine.
package budget

import (
	"context"

	"github.com/procedo/procedo/core/fault"
)

// The bounds of one request. Work of either kind that fills its bound takes less than about half a second.
const (
	// Conditions is the cost of all conditions that a command or a read evaluates: CEL cost units, plus one unit for
	// each recordedPerUnit bytes that events record about the conditions.
	Conditions = 200_000
	// Matching is the sum, over all patterns that are matched, of the size of the pattern in RE2 instructions times the
	// length of the text in bytes.
	Matching = 25_000_000

	recordedPerUnit = 16
)

// Budget is the work that one request may still cause. A nil *Budget has no bounds. A Budget is not safe for concurrent
// use.
type Budget struct {
	ctx                  context.Context //nolint:containedctx // a Budget belongs to one request; nil if uninterrupted
	conditions, matching int64
}

// New returns a budget for a request with the given context.
func New(ctx context.Context) *Budget {
	return &Budget{ctx: ctx, conditions: Conditions, matching: Matching}
}

// NewUninterrupted returns a budget for work that is always done to its end.
func NewUninterrupted() *Budget {
	return &Budget{conditions: Conditions, matching: Matching}
}

// Err is Interrupted for the context of the request.
func (b *Budget) Err() error {
	if b == nil || b.ctx == nil {
		return nil
	}
	return Interrupted(b.ctx)
}

// Interrupted returns an Unavailable error if ctx is cancelled, so that no further work is wanted.
func Interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
	}
	return nil
}

// Exhausted reports whether no further condition may be evaluated, because the request was cancelled or the bound is
// reached.
func (b *Budget) Exhausted() bool { return b != nil && (b.conditions <= 0 || b.Err() != nil) }

// SpendEvaluation subtracts the cost of an evaluation, in CEL cost units. It returns false if the budget does not
// suffice.
func (b *Budget) SpendEvaluation(cost uint64) bool {
	if b == nil {
		return true
	}
	b.conditions -= int64(min(cost, Conditions+1))
	return b.conditions >= 0
}

// SpendRecord subtracts the cost of recording a number of bytes about a condition in an event. It returns false if the
// budget does not suffice.
func (b *Budget) SpendRecord(bytes int) bool {
	return b.SpendEvaluation(uint64(bytes / recordedPerUnit)) //nolint:gosec // a length is not negative
}

// SpendMatch subtracts the cost of matching a text against a pattern. It returns false, and subtracts nothing, if the
// budget does not suffice.
func (b *Budget) SpendMatch(size, length int) bool {
	if b == nil {
		return true
	}
	cost := int64(size) * int64(length)
	if cost > b.matching || b.Err() != nil {
		return false
	}
	b.matching -= cost
	return true
}

// MaxMatch returns the length, in bytes, of the longest text that may still be matched against a pattern.
func (b *Budget) MaxMatch(size int) int { return int(b.matching / int64(size)) }
