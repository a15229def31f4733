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

// CheckpointFormat is the first line of a checkpoint's text.
const CheckpointFormat = "procedo-checkpoint/1"

// Checkpoint is a signed statement of the heads of all chains at one point in time. It holds the root of a Merkle tree
// over the heads that changed since the previous checkpoint, and the hash of the previous checkpoint. To verify the
// whole history before a checkpoint, it is therefore enough to keep a copy of this one checkpoint.
type Checkpoint struct {
	Number   int64 // from 1, without gaps
	Time     time.Time
	Previous string   // hash of the previous checkpoint; Genesis for the first
	Until    Cursor   // last entry of the feed that the checkpoint covers
	Leaves   int64    // number of leaves of the tree
	Root     string   // root of the tree, in hex
	Keys     []string // public keys of the signers, as C2SP verifier keys
}

// Text returns the text to be signed. Each line consists of a name and a value, in a fixed order. Each signer has a
// line "key".
func (c Checkpoint) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nnumber %d\ntime %s\nprevious %s\nuntil %s\nleaves %d\nroot %s\n",
		CheckpointFormat, c.Number, c.Time.UTC().Format(TimeFormat), c.Previous, c.Until, c.Leaves, c.Root)
	for _, k := range c.Keys {
		fmt.Fprintf(&b, "key %s\n", k)
	}
	return b.String()
}

// Hash returns the SHA-256 of the text, in hex. The next checkpoint contains this hash.
func (c Checkpoint) Hash() string {
	sum := sha256.Sum256([]byte(c.Text()))
	return hex.EncodeToString(sum[:])
}

// Sign signs the checkpoint with all keys. It returns the checkpoint with Keys set, and the signed note
// (c2sp.org/signed-note).
func (c Checkpoint) Sign(keys []Key) (Checkpoint, string, error) {
	c.Keys = nil
	signers := make([]note.Signer, len(keys))
	for i, k := range keys {
		c.Keys, signers[i] = append(c.Keys, k.Public), k.signer
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	return c, string(signed), err
}

// OpenCheckpoint parses a signed note and verifies its signatures. It returns an error if the text is not a checkpoint,
// or if the signers differ from the keys that the text names.
func OpenCheckpoint(signed string) (Checkpoint, error) {
	text, signatures, found := strings.Cut(signed, "\n\n")
	if !found {
		return Checkpoint{}, errors.New("it is not a signed note")
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
	exact := strings.Count(signatures, "\n") == len(c.Keys) // note.Open ignores repeated signatures
	for _, s := range opened.Sigs {
		_, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		exact = exact && err == nil
	}
	if !exact || opened.Text != c.Text() || len(opened.Sigs) != len(c.Keys) || len(opened.UnverifiedSigs) > 0 {
		return Checkpoint{}, errors.New("it is not signed by exactly the keys that it names")
	}
	return c, nil
}

// SignedBy reports whether one of the keys signed the checkpoint, which must come from OpenCheckpoint or Sign.
func (c Checkpoint) SignedBy(keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return slices.Contains(c.Keys, k) })
}

// Follows returns an error if the checkpoint cannot come directly after the given one. The first checkpoint follows the
// zero Checkpoint.
func (c Checkpoint) Follows(before Checkpoint) error {
	previous := Genesis
	if before.Number > 0 {
		previous = before.Hash()
	}
	switch {
	case c.Number != before.Number+1:
		return fmt.Errorf("the number should be %d", before.Number+1)
	case c.Previous != previous:
		return errors.New("it does not contain the hash of the previous checkpoint")
	case c.Time.Before(before.Time):
		return errors.New("it is earlier than the previous checkpoint")
	case before.Number > 0 && !c.SignedBy(before.Keys):
		return errors.New("it has no key in common with the previous checkpoint")
	}
	return nil
}

// parseCheckpoint parses a text in exactly the form that Text returns.
func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != CheckpointFormat {
		return c, fmt.Errorf("it is not a checkpoint: the first line is not %s", CheckpointFormat)
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
		return c, errors.Join(errors.New("it is not a well-formed checkpoint"), err)
	}
	return c, nil
}
