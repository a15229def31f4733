package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is a signed statement of the heads of all chains at one point in time. Its leaves are the heads that
// changed since the previous checkpoint. They are part of the log, whose head it signs. Because the log only grows, it
// is enough to keep a copy of one checkpoint to verify the whole history before it.
//
// Checkpoints of earlier releases are not part of a log: each has a tree of its own, and contains the hash of the
// previous one.
type Checkpoint struct {
	Number int64 // from 1, without gaps
	Time   time.Time
	Until  Cursor   // last entry of the feed that the checkpoint covers
	Leaves int64    // number of heads
	Keys   []string // public keys of the signers, as C2SP verifier keys
	Log    LogHead  // head of the log, with these leaves at its end; zero in the earlier form

	// Only in the earlier form.
	Previous string // hash of the previous checkpoint; Genesis for the first
	Root     string // root of the tree over the heads, in hex
}

// InLog reports whether the checkpoint is part of a log. It is false for those of earlier releases.
func (c Checkpoint) InLog() bool { return c.Log.Size > 0 }

// Text returns the text to be signed.
func (c Checkpoint) Text() string {
	if c.InLog() {
		return c.Log.Text()
	}
	return c.earlierText()
}

// Header returns the text of the checkpoint's first leaf in the log. It says what the signed text does not.
func (c Checkpoint) Header() string {
	return fmt.Sprintf("%s %d %s %d %s %s\n", CheckpointEntity, c.Number, c.Time.UTC().Format(TimeFormat), c.Leaves, c.Until,
		strings.Join(c.Keys, " "))
}

// HeaderIndex returns the index of the header in the log. The heads follow it.
func (c Checkpoint) HeaderIndex() int64 { return c.Log.Size - c.Leaves - 1 }

// LogLeaves returns the texts of the leaves that the checkpoint adds to the log. The first leaf of a log contains the
// hash of the last checkpoint of the earlier form.
func (c Checkpoint) LogLeaves(before Checkpoint, heads []Leaf) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !before.InLog() && !yield("previous "+before.hashOrGenesis()+"\n") || !yield(c.Header()) {
			return
		}
		for _, l := range heads {
			if !yield(l.String()) {
				return
			}
		}
	}
}

// Hash returns the SHA-256 of the text, in hex.
func (c Checkpoint) Hash() string {
	sum := sha256.Sum256([]byte(c.Text()))
	return hex.EncodeToString(sum[:])
}

func (c Checkpoint) hashOrGenesis() string {
	if c.Number == 0 {
		return Genesis
	}
	return c.Hash()
}

// Sign signs the text with all keys. It returns the signed note (c2sp.org/signed-note).
func (c Checkpoint) Sign(keys []Key) (string, error) {
	signers := make([]note.Signer, len(keys))
	for i, k := range keys {
		signers[i] = k.signer
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	return string(signed), err
}

// SignedBy reports whether one of the keys signed the checkpoint, which must have been opened or just been signed.
func (c Checkpoint) SignedBy(keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return slices.Contains(c.Keys, k) })
}

// Follows returns an error if the checkpoint cannot come directly after the given one. The first checkpoint follows the
// zero Checkpoint. That the leaves of a log are those of the checkpoint is not checked.
func (c Checkpoint) Follows(before Checkpoint) error {
	switch {
	case c.Number != before.Number+1:
		return Wrong("number_expected", "number", before.Number+1).Err()
	case c.Time.Before(before.Time):
		return Wrong("checkpoint_earlier").Err()
	case before.Number > 0 && !c.SignedBy(before.Keys):
		return Wrong("no_common_key").Err()
	case c.InLog():
		return c.continues(before)
	case before.InLog() || c.Previous != before.hashOrGenesis():
		return Wrong("previous_hash").Err()
	}
	return nil
}

// continues returns an error if a checkpoint does not continue the log at the place where the previous one ended.
func (c Checkpoint) continues(before Checkpoint) error {
	size := cmp.Or(before.Log.Size, 1) + 1 + c.Leaves
	switch {
	case before.InLog() && c.Log.Origin != before.Log.Origin:
		return Wrong("other_log", "log", c.Log.Origin, "previous", before.Log.Origin).Err()
	case c.Log.Size != size:
		return Wrong("log_size", "size", size).Err()
	}
	return nil
}
