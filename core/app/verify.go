package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// Verified counts what a verification looked at.
type Verified struct {
	Procedures, Runs, Events, Checkpoints int
}

// Add adds what another verification looked at.
func (v *Verified) Add(o Verified) {
	v.Procedures, v.Runs, v.Events, v.Checkpoints = v.Procedures+o.Procedures, v.Runs+o.Runs, v.Events+o.Events, v.Checkpoints+o.Checkpoints
}

// Verification says what is checked beside the trails and their rows.
type Verification struct {
	Trust
	// Rules asks today's rules what they would decide, and reports as warnings where that is something else.
	Rules bool
}

// Verify checks all of storage, one part after another. Each finding is reported as it comes. An error means that checking itself
// failed.
func (s *Service) Verify(ctx context.Context, v Verification, report func(audit.Finding)) (Verified, error) {
	var done Verified
	err := s.EachRange(ctx, func(st Range) error {
		one, err := s.VerifyRange(ctx, v, st, report)
		done.Add(one)
		return err
	})
	if err != nil {
		return done, err
	}
	one, err := s.VerifyWhole(ctx, v.Trust, report)
	done.Add(one)
	return done, err
}

// VerifyStretch checks the trails of a range: sequence, hashes, copies; then folds the events and compares the result with the
// stored rows, and with what checkpoints say. Different ranges may be checked at once.
func (s *Service) VerifyRange(ctx context.Context, v Verification, st Range, report func(audit.Finding)) (Verified, error) {
	first, done, err := s.checkOnce(ctx, v, st)
	if fault.Is(err, fault.Internal) { // rows that make no sense, not a database that is away
		return s.checkEach(ctx, v, st, err, report)
	}
	if err != nil {
		return done, err
	}
	if len(first) > 0 {
		// Rows are read before events: a run that went on in between looks as if it were ahead of its row. A second look finds
		// what is wrong again, in the same words; and what was only in motion it does not, since the words tell how far it was.
		second, _, err := s.checkOnce(ctx, v, st)
		if err != nil {
			return done, err
		}
		first = slices.DeleteFunc(first, func(f audit.Finding) bool { return !slices.Contains(second, f) })
	}
	for _, f := range first {
		report(f)
	}
	return done, nil
}

const cannotBeRead = "what is stored cannot be read: "

// oneByOne checks each entity of a range that cannot be read by itself, so that only what cannot be read is not checked.
func (s *Service) checkEach(ctx context.Context, v Verification, st Range, unread error, report func(audit.Finding)) (done Verified, err error) {
	for after := st.After; ; {
		id, err := s.Scan.Bound(ctx, st.Type, after, 1)
		if err != nil {
			return done, err
		}
		one := Range{Type: st.Type, After: after, Through: id}
		if id <= after || st.Through != "" && id > st.Through { // also where ids are no texts, which SQLite sorts above all of them
			one.Through = st.Through
		}
		if one == st {
			report(audit.Finding{Entity: audit.Entity{Type: st.Type, ID: cmp.Or(st.Through, "after "+st.After)}, Problem: cannotBeRead + unread.Error()})
			return done, nil
		}
		checked, err := s.VerifyRange(ctx, v, one, report)
		done.Add(checked)
		if err != nil || one.Through == st.Through {
			return done, err
		}
		after = id
	}
}

// lookAt goes once through a range.
func (s *Service) checkOnce(ctx context.Context, v Verification, st Range) ([]audit.Finding, Verified, error) {
	sw := rangeCheck{service: s, verification: v, scope: st, entities: map[string]*entity{}}
	if st.Type == audit.RunEntity {
		if err := sw.runs(ctx); err != nil {
			return nil, sw.counts, err
		}
	} else if err := sw.procedures(ctx); err != nil {
		return nil, sw.counts, err
	}
	err := sw.leaves(ctx)
	if err == nil {
		err = sw.events(ctx)
	}
	if err == nil {
		err = sw.finish(ctx)
	}
	return sw.findings, sw.counts, err
}
