package verify

import (
	"bytes"
	"io"
	"iter"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
)

// MarshalJSON returns the bundle's document.
func (b Bundle) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	err := b.Write(&out, func(yield func(audit.Event, error) bool) {
		for _, e := range b.Events {
			if !yield(e, nil) {
				return
			}
		}
	})
	return out.Bytes(), err
}

// Write writes the bundle's document with the given events in place of b.Events. It holds one event at a time: it asks
// for the next event when the one before it is written. An error of the events ends the document early.
func (b Bundle) Write(to io.Writer, events iter.Seq2[audit.Event, error]) error {
	start, end, err := b.frame()
	if err != nil {
		return err
	}
	if _, err := to.Write(start); err != nil {
		return err
	}
	separator := ""
	for e, err := range events {
		if err != nil {
			return err
		}
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(to, separator); err != nil {
			return err
		}
		if _, err := to.Write(text); err != nil {
			return err
		}
		separator = ","
	}
	_, err = to.Write(end)
	return err
}

// frame returns the parts of the bundle's document before and after its events.
func (b Bundle) frame() (start, end []byte, err error) {
	d := bundleDocument{
		Format: BundleFormat, RunID: b.RunID, Procedure: bundleProcedure{
			ID: b.Version.ID, Version: b.Version.Version, Digest: b.Version.Digest, Document: string(b.Canonical),
		},
	}
	if p := b.Proof; p != nil {
		d.Checkpoint = &bundleCheckpoint{
			Note: p.Checkpoint.Note, Header: p.Checkpoint.Header, HeaderPath: p.HeaderPath,
			Seq: p.Seq, Hash: p.Hash, Index: &p.Index, Path: p.Path,
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, nil, err
	}
	const noEvents = `"events":[`
	middle := bytes.LastIndex(text, []byte(noEvents+"]")) + len(noEvents)
	return text[:middle], text[middle:], nil
}
