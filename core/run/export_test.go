package run

import (
	"context"

	"github.com/procedo/procedo/core/budget"
)

// CheckSize is checkSize, which tests call with small limits.
var CheckSize = checkSize

// Taken reports whether the run took transition k of the closed step i, given that it took none of those before.
func Taken(r Run, i, k int) (taken, known bool, err error) {
	p := pathCheck{before: &r, after: &r, meta: &metadataCache{}, budget: budget.New(context.Background())}
	return p.taken(i, k)
}
