package audit_test

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/audit"
)

// testLog is a log with its checkpoints, as a database stores them.
type testLog struct {
	*audit.Log
	nodes  []audit.Hash
	sealed []audit.Sealed
}

func newTestLog() *testLog { return &testLog{Log: audit.NewLog(0, nil)} }

// next makes the next checkpoint, over the given heads.
func (l *testLog) next(t require.TestingT, heads []audit.Leaf, keys ...audit.Key) audit.Sealed {
	before := l.last()
	s, err := l.Seal(before, audit.Checkpoint{
		Number: before.Number + 1, Time: at.UTC().Add(time.Duration(len(l.sealed)) * time.Hour),
		Until: audit.Cursor{Position: l.Size() + 1, Entity: audit.Run("r"), Seq: 1},
		Log:   audit.LogHead{Origin: "example.com/procedo"},
	}, heads, keys)
	require.NoError(t, err)
	l.nodes, l.sealed = append(l.nodes, s.Nodes...), append(l.sealed, s)
	return s
}

// last returns the last checkpoint, or the zero Checkpoint.
func (l *testLog) last() audit.Checkpoint {
	if len(l.sealed) == 0 {
		return audit.Checkpoint{}
	}
	return l.sealed[len(l.sealed)-1].Checkpoint
}

func (l *testLog) read(positions []int64) ([]audit.Hash, error) {
	all := make([]audit.Hash, len(positions))
	for i, p := range positions {
		if p >= int64(len(l.nodes)) {
			return nil, fmt.Errorf("there is no node %d", p)
		}
		all[i] = l.nodes[p]
	}
	return all, nil
}

// proof returns the proof of a head of a checkpoint.
func (l *testLog) proof(t require.TestingT, s audit.Sealed, head int, leaf audit.Leaf) audit.Proof {
	p := audit.Proof{Checkpoint: s.Note, Index: s.HeaderIndex() + 1 + int64(head), Head: leaf.Head}
	var err error
	p.Path, err = audit.Nodes(l.read).ProveLeaf(s.Log.Size, p.Index)
	require.NoError(t, err)
	p.HeaderPath, err = audit.Nodes(l.read).ProveLeaf(s.Log.Size, s.HeaderIndex())
	require.NoError(t, err)
	return p
}

// TestALogIsTheTreeOfRFC6962 compares the log with another implementation, leaf by leaf.
func TestALogIsTheTreeOfRFC6962(t *testing.T) {
	l := newTestLog()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		all := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			all[i] = stored[at]
		}
		return all, nil
	})
	for n := range int64(200) {
		text := fmt.Sprintf("leaf %d\n", n)
		hashes, err := tlog.StoredHashes(n, []byte(text), reader)
		require.NoError(t, err)
		require.Equal(t, hashes, l.Append(text))
		stored = append(stored, hashes...)
		require.EqualValues(t, len(stored), audit.NodesOf(n+1))
		root, err := tlog.TreeHash(n+1, reader)
		require.NoError(t, err)
		require.Equal(t, root, l.Root())

		edge, err := reader(audit.EdgeOf(n + 1))
		require.NoError(t, err)
		require.Len(t, edge, bits.OnesCount64(uint64(n+1)))
		require.Equal(t, root, audit.NewLog(n+1, edge).Root())
	}
}

func TestCheckpointsOfALogAreOpenedAndFollowEachOther(t *testing.T) {
	alice, bob := key(t, "alice"), key(t, "bob")
	l := newTestLog()
	l.next(t, someLeaves(3), alice)
	l.next(t, someLeaves(2), alice, bob)
	l.next(t, someLeaves(4), bob)
	var before audit.Checkpoint
	for i, s := range l.sealed {
		opened, err := s.Note.Open()
		require.NoError(t, err)
		require.Equal(t, s.Checkpoint, opened)
		require.NoError(t, opened.Follows(before))
		require.True(t, opened.InLog())
		require.EqualValues(t, []int64{1, 5, 8}[i], opened.HeaderIndex())
		head, err := audit.ParseNoteOfLog(s.Note.Note)
		require.NoError(t, err)
		require.Equal(t, opened.Log, head)
		before = opened
	}
	first, second := l.sealed[0].Checkpoint, l.sealed[1].Checkpoint
	for message, change := range map[string]func(*audit.Checkpoint){
		"number_expected":    func(c *audit.Checkpoint) { c.Number++ },
		"log_size":           func(c *audit.Checkpoint) { c.Log.Size++ },
		"other_log":          func(c *audit.Checkpoint) { c.Log.Origin = "other" },
		"checkpoint_earlier": func(c *audit.Checkpoint) { c.Time = first.Time.Add(-time.Second) },
		"no_common_key":      func(c *audit.Checkpoint) { c.Keys = []string{bob.Public} },
		"previous_hash":      func(c *audit.Checkpoint) { c.Log, c.Previous = audit.LogHead{}, first.Hash() },
	} {
		forged := second
		change(&forged)
		require.ErrorContains(t, forged.Follows(first), message)
	}
}

// A log begins with the hash of the last checkpoint of the earlier form, so that its head vouches for that one too.
func TestALogContinuesTheCheckpointsOfEarlierReleases(t *testing.T) {
	alice := key(t, "alice")
	earlier, _ := sign(t, audit.Checkpoint{Number: 7}, alice)
	c := audit.Checkpoint{Number: 8, Time: at, Log: audit.LogHead{Origin: "o"}}
	log := audit.NewLog(0, nil)
	s, err := log.Seal(earlier, c, someLeaves(2), []audit.Key{alice})
	require.NoError(t, err)
	require.NoError(t, s.Follows(earlier))
	require.EqualValues(t, 4, s.Log.Size)
	other, _ := sign(t, audit.Checkpoint{Number: 7, Time: at.Add(time.Hour)}, alice)
	again, err := audit.NewLog(0, nil).Seal(other, c, someLeaves(2), []audit.Key{alice})
	require.NoError(t, err)
	require.NotEqual(t, s.Log.Root, again.Log.Root)
}

func TestNoChangeOfACheckpointInALogIsAccepted(t *testing.T) {
	l := newTestLog()
	s := l.next(t, someLeaves(3), key(t, "alice"), key(t, "bob"))
	p := l.proof(t, s, 1, leaf(1))
	_, err := p.Check(leaf(1).Entity)
	require.NoError(t, err)
	for i := range s.Note.Note {
		forged := p
		forged.Checkpoint.Note = s.Note.Note[:i] + string(s.Note.Note[i]^1) + s.Note.Note[i+1:]
		_, err := forged.Check(leaf(1).Entity)
		require.Error(t, err, "byte %d of the note", i)
	}
	for i := range s.Note.Header { // its root is signed, so a proof shows every change of the header
		forged := p
		forged.Checkpoint.Header = s.Note.Header[:i] + string(s.Note.Header[i]^1) + s.Note.Header[i+1:]
		_, err := forged.Check(leaf(1).Entity)
		require.Error(t, err, "byte %d of the header", i)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(s.Note.Note, "\n"), "\n")
	for i := range lines {
		without := audit.StoredNote{Note: strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")}
		_, err := without.Open()
		require.Error(t, err, "without %q", lines[i])
	}
}

func TestSignaturesOfOthersAreIgnored(t *testing.T) {
	l := newTestLog()
	s := l.next(t, someLeaves(2), key(t, "alice"))
	_, witness, _ := strings.Cut(l.next(t, someLeaves(2), key(t, "witness")).Note.Note, "\n\n")
	n := s.Note
	n.Note += witness
	opened, err := n.Open()
	require.NoError(t, err)
	require.Equal(t, s.Keys, opened.Keys)
	_, own, _ := strings.Cut(s.Note.Note, "\n\n")
	for name, added := range map[string]string{
		"its own again":      own,
		"no signature":       "x\n",
		"an unfinished line": strings.TrimSuffix(witness, "\n"),
		"too many":           strings.Repeat(witness, 64),
		"an empty line":      "\n" + witness,
		"loose base64":       strings.Replace(witness, "=\n", "\n", 1),
		"two spaces":         strings.Replace(witness, " ", "  ", 1),
	} {
		n.Note = s.Note.Note + added
		_, err := n.Open()
		require.Error(t, err, name)
	}
}

func TestProofsOfALogHoldForTheirLeafOnly(t *testing.T) {
	alice := key(t, "alice")
	rapid.Check(t, func(r *rapid.T) {
		l := newTestLog()
		for range rapid.IntRange(1, 5).Draw(r, "checkpoints") {
			l.next(r, someLeaves(rapid.IntRange(1, 20).Draw(r, "leaves")), alice)
		}
		s := rapid.SampledFrom(l.sealed).Draw(r, "checkpoint")
		i := rapid.IntRange(0, int(s.Leaves)-1).Draw(r, "head")
		p := l.proof(r, s, i, leaf(i))
		opened, err := p.Check(leaf(i).Entity)
		require.NoError(r, err)
		require.Equal(r, s.Checkpoint, opened)
		for change, forge := range map[string]func(*audit.Proof){
			"another index":           func(p *audit.Proof) { p.Index++ },
			"a negative index":        func(p *audit.Proof) { p.Index = -1 },
			"another sequence number": func(p *audit.Proof) { p.Seq++ },
			"a longer path":           func(p *audit.Proof) { p.Path = append(p.Path, audit.Genesis) },
			"no path of the header":   func(p *audit.Proof) { p.HeaderPath = nil },
			"another time":            func(p *audit.Proof) { p.Checkpoint.Header = strings.Replace(p.Checkpoint.Header, "T", "T0", 1) },
			"no header":               func(p *audit.Proof) { p.Checkpoint.Header = "" },
		} {
			forged := p
			forge(&forged)
			_, err := forged.Check(leaf(i).Entity)
			require.Error(r, err, change)
		}
		from := rapid.Int64Range(0, s.Log.Size).Draw(r, "from")
		growth, err := audit.Nodes(l.read).ProveGrowth(from, s.Log.Size)
		require.NoError(r, err)
		if from == 0 || from == s.Log.Size {
			require.Empty(r, growth)
			return
		}
		edge, err := l.read(audit.EdgeOf(from))
		require.NoError(r, err)
		require.NoError(r, tlog.CheckTree(growth, s.Log.Size, s.Log.Root, from, audit.NewLog(from, edge).Root()))
	})
}

func TestHeadsOfLogsAreParsedStrictly(t *testing.T) {
	h := audit.LogHead{Origin: "example.com/a", Size: 7, Root: tlog.RecordHash([]byte("x"))}
	back, err := audit.ParseLogHead(h.Text())
	require.NoError(t, err)
	require.Equal(t, h, back)
	lines := strings.Split(h.Text(), "\n")
	for _, bad := range []string{
		"", h.Text() + "extension\n", strings.TrimSuffix(h.Text(), "\n"), "\n7\n" + lines[2] + "\n",
		"a b\n7\n" + lines[2] + "\n", "a+b\n7\n" + lines[2] + "\n", "a\n07\n" + lines[2] + "\n",
		"a\n0\n" + lines[2] + "\n", "a\n-1\n" + lines[2] + "\n", "a\n9223372036854775807\n" + lines[2] + "\n",
		"a\n7\n" + lines[2][1:] + "\n", "a\n7\n" + strings.TrimRight(lines[2], "=") + "\n",
		strings.Repeat("a", 256) + "\n7\n" + lines[2] + "\n", "a\u200b\x00\n7\n" + lines[2] + "\n",
	} {
		_, err := audit.ParseLogHead(bad)
		require.Error(t, err, "%q", bad)
	}
}

func TestNotesAreSplitWhereOneEnds(t *testing.T) {
	l := newTestLog()
	first, second := l.next(t, someLeaves(1), key(t, "alice")), l.next(t, someLeaves(2), key(t, "alice"), key(t, "bob"))
	_, earlier := sign(t, audit.Checkpoint{}, key(t, "alice"))
	want := []string{earlier, first.Note.Note, second.Note.Note}
	for _, separator := range []string{"", "\n", "\n\n"} {
		require.Equal(t, want, audit.SplitNotes(strings.Join(want, separator)), "%q", separator)
	}
	require.Equal(t, want[1:], audit.SplitNotes("\n\n"+strings.ReplaceAll(want[1]+"\n"+want[2], "\n", "\r\n")))
	require.Empty(t, audit.SplitNotes("\n"))
}

// FuzzStoredNote checks that Open never panics, and that an opened checkpoint has the text and header of the note.
func FuzzStoredNote(f *testing.F) {
	l := newTestLog()
	s := l.next(f, someLeaves(2), key(f, "alice"))
	f.Add(s.Note.Note, s.Note.Header)
	f.Add("o\n3\nAAAA\n\n— a b\n", "checkpoint 1\n")
	f.Fuzz(func(t *testing.T, note, header string) {
		if c, err := (audit.StoredNote{Note: note, Header: header}).Open(); err == nil {
			require.True(t, strings.HasPrefix(note, c.Text()+"\n"))
			require.True(t, header == "" || header == c.Header())
		}
		audit.SplitNotes(note)
	})
}
