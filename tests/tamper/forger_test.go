package tamper

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// forger rewrites a run's trail and all that is made of it: hashes, the head in its row, the feed, the leaves, the checkpoints.
type forger struct {
	*life
	run     string
	dropped int64 // the event that is left out; 0: none
	place   int64 // where the feed had it
	events  []audit.Event
}

// forge changes one event of the run, or leaves it out where edit says so, and makes the chain whole again.
func (l *life) forge(name string, seq int64, edit func(*audit.Entry) (leaveOut bool)) *forger {
	l.Helper()
	f := &forger{life: l, run: l.runs[name]}
	stored, err := l.victim.service().RunEvents(l.Context(), f.run, 0, 1000)
	require.NoError(l, err)
	var head audit.Head
	for _, e := range stored {
		entry := audit.Entry{Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: e.Payload}
		if e.Seq == seq && edit(&entry) {
			f.dropped = seq
			continue
		}
		sealed, err := audit.Seal(audit.Run(f.run), head, entry)
		require.NoError(l, err)
		f.events, head = append(f.events, sealed), sealed.Head()
	}
	for _, e := range stored {
		l.victim.do("DELETE FROM audit_events WHERE entity_id = " + quoted(f.run) + " AND seq = " + number(e.Seq))
	}
	for _, e := range f.events {
		l.victim.do("INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, payload, canonical, prev_hash, hash) VALUES ('run', " + strings.Join([]string{
			quoted(f.run), number(e.Seq), quoted(e.Action), quoted(e.Actor), quoted(e.OccurredAt.Format(audit.TimeFormat)), quoted(string(e.Payload)), quoted(e.Canonical), quoted(e.PrevHash), quoted(e.Hash),
		}, ", ") + ")")
	}
	l.victim.do("UPDATE runs SET seq = " + number(head.Seq) + ", head_hash = " + quoted(head.Hash) + " WHERE id = " + quoted(f.run))
	return f
}

// moved is where an event stands that stood at seq.
func (f *forger) moved(seq int64) int64 {
	if f.dropped > 0 && seq >= f.dropped {
		return seq - 1
	}
	return seq
}

// feed takes the event that was left out from the feed too.
func (f *forger) feed() *forger {
	f.Helper()
	if f.dropped == 0 {
		return f
	}
	of := " WHERE entity_id = " + quoted(f.run)
	require.NoError(f, f.conn.QueryRowContext(f.Context(), "SELECT position FROM audit_feed"+of+" AND first_seq = last_seq AND last_seq = "+number(f.dropped)).Scan(&f.place))
	f.victim.do("DELETE FROM audit_feed WHERE position = " + number(f.place))
	f.victim.do("UPDATE audit_feed SET first_seq = first_seq - 1, last_seq = last_seq - 1" + of + " AND first_seq > " + number(f.dropped))
	if !f.postgres { // where a gap would tell
		f.victim.do("UPDATE audit_feed SET position = position - 1 WHERE position > " + number(f.place))
	}
	return f
}

// checkpoints makes leaves and checkpoints anew, signed with a key.
func (f *forger) checkpoints(key audit.Key) {
	f.Helper()
	ports := f.storage().App
	notes, err := ports.Checkpoints.CheckpointsAfter(f.Context(), 0, 100)
	require.NoError(f, err)
	previous := audit.Genesis
	for _, n := range notes {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(f, err)
		leaves, err := ports.Checkpoints.Leaves(f.Context(), n.Number)
		require.NoError(f, err)
		tree := audit.NewTree(nil)
		for _, l := range leaves {
			if l.Entity.ID == f.run {
				l.Seq = f.moved(l.Seq)
				l.Hash = f.events[l.Seq-1].Hash
				f.victim.do("UPDATE audit_leaves SET seq = " + number(l.Seq) + ", hash = " + quoted(l.Hash) + " WHERE number = " + number(n.Number) + " AND position = " + number(l.Index))
			}
			tree.Add(l.Leaf)
		}
		if c.Until.Entity.ID == f.run {
			c.Until.Seq = f.moved(c.Until.Seq)
		}
		if f.place > 0 && !f.postgres && c.Until.Position >= f.place {
			c.Until.Position--
		}
		c.Root, c.Previous = tree.Root(), previous
		c, note, err := c.Sign([]audit.Key{key})
		require.NoError(f, err)
		f.victim.do("UPDATE audit_checkpoints SET note = " + quoted(note) + " WHERE number = " + number(n.Number))
		previous = c.Hash()
	}
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func number(n int64) string { return audit.CheckpointID(n) }
