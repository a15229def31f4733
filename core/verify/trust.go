package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

// Trust holds checkpoints and keys from outside the verified data. Without them, verification cannot detect that the
// whole history was rewritten together with its checkpoints.
type Trust struct {
	Kept Kept
	Keys []string // verifier keys, one of which must have signed the latest checkpoint
	// Witnesses are keys of witnesses. One of them must have cosigned a checkpoint, and no cosignature in the name of one
	// of them may be invalid.
	Witnesses []audit.WitnessKey
}

// Kept holds copies of checkpoints that were kept elsewhere. The zero value holds none.
type Kept struct {
	heads   map[int64]audit.LogHead    // by the size of the log
	earlier map[int64]audit.Checkpoint // those that are not part of a log, by number
}

// KeptCheckpoints reads kept notes. A note of a log comes without the header of its checkpoint. Therefore its
// signatures are not verified: it is trusted because it was kept. It returns a ForkError for two notes of which no
// database can have both.
func KeptCheckpoints(notes []string) (Kept, error) {
	k := newKept()
	for i, note := range notes {
		if err := k.add(note); err != nil {
			problem := audit.ProblemOf(err, "cause")
			err = audit.Wrong("note", "number", i+1, "what", problem).Err()
			if problem.Code == "two_heads" || problem.Code == "two_checkpoints" {
				err = ForkError{First: firstOfFork(notes[:i], note), Second: i, Problem: problem, err: err}
			}
			return Kept{}, err
		}
	}
	return k, nil
}

// ForkError is the error for two kept notes of the same size or number that differ: two histories were signed.
type ForkError struct {
	First, Second int // the positions of the notes, from 0
	Problem       audit.Problem
	err           error
}

func (e ForkError) Error() string { return e.err.Error() }

// Unwrap returns the problem of the second note.
func (e ForkError) Unwrap() error { return e.err }

// firstOfFork returns the position of the note with which another note cannot be kept.
func firstOfFork(notes []string, other string) int {
	return slices.IndexFunc(notes, func(note string) bool {
		k := newKept()
		return k.add(note) == nil && k.add(other) != nil
	})
}

func newKept() Kept {
	return Kept{heads: map[int64]audit.LogHead{}, earlier: map[int64]audit.Checkpoint{}}
}

func (k Kept) add(note string) error {
	if strings.HasPrefix(note, audit.EarlierFormat+"\n") {
		c, err := audit.StoredNote{Note: note}.Open()
		if err != nil {
			return err
		}
		if k.differs(c) {
			return audit.Wrong("two_checkpoints", "number", c.Number).Err()
		}
		k.earlier[c.Number] = c
		return nil
	}
	h, err := audit.ParseNoteOfLog(note)
	if err != nil {
		return err
	}
	if other, twice := k.heads[h.Size]; twice && other != h {
		return audit.Wrong("two_heads", "size", h.Size).Err()
	}
	k.heads[h.Size] = h
	return nil
}

// Empty reports whether there are no kept checkpoints.
func (k Kept) Empty() bool { return len(k.heads)+len(k.earlier) == 0 }

func (k Kept) clone() Kept { return Kept{heads: maps.Clone(k.heads), earlier: maps.Clone(k.earlier)} }

// differs reports whether another checkpoint was kept in place of the given one.
func (k Kept) differs(c audit.Checkpoint) bool {
	if c.InLog() {
		head, kept := k.heads[c.Log.Size]
		return kept && head != c.Log
	}
	earlier, kept := k.earlier[c.Number]
	return kept && earlier.Text() != c.Text()
}

// holds reports whether a checkpoint was kept.
func (k Kept) holds(c audit.Checkpoint) bool {
	_, kept := k.earlier[c.Number]
	if c.InLog() {
		_, kept = k.heads[c.Log.Size]
	}
	return kept && !k.differs(c)
}

// found removes the checkpoints that were kept in place of the given one.
func (k Kept) found(c audit.Checkpoint) {
	if c.InLog() {
		delete(k.heads, c.Log.Size)
	} else {
		delete(k.earlier, c.Number)
	}
}

// hasSize reports whether the head of a log of the given size was kept.
func (k Kept) hasSize(size int64) bool {
	_, kept := k.heads[size]
	return kept
}

// foundHead removes a head of the log that was kept.
func (k Kept) foundHead(h audit.LogHead) {
	if k.heads[h.Size] == h {
		delete(k.heads, h.Size)
	}
}

// reportMissing reports all checkpoints that have not been found.
func (k Kept) reportMissing(report func(audit.Finding)) {
	for _, number := range slices.Sorted(maps.Keys(k.earlier)) {
		report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: audit.Wrong("kept_missing")})
	}
	for _, size := range slices.Sorted(maps.Keys(k.heads)) {
		report(audit.Finding{
			Entity:  audit.Entity{Type: "log", ID: k.heads[size].Origin},
			Problem: audit.Wrong("kept_head_missing", "size", size),
		})
	}
}
