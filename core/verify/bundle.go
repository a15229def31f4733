package verify

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// The values of the member "format" in a bundle's document. In the first one, a checkpoint is not part of a log.
const (
	EarlierBundleFormat = "procedo-bundle/1"
	BundleFormat        = "procedo-bundle/2"
)

// Bundle holds everything that is needed to verify a run offline.
type Bundle struct {
	RunID     string
	Version   procedure.VersionRecord
	Canonical []byte // the definition's canonical bytes
	Events    []audit.Event
	Proof     *audit.Proof // proof of the latest checkpoint that covers the run; nil if there is none

	checked []audit.Checked // the events, opened and checked; nil if the bundle does not come from ReadBundle
}

// bundleDocument is the JSON form of a bundle whose events have not been parsed yet.
type bundleDocument struct {
	Format     string            `json:"format"`
	RunID      string            `json:"run_id"`
	Procedure  bundleProcedure   `json:"procedure"`
	Events     []jsontext.Value  `json:"events"`
	Checkpoint *bundleCheckpoint `json:"checkpoint,omitzero"`
}

// bundleCheckpoint is the JSON form of a proof that a checkpoint covers the run. A checkpoint that is not part of a log
// has no header.
type bundleCheckpoint struct {
	Note       string   `json:"note"`
	Header     string   `json:"header,omitempty"`
	HeaderPath []string `json:"header_path,omitempty"`
	Seq        int64    `json:"seq"`
	Hash       string   `json:"hash"`
	Index      *int64   `json:"index"`
	Path       []string `json:"path"`
}

// isComplete reports whether the proof, if there is one, has the members that its form needs.
func (c *bundleCheckpoint) isComplete() bool {
	return c == nil || c.Index != nil && c.Path != nil && (c.Header != "" || c.HeaderPath == nil)
}

// proof returns the proof; nil if there is none.
func (c *bundleCheckpoint) proof() *audit.Proof {
	if c == nil {
		return nil
	}
	return &audit.Proof{
		Checkpoint: audit.StoredNote{Note: c.Note, Header: c.Header}, Index: *c.Index,
		Head: audit.Head{Seq: c.Seq, Hash: c.Hash}, Path: c.Path, HeaderPath: c.HeaderPath,
	}
}

type bundleProcedure struct {
	ID       string `json:"id"`
	Version  int    `json:"version"`
	Digest   string `json:"digest"`
	Document string `json:"document"` // the canonical bytes
}

// ErrBundle means that a document is not a bundle.
var ErrBundle = errors.New("not a bundle")

// InParts divides the indexes from 0 to n-1 into ranges, and calls fn for each range, perhaps concurrently. fn gets the
// first index of the range, and the index that follows its last. InParts returns when all calls have returned.
type InParts func(n int, fn func(from, to int))

// ReadBundle parses a bundle's document without verifying the bundle. It calls parts to divide the parsing of the
// events. It returns ErrBundle if the document is not a bundle.
func ReadBundle(data []byte, parts InParts) (Bundle, error) {
	var d bundleDocument
	if err := audit.CheckNesting(data); err != nil {
		return Bundle{}, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return Bundle{}, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if d.Format != BundleFormat && d.Format != EarlierBundleFormat {
		return Bundle{}, fmt.Errorf("%w: format %q, want %q", ErrBundle, d.Format, BundleFormat)
	}
	if !d.Checkpoint.isComplete() {
		return Bundle{}, fmt.Errorf("%w: its checkpoint lacks a member, or has a path without a header", ErrBundle)
	}
	p := d.Procedure
	b := Bundle{
		RunID:     d.RunID,
		Version:   procedure.VersionRecord{ID: p.ID, Version: p.Version, Digest: p.Digest},
		Canonical: []byte(p.Document),
		Proof:     d.Checkpoint.proof(),
	}
	return b, b.readEvents(d.Events, parts)
}

// readEvents parses the events, and checks each event without its chain.
func (b *Bundle) readEvents(texts []jsontext.Value, parts InParts) error {
	b.Events, b.checked = make([]audit.Event, len(texts)), make([]audit.Checked, len(texts))
	errs := make([]error, len(texts))
	parts(len(texts), func(from, to int) {
		var checker audit.Checker
		for i := from; i < to; i++ {
			if errs[i] = json.Unmarshal(texts[i], &b.Events[i]); errs[i] == nil {
				b.checked[i] = checker.Check(&b.Events[i])
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

// check opens and checks the event with index i, without its chain.
func (b *Bundle) check(i int) audit.Checked {
	if b.checked != nil {
		return b.checked[i]
	}
	var checker audit.Checker
	return checker.Check(&b.Events[i])
}
