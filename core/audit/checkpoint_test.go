package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/audit"
)

func key(t testing.TB, name string) audit.Key {
	t.Helper()
	private, public, err := audit.GenerateKey(strings.NewReader(strings.Repeat(name[:1], 32)), name)
	require.NoError(t, err)
	keys, err := audit.ParseKeys("# ours\n\n" + private + "\n")
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.Equal(t, public, keys[0].Public)
	require.NoError(t, audit.CheckPublic(public))
	return keys[0]
}

func leaf(i int) audit.Leaf {
	sum := sha256.Sum256([]byte{byte(i)})
	return audit.Leaf{
		Entity: audit.Run(fmt.Sprintf("run-%03d", i)),
		Head:   audit.Head{Seq: int64(i + 1), Hash: hex.EncodeToString(sum[:])},
	}
}

func someLeaves(n int) (all []audit.Leaf) {
	for i := range n {
		all = append(all, leaf(i))
	}
	return all
}

// sign signs a checkpoint in the earlier form. It sets empty fields to default values first.
func sign(t testing.TB, c audit.Checkpoint, keys ...audit.Key) (audit.Checkpoint, string) {
	t.Helper()
	if c.Root == "" {
		tree := audit.NewTree(someLeaves(3))
		c.Leaves, c.Root = tree.Count(), tree.Root()
	}
	if c.Previous == "" {
		c.Previous = audit.Genesis
	}
	if c.Number == 0 {
		c.Number = 1
	}
	if c.Time.IsZero() {
		c.Time = at
	}
	c.Keys = audit.PublicKeys(keys)
	note, err := c.Sign(keys)
	require.NoError(t, err)
	return c, note
}

// open opens a note in the earlier form.
func open(note string) (audit.Checkpoint, error) { return audit.StoredNote{Note: note}.Open() }

func TestOpenCheckpointReturnsTheSignedCheckpoint(t *testing.T) {
	until := audit.Cursor{Position: 7, Entity: audit.Run("r"), Seq: 3}
	c, note := sign(t, audit.Checkpoint{Until: until}, key(t, "alice"), key(t, "bob"))
	opened, err := open(note)
	require.NoError(t, err)
	require.Equal(t, c.Text(), opened.Text())
	require.Equal(t, until, opened.Until)
	require.True(t, opened.Time.Equal(at))
	require.Len(t, opened.Keys, 2)
	require.True(t, opened.SignedBy([]string{"x", c.Keys[1]}))
	require.False(t, opened.SignedBy([]string{"x"}))
}

func TestOpenCheckpointRefusesAnyChange(t *testing.T) {
	_, note := sign(t, audit.Checkpoint{}, key(t, "alice"), key(t, "bob"))
	for i := range note {
		forged := []byte(note)
		forged[i] ^= 1
		_, err := open(string(forged))
		require.Error(t, err, "byte %d: %q", i, forged)
	}
	lines := strings.SplitAfter(note, "\n")
	for i := range lines {
		without := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")
		if without == note {
			continue // lines[i] is the empty text after the last line feed
		}
		_, err := open(without)
		require.Error(t, err, "without %q", lines[i])
	}
	for _, junk := range []string{"", "\n\n", "x\n\n— x y\n", note + "\n", note + note} {
		_, err := open(junk)
		require.Error(t, err, junk)
	}
}

func TestRepeatedSignatureAndTooManyLeavesAreRefused(t *testing.T) {
	_, note := sign(t, audit.Checkpoint{}, key(t, "alice"))
	_, signature, _ := strings.Cut(note, "\n\n")
	_, err := open(note + signature)
	require.Error(t, err)
	_, vast := sign(t, audit.Checkpoint{Leaves: 1<<63 - 1, Root: audit.Genesis}, key(t, "alice"))
	_, err = audit.Proof{Checkpoint: audit.StoredNote{Note: vast}, Head: leaf(1).Head, Path: []string{audit.Genesis}}.Check(leaf(1).Entity)
	require.Error(t, err)
}

func TestFollowsAcceptsOnlyTheNextCheckpoint(t *testing.T) {
	alice, bob := key(t, "alice"), key(t, "bob")
	first, _ := sign(t, audit.Checkpoint{}, alice)
	require.NoError(t, first.Follows(audit.Checkpoint{}))
	second, _ := sign(t, audit.Checkpoint{Number: 2, Previous: first.Hash()}, alice, bob)
	require.NoError(t, second.Follows(first))
	third, _ := sign(t, audit.Checkpoint{Number: 3, Previous: second.Hash()}, bob)
	require.NoError(t, third.Follows(second))
	for message, c := range map[string]audit.Checkpoint{
		"number_expected":    {Number: 3, Previous: first.Hash(), Keys: first.Keys, Time: at},
		"previous_hash":      {Number: 2, Previous: second.Hash(), Keys: first.Keys, Time: at},
		"checkpoint_earlier": {Number: 2, Previous: first.Hash(), Keys: first.Keys, Time: at.Add(-time.Second)},
		"no_common_key":      {Number: 2, Previous: first.Hash(), Keys: []string{bob.Public}, Time: at},
	} {
		t.Run(message, func(t *testing.T) { require.ErrorContains(t, c.Follows(first), message) })
	}
	require.Error(t, second.Follows(audit.Checkpoint{}))
}

func TestTreeFollowsRFC6962(t *testing.T) {
	// RFC 6962, section 2.1: the hash of a leaf is SHA-256(0 ‖ text), and the hash of a node SHA-256(1 ‖ left ‖ right).
	// The leaves below a node are split at the greatest power of two that is less than their number.
	var root func(all []audit.Leaf) []byte
	root = func(all []audit.Leaf) []byte {
		if l := all[0]; len(all) == 1 {
			text := fmt.Sprintf("\x00%s %s %d %s\n", l.Entity.Type, l.Entity.ID, l.Seq, l.Hash)
			sum := sha256.Sum256([]byte(text))
			return sum[:]
		}
		k := 1
		for 2*k < len(all) {
			k *= 2
		}
		sum := sha256.Sum256(append(append([]byte{1}, root(all[:k])...), root(all[k:])...))
		return sum[:]
	}
	for n := 1; n < 40; n++ {
		require.Equal(t, hex.EncodeToString(root(someLeaves(n))), audit.NewTree(someLeaves(n)).Root(), "%d leaves", n)
	}
}

func TestProofIsValidForItsLeafOnly(t *testing.T) {
	alice := key(t, "alice")
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(r, "leaves")
		i := rapid.IntRange(0, n-1).Draw(r, "index")
		tree := audit.NewTree(someLeaves(n))
		_, note := sign(t, audit.Checkpoint{Leaves: tree.Count(), Root: tree.Root()}, alice)
		path, err := tree.Path(int64(i))
		require.NoError(r, err)
		proof := audit.Proof{Checkpoint: audit.StoredNote{Note: note}, Index: int64(i), Head: leaf(i).Head, Path: path}
		_, err = proof.Check(leaf(i).Entity)
		require.NoError(r, err)
		for _, c := range []struct {
			change string
			forge  func(*audit.Proof)
		}{
			{"another index", func(p *audit.Proof) { p.Index++ }},
			{"a negative index", func(p *audit.Proof) { p.Index = -1 }},
			{"a vast index", func(p *audit.Proof) { p.Index = 1 << 60 }},
			{"another sequence number", func(p *audit.Proof) { p.Seq++ }},
			{"another hash", func(p *audit.Proof) { p.Hash = audit.Genesis }},
			{"a longer path", func(p *audit.Proof) { p.Path = append(p.Path, audit.Genesis) }},
			{"a path with an invalid hash", func(p *audit.Proof) { p.Path = append(slices.Clone(p.Path), "x") }},
			{"an invalid note", func(p *audit.Proof) { p.Checkpoint.Note = p.Checkpoint.Note[1:] }},
		} {
			forged := proof
			c.forge(&forged)
			_, err := forged.Check(leaf(i).Entity)
			require.Error(r, err, c.change)
		}
		_, err = proof.Check(audit.Procedure(leaf(i).Entity.ID))
		require.Error(r, err)
	})
	_, err := audit.NewTree(someLeaves(2)).Path(2)
	require.Error(t, err)
}

func TestInvalidKeysAreRefusedWithoutBeingShown(t *testing.T) {
	private, public, err := audit.GenerateKey(strings.NewReader(strings.Repeat("a", 32)), "alice")
	require.NoError(t, err)
	for _, text := range []string{
		"", "# none\n", "secret", public, private + "\n" + private, private[:len(private)-4],
		strings.Replace(private, "alice", "eve", 1),
	} {
		_, err := audit.ParseKeys(text)
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), "secret")
	}
	for _, name := range []string{"", "a b", "a+b", "a\n"} {
		_, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("a", 32)), name)
		require.Error(t, err, name)
	}
	require.Error(t, audit.CheckPublic(private))
}

func TestLeavesAndCursorsAreParsedFromTheirText(t *testing.T) {
	back, err := audit.ParseLeaf(leaf(3).String())
	require.NoError(t, err)
	require.Equal(t, leaf(3), back)
	for _, bad := range []string{"", "run r 1", "run r 1 h", "run r 01 h\n", "run r x h\n", "run  r 1 h\n"} {
		_, err := audit.ParseLeaf(bad)
		require.Error(t, err, bad)
	}
	for _, c := range []audit.Cursor{{}, {Position: 9, Entity: audit.Entity{Type: "run", ID: "r"}, Seq: 2}} {
		back, err := audit.ParseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, back)
	}
	for _, bad := range []string{"", "1 run r", "01 run r 1", "1 run r 1 ", "x run r 1"} {
		_, err := audit.ParseCursor(bad)
		require.Error(t, err, bad)
	}
}

// FuzzCheckpoint checks that Open never panics, and that an opened checkpoint has the text of the note.
func FuzzCheckpoint(f *testing.F) {
	_, note := sign(f, audit.Checkpoint{}, key(f, "alice"))
	f.Add(note)
	f.Add("procedo-checkpoint/1\nnumber 1\n\n— a b\n")
	f.Fuzz(func(t *testing.T, note string) {
		if c, err := open(note); err == nil {
			require.True(t, strings.HasPrefix(note, c.Text()+"\n"))
		}
	})
}
