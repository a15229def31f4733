package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// CheckpointFormat names the form of a checkpoint's text.
const CheckpointFormat = "procedo-checkpoint/1"

// Checkpoint says where chains ended at a moment: the root of a Merkle tree over the heads that changed since the one before it,
// whose hash it holds. So one kept checkpoint vouches for all that went before.
type Checkpoint struct {
	Number   int64 // from 1, without gaps
	Time     time.Time
	Previous string // hash of the checkpoint before it; Genesis of the first
	Until    Cursor // the feed's last entry that it covers
	Leaves   int64
	Root     string
	Keys     []string // verifier keys of all who signed
}

// Text is what is signed: lines of a name and a value in a fixed order, a line key for each signature.
func (c Checkpoint) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nnumber %d\ntime %s\nprevious %s\nuntil %s\nleaves %d\nroot %s\n",
		CheckpointFormat, c.Number, c.Time.UTC().Format(TimeFormat), c.Previous, c.Until, c.Leaves, c.Root)
	for _, k := range c.Keys {
		fmt.Fprintf(&b, "key %s\n", k)
	}
	return b.String()
}

// Hash is what the next checkpoint holds of this one: hex SHA-256 of its text. Signatures are not part of it.
func (c Checkpoint) Hash() string {
	sum := sha256.Sum256([]byte(c.Text()))
	return hex.EncodeToString(sum[:])
}

// Sign signs with every key and returns the signed note (c2sp.org/signed-note).
func (c Checkpoint) Sign(keys []Key) (Checkpoint, string, error) {
	c.Keys = nil
	signers := make([]note.Signer, len(keys))
	for i, k := range keys {
		c.Keys, signers[i] = append(c.Keys, k.Public), k.signer
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	return c, string(signed), err
}

// OpenCheckpoint reads a signed note. An error says that it is no checkpoint, or that one of the keys that it names did not sign it.
func OpenCheckpoint(signed string) (Checkpoint, error) {
	text, signatures, found := strings.Cut(signed, "\n\n")
	if !found {
		return Checkpoint{}, errors.New("not a signed note")
	}
	c, err := parseCheckpoint(text + "\n")
	if err != nil {
		return Checkpoint{}, err
	}
	verifiers := make([]note.Verifier, len(c.Keys))
	for i, key := range c.Keys {
		if verifiers[i], err = note.NewVerifier(key); err != nil {
			return Checkpoint{}, fmt.Errorf("key %q: %w", key, err)
		}
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, err
	}
	exact := strings.Count(signatures, "\n") == len(c.Keys) // a line that comes twice is dropped before we see it
	for _, s := range opened.Sigs {
		_, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		exact = exact && err == nil
	}
	if !exact || opened.Text != c.Text() || len(opened.Sigs) != len(c.Keys) || len(opened.UnverifiedSigs) > 0 {
		return Checkpoint{}, errors.New("it is not signed by exactly the keys that it names")
	}
	return c, nil
}

// SignedBy reports whether one of the keys signed an opened checkpoint.
func (c Checkpoint) SignedBy(keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return slices.Contains(c.Keys, k) })
}

// Follows says why a checkpoint cannot come right after another; nil where it can. The zero Checkpoint is before the first.
func (c Checkpoint) Follows(before Checkpoint) error {
	previous := Genesis
	if before.Number > 0 {
		previous = before.Hash()
	}
	switch {
	case c.Number != before.Number+1:
		return fmt.Errorf("follows checkpoint %d", before.Number)
	case c.Previous != previous:
		return errors.New("does not hold the hash of the checkpoint before it")
	case c.Time.Before(before.Time):
		return errors.New("is earlier than the checkpoint before it")
	case before.Number > 0 && !c.SignedBy(before.Keys):
		return errors.New("has no key in common with the checkpoint before it")
	}
	return nil
}

// parseCheckpoint takes exactly what Text writes.
func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != CheckpointFormat {
		return c, fmt.Errorf("not a checkpoint: want %s", CheckpointFormat)
	}
	fields := map[string]string{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, " ")
		if name == "key" {
			c.Keys = append(c.Keys, value)
		}
		fields[name] = value
	}
	errs := make([]error, 4)
	c.Number, errs[0] = strconv.ParseInt(fields["number"], 10, 64)
	c.Time, errs[1] = ParseTime(fields["time"])
	c.Until, errs[2] = ParseCursor(fields["until"])
	c.Leaves, errs[3] = strconv.ParseInt(fields["leaves"], 10, 64)
	c.Previous, c.Root = fields["previous"], fields["root"]
	if err := errors.Join(errs...); err != nil || c.Text() != text || c.Number < 1 || c.Leaves < 1 {
		return c, errors.Join(errors.New("not a checkpoint in the form in which it is written"), err)
	}
	return c, nil
}
