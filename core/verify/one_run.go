package verify

import (
	"context"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

// Run checks one run as Range does. It returns no counts if nothing is stored about a run with this id.
func (v *Verifier) Run(ctx context.Context, id string, o Options, report func(audit.Finding)) (Counts, error) {
	before, ok := idBefore(id)
	if !ok {
		return Counts{}, nil
	}
	only := func(f audit.Finding) {
		if f.Entity == audit.Run(id) { // ids that are no UUIDs, which only a forged trail has, may lie between the two
			report(f)
		}
	}
	r := audit.Range{Type: audit.RunEntity, After: before, Through: id}
	times, err := v.timesAround(ctx, r)
	if err != nil {
		return Counts{}, err
	}
	o.Times = times
	return v.Range(ctx, o, r, only)
}

// idBefore returns the UUID that comes before another. It returns false if the text is not a UUID in lower case, or if
// there is none before it.
func idBefore(id string) (string, bool) {
	const pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	const digits = "0123456789abcdef"
	if len(id) != len(pattern) {
		return "", false
	}
	before, borrows := []byte(id), true
	for i := len(id) - 1; i >= 0; i-- {
		at := strings.IndexByte(digits, id[i])
		switch {
		case pattern[i] == '-' && id[i] == '-':
		case pattern[i] == '-' || at < 0:
			return "", false
		case borrows && at == 0:
			before[i] = 'f'
		case borrows:
			before[i], borrows = digits[at-1], false
		}
	}
	return string(before), !borrows
}
