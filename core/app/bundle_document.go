package app

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
)

// BundleFormat names the form of a bundle's document.
const BundleFormat = "procedo-bundle/1"

type bundleOf[E any] struct {
	Format     string            `json:"format"`
	RunID      string            `json:"run_id"`
	Procedure  bundleProcedure   `json:"procedure"`
	Events     []E               `json:"events"`
	Checkpoint *bundleCheckpoint `json:"checkpoint,omitzero"`
}

// A bundle's document, and one of which the events have not been read yet.
type (
	bundleDocument = bundleOf[audit.Event]
	bundleText     = bundleOf[jsontext.Value]
)

// bundleCheckpoint is the run's proof.
type bundleCheckpoint struct {
	Note  string   `json:"note"`
	Seq   int64    `json:"seq"`
	Hash  string   `json:"hash"`
	Index int64    `json:"index"`
	Path  []string `json:"path"`
}

type bundleProcedure struct {
	ID       string `json:"id"`
	Version  int    `json:"version"`
	Digest   string `json:"digest"`
	Document string `json:"document"` // the canonical bytes
}

// MarshalJSON writes the bundle's document.
func (b Bundle) MarshalJSON() ([]byte, error) {
	var checkpoint *bundleCheckpoint
	if p := b.Proof; p != nil {
		checkpoint = &bundleCheckpoint{Note: p.Note, Seq: p.Seq, Hash: p.Hash, Index: p.Index, Path: p.Path}
	}
	return json.Marshal(bundleDocument{
		Format: BundleFormat, RunID: b.RunID, Events: b.Events, Checkpoint: checkpoint,
		Procedure: bundleProcedure{ID: b.Version.ID, Version: b.Version.Version, Digest: b.Version.Digest, Document: string(b.Canonical)},
	})
}

// ErrBundle says that a document is no bundle.
var ErrBundle = errors.New("not a bundle")

// InParts does what is to be done with n things, parts of them perhaps at once, and returns when all is done.
type InParts func(n int, do func(from, to int))

// ReadBundle reads a bundle's document, or returns ErrBundle; whether it is true is VerifyBundle's business.
func ReadBundle(data []byte, parts InParts) (Bundle, error) {
	var d bundleText
	if err := json.Unmarshal(data, &d); err != nil {
		return Bundle{}, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if d.Format != BundleFormat {
		return Bundle{}, fmt.Errorf("%w: format %q, want %q", ErrBundle, d.Format, BundleFormat)
	}
	p := d.Procedure
	var proof *audit.Proof
	if c := d.Checkpoint; c != nil {
		proof = &audit.Proof{Note: c.Note, Index: c.Index, Head: audit.Head{Seq: c.Seq, Hash: c.Hash}, Path: c.Path}
	}
	b := Bundle{Proof: proof, RunID: d.RunID, Version: VersionRecord{ID: p.ID, Version: p.Version, Digest: p.Digest}, Canonical: []byte(p.Document)}
	return b, b.readEvents(d.Events, parts)
}

// readEvents reads events, and looks for what is wrong with each by itself.
func (b *Bundle) readEvents(texts []jsontext.Value, parts InParts) error {
	b.Events, b.flaws = make([]audit.Event, len(texts)), make([][]string, len(texts))
	errs := make([]error, len(texts))
	parts(len(texts), func(from, to int) {
		var checker audit.Checker
		for i := from; i < to; i++ {
			if errs[i] = json.Unmarshal(texts[i], &b.Events[i]); errs[i] == nil {
				b.flaws[i] = checker.Flaws(&b.Events[i])
			}
		}
	})
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%w: event %d: %w", ErrBundle, i+1, err)
		}
	}
	return nil
}

// VerifyBundle checks a bundle by itself: the definition's digest, the chain, that the events fold, and the checkpoint that it holds.
// It needs no storage.
func VerifyBundle(b Bundle, language condition.Language, v Verification, report func(audit.Finding)) Verified {
	done := Verified{Runs: 1, Events: len(b.Events)}
	find := func(seq int64, problem string) {
		report(audit.Finding{Entity: audit.Run(b.RunID), Seq: seq, Problem: problem})
	}
	version, err := Compile(b.Version, b.Canonical, language)
	if err != nil {
		find(0, err.Error())
	} else if version.ID != b.Version.ID {
		find(0, fmt.Sprintf("definition is of procedure %s, not %s", version.ID, b.Version.ID))
	}
	if len(b.Events) == 0 {
		find(0, "no events")
	}
	chain, told := audit.Chain{Entity: audit.Run(b.RunID)}, runVerifier{fold: NewFold(version, b.RunID)}
	if v.Rules && version != nil {
		told.rules = newRules(version, nil, func(seq int64, problem string) {
			report(audit.Finding{Entity: audit.Run(b.RunID), Seq: seq, Problem: problem, Warning: true})
		})
	}
	for i := range b.Events {
		e := &b.Events[i]
		for _, f := range chain.Link(e, b.flawsOf(i)) {
			report(f)
		}
		told.next(e, find)
	}
	if told.rules != nil {
		told.rules.end(chain.Head().Seq)
	}
	if b.Proof != nil || len(v.Kept) > 0 || len(v.Keys) > 0 {
		done.Checkpoints = b.checkProof(v.Trust, find)
	}
	return done
}

// flawsOf is what is wrong with an event by itself.
func (b *Bundle) flawsOf(i int) []string {
	if b.flaws != nil {
		return b.flaws[i]
	}
	var checker audit.Checker
	return checker.Flaws(&b.Events[i])
}

// checkProof holds the checkpoint's proof against the events, and the checkpoint against what is believed.
func (b Bundle) checkProof(t Trust, find func(int64, string)) (checked int) {
	if b.Proof == nil {
		find(0, "it holds no checkpoint")
		return 0
	}
	c, err := b.Proof.Check(audit.Run(b.RunID))
	if err != nil {
		find(0, "its checkpoint: "+err.Error())
		return 1
	}
	if n := b.Proof.Seq; n < 1 || n > int64(len(b.Events)) || b.Events[n-1].Hash != b.Proof.Hash {
		find(n, "it is not the event that the checkpoint covers")
	}
	kept, ok := t.Kept[c.Number]
	switch {
	case len(t.Kept) > 0 && !ok:
		find(0, fmt.Sprintf("its checkpoint, number %d, is not among those that were kept", c.Number))
	case ok && kept.Text() != c.Text():
		find(0, fmt.Sprintf("its checkpoint, number %d, is not the one that was kept", c.Number))
	}
	if len(t.Keys) > 0 && !c.SignedBy(t.Keys) {
		find(0, fmt.Sprintf("its checkpoint, number %d, is not signed by a trusted key", c.Number))
	}
	return 1
}
