package app

import (
	"context"
	"slices"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

// RunVerifier verifies single runs. It is implemented by verify.Verifier.
type RunVerifier interface {
	// Run checks a run and reports each finding. It returns no counts if nothing is stored about a run with this id.
	Run(ctx context.Context, id string, o verify.Options, report func(audit.Finding)) (verify.Counts, error)
}

// RunVerification is the result of VerifyRun.
type RunVerification struct {
	At       time.Time // when the verification began
	Seq      int64     // of the last event that was verified; 0 if the run has none
	Findings []audit.Finding
	Counts   verify.Counts
	Signed   *SignedHead // nil if no checkpoint covers the run
}

// SignedHead is the head of a chain that a signed checkpoint covers.
type SignedHead struct {
	audit.Head
	Checkpoint audit.Checkpoint
}

// Valid reports whether nothing is wrong. Warnings are not.
func (v *RunVerification) Valid() bool {
	return v.Counts.Unlisted == 0 && !slices.ContainsFunc(v.Findings, func(f audit.Finding) bool { return !f.Warning })
}

// Uncovered returns the number of events that no valid checkpoint covers. Whoever can write to the database can rewrite
// these without a trace.
func (v *RunVerification) Uncovered() int64 {
	if v.Signed == nil {
		return v.Seq
	}
	return max(0, v.Seq-v.Signed.Seq)
}

const (
	maxFindings   = fault.MaxIssues
	progressBytes = 64 << 10 // size of the events that are verified between two calls of progress
)

// VerifyRun verifies a run: its trail, the rows that follow from it, and the latest checkpoint that covers it. It lists
// at most maxFindings findings. It calls progress repeatedly while it works. Its memory does not depend on the length
// of the trail.
func (s *UseCases) VerifyRun(ctx context.Context, id string, progress func()) (v RunVerification, err error) {
	ctx, begun, err := s.admit(ctx, "VerifyRun", access.Read)
	if err != nil {
		return v, err
	}
	defer begun.end(&err)
	v.At = s.ports.Clock.Now()
	// The row may be damaged or removed; that is for the verification to find.
	_, headErr := s.ports.Runs.Head(ctx, id)
	if fault.Is(headErr, fault.Unavailable) {
		return v, headErr
	}
	find := func(f audit.Finding) { v.Findings = append(v.Findings, f) }
	// The proof is read before the events, so that these reach at least to the head that the proof covers.
	if err := s.findSignedHead(ctx, id, &v, find); err != nil {
		return v, err
	}
	unreported := 0
	v.Counts, err = s.ports.Verifier.Run(ctx, id, verify.Options{
		MaxFindings: maxFindings,
		Progress: func(e *audit.Event) {
			if e.Entity == audit.Run(id) {
				v.Seq = max(v.Seq, e.Seq)
			}
			if unreported += e.Size(); unreported >= progressBytes {
				unreported = 0
				progress()
			}
		},
	}, find)
	if stopped := budget.Interrupted(ctx); stopped != nil {
		return v, stopped
	}
	if err == nil && v.Counts.Runs == 0 {
		err = fault.New(fault.NotFound, "run.not_found", nil)
	}
	return v, err
}

// findSignedHead sets the head of the run that the latest checkpoint covers. A checkpoint that is damaged, or that was
// not signed by the keys that it names, is a finding, and covers nothing.
func (s *UseCases) findSignedHead(ctx context.Context, id string, v *RunVerification, find func(audit.Finding)) error {
	run := audit.Run(id)
	proof, err := s.proof(ctx, run)
	if fault.Is(err, fault.Unavailable) {
		return err
	}
	if err == nil && proof == nil {
		return nil
	}
	var c audit.Checkpoint
	if err == nil {
		c, err = proof.Check(run)
	}
	if err != nil {
		find(audit.Finding{Entity: run, Problem: audit.Wrong("covering_invalid", "what", audit.ProblemOf(err, "cause"))})
		return nil // the error is a finding
	}
	v.Signed = &SignedHead{Head: proof.Head, Checkpoint: c}
	return nil
}
