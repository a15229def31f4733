// Package verify finds changes to the audit trail and to the data that follows from it, in a database, an export or a
// bundle. It recomputes hashes, replays events and compares the result with the stored rows. It only reads.
package verify

import (
	"cmp"
	"context"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
)

// Counts are the numbers of things that a verification has checked.
type Counts struct {
	Procedures, Runs, Events, Checkpoints int

	Invalid  int                // checkpoints that are not valid, so that what they cover is not known
	Unsigned int                // events that no checkpoint covers: a copy of the database can lack them unnoticed
	Erased   int                // texts and values that were erased from the events
	Withheld []commitment.Place // places of texts and values that a bundle does not disclose
	Unread   int                // values read by conditions that could not be compared, because they are hidden
	Sealed   int                // sensitive values that could not be recomputed, because no keyset is given
	Unlisted int                // findings that were not reported because of Options.MaxFindings

	Cosigned Cosigned // the last checkpoint that a trusted witness has cosigned; zero if there is none
}

// Add adds the counts of another verification.
func (c *Counts) Add(o Counts) {
	c.Procedures += o.Procedures
	c.Runs += o.Runs
	c.Events += o.Events
	c.Checkpoints += o.Checkpoints
	c.Invalid += o.Invalid
	c.Unsigned += o.Unsigned
	c.Erased += o.Erased
	c.Withheld = append(c.Withheld, o.Withheld...)
	c.Unread += o.Unread
	c.Sealed += o.Sealed
	c.Unlisted += o.Unlisted
	if o.Cosigned.Number > c.Cosigned.Number {
		c.Cosigned = o.Cosigned
	}
}

// Options select checks in addition to those of the trails and the rows.
type Options struct {
	Trust
	// Times are those of the checkpoints, with which the times of events are compared. The zero CheckpointTimes compares
	// nothing.
	Times CheckpointTimes
	// If Rules is set, each accepted command is decided again by today's rules. A different result is a warning.
	Rules bool
	// MaxFindings limits the number of findings of one range, and so the memory that they take. 0 means no limit.
	MaxFindings int
	// Progress is called after each event of a range has been checked; it may be nil. A range with findings is checked
	// twice.
	Progress func(*audit.Event)
}

// Verifier checks a database. It is safe for concurrent use: different ranges may be checked at the same time.
type Verifier struct{ ports Ports }

// New returns a verifier that reads through the ports.
func New(p Ports) *Verifier { return &Verifier{ports: p} }

// All checks the whole database, one range after another. Each finding is reported as it is found. An error means that
// the check itself could not be carried out.
func (v *Verifier) All(ctx context.Context, o Options, report func(audit.Finding)) (Counts, error) {
	var counts Counts
	times, err := v.CheckpointTimes(ctx)
	if err != nil {
		return counts, err
	}
	o.Times = times
	err = v.EachRange(ctx, func(r audit.Range) error {
		one, err := v.Range(ctx, o, r, report)
		counts.Add(one)
		return err
	})
	if err != nil {
		return counts, err
	}
	one, err := v.Whole(ctx, o.Trust, report)
	counts.Add(one)
	return counts, err
}

// EachRange divides the database into ranges and calls fn for each range. Range checks one of them.
func (v *Verifier) EachRange(ctx context.Context, fn func(audit.Range) error) error {
	return audit.EachRange(ctx, v.ports.Trails.Bound, fn)
}

// Range checks the trails of a range: the sequence, hashes and fields of the events. It compares the events with the
// leaves of checkpoints. It also replays the events, and compares the result with the stored rows.
func (v *Verifier) Range(ctx context.Context, o Options, r audit.Range, report func(audit.Finding)) (Counts, error) {
	first, counts, err := v.checkOnce(ctx, o, r)
	if fault.Is(err, fault.Internal) { // stored data is damaged, but the database can be reached
		return v.checkEach(ctx, o, r, err, report)
	}
	if err != nil {
		return counts, err
	}
	if len(first) > 0 {
		// Rows are read before events. If a run is written in between, the check wrongly finds that its events are
		// ahead of its row. Therefore only the findings that a second check repeats word for word are reported.
		second, again, err := v.checkOnce(ctx, o, r)
		if err != nil {
			return counts, err
		}
		counts.Unlisted = min(counts.Unlisted, again.Unlisted)
		first = slices.DeleteFunc(first, func(f audit.Finding) bool { return !slices.ContainsFunc(second, f.Equal) })
	}
	for _, f := range first {
		report(f)
	}
	return counts, nil
}

// unreadable says that stored data cannot be read.
func unreadable(err error) audit.Problem { return audit.Wrong("unreadable", "cause", err.Error()) }

// checkEach checks an unreadable range entity by entity, so that only the unreadable entities remain unchecked.
func (v *Verifier) checkEach(
	ctx context.Context, o Options, r audit.Range, cause error, report func(audit.Finding),
) (counts Counts, err error) {
	for after := r.After; ; {
		id, err := v.ports.Trails.Bound(ctx, r.Type, after, 1)
		if err != nil {
			return counts, err
		}
		one := audit.Range{Type: r.Type, After: after, Through: id}
		// The last range extends to the end of r. In SQLite, ids that are not text may follow: they sort above all
		// text.
		if id <= after || r.Through != "" && id > r.Through {
			one.Through = r.Through
		}
		if one == r {
			report(audit.Finding{
				Entity:  audit.Entity{Type: r.Type, ID: cmp.Or(r.Through, "after "+r.After)},
				Problem: unreadable(cause),
			})
			return counts, nil
		}
		checked, err := v.Range(ctx, o, one, report)
		counts.Add(checked)
		if err != nil || one.Through == r.Through {
			return counts, err
		}
		after = id
	}
}

// checkOnce checks a range and returns the findings.
func (v *Verifier) checkOnce(ctx context.Context, o Options, r audit.Range) ([]audit.Finding, Counts, error) {
	c := rangeCheck{ports: v.ports, options: o, scope: r, entities: map[string]*entityCheck{}}
	read := c.readProcedures
	if r.Type == audit.RunEntity {
		read = c.readRuns
	}
	for _, step := range []func(context.Context) error{read, c.readLeaves, c.readEvents, c.finish} {
		if err := step(ctx); err != nil {
			return nil, c.counts, err
		}
	}
	return c.findings, c.counts, nil
}
