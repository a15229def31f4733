package tamper

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// forger changes an event of a run and then everything that depends on it: the hashes, the head in the run's row, the
// feed, the checkpoints and their leaves.
type forger struct {
	*history
	run      string
	omitted  int64 // sequence number of the omitted event; 0 for none
	position int64 // position of the omitted event in the feed
	events   []audit.Event
}

// forge rewrites the trail of a run. It calls edit to change the event with the given sequence number. If edit returns
// true, the event is omitted. Afterwards, the chain of hashes is intact.
func (h *history) forge(name string, seq int64, edit func(*audit.Entry) (omit bool)) *forger {
	h.Helper()
	f := &forger{history: h, run: h.runs[name]}
	stored, err := h.newService().RunEvents(h.Context(), f.run, 0, 1000)
	require.NoError(h, err)
	var head audit.Head
	for _, e := range stored {
		entry := audit.Entry{Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: e.Payload}
		if e.Seq == seq && edit(&entry) {
			f.omitted = seq
			continue
		}
		sealed, err := audit.Seal(audit.Run(f.run), head, entry)
		require.NoError(h, err)
		f.events, head = append(f.events, sealed), sealed.Head()
	}
	h.mustExec("DELETE FROM audit_events WHERE entity_id = " + quoted(f.run))
	for _, e := range f.events {
		h.mustExec(`INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, payload,
			canonical, prev_hash, hash) VALUES ('run', ` + strings.Join([]string{
			quoted(f.run), number(e.Seq), quoted(e.Action), quoted(e.Actor),
			quoted(e.OccurredAt.Format(audit.TimeFormat)), quoted(string(e.Payload)), quoted(e.Canonical),
			quoted(e.PrevHash), quoted(e.Hash),
		}, ", ") + ")")
	}
	refusals, last := 0, f.events[len(f.events)-1].OccurredAt
	for _, e := range f.events {
		if strings.HasSuffix(e.Action, "_refused") {
			refusals++
		}
	}
	h.mustExec(fmt.Sprintf("UPDATE runs SET seq = %d, head_hash = %s, refusals = %d, last_event_at = %s WHERE id = %s",
		head.Seq, quoted(head.Hash), refusals, quoted(last.Format(audit.TimeFormat)), quoted(f.run)))
	return f
}

// newSeq returns the sequence number that an event has after the forgery.
func (f *forger) newSeq(seq int64) int64 {
	if f.omitted > 0 && seq >= f.omitted {
		return seq - 1
	}
	return seq
}

// feed removes the omitted event from the feed and renumbers the later entries.
func (f *forger) feed() *forger {
	f.Helper()
	if f.omitted == 0 {
		return f
	}
	entries := "entity_id = " + quoted(f.run)
	require.NoError(f, f.conn.QueryRowContext(f.Context(), fmt.Sprintf(
		"SELECT position FROM audit_feed WHERE %s AND first_seq = last_seq AND last_seq = %d", entries, f.omitted,
	)).Scan(&f.position))
	f.mustExec("DELETE FROM audit_feed WHERE position = " + number(f.position))
	f.mustExec(fmt.Sprintf("UPDATE audit_feed SET first_seq = first_seq - 1, last_seq = last_seq - 1 "+
		"WHERE %s AND first_seq > %d", entries, f.omitted))
	if !f.postgres { // on SQLite, positions have no gaps
		f.mustExec("UPDATE audit_feed SET position = position - 1 WHERE position > " + number(f.position))
	}
	return f
}

// checkpoints updates the leaves and the checkpoints, and signs the checkpoints with a key.
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
				l.Seq = f.newSeq(l.Seq)
				l.Hash = f.events[l.Seq-1].Hash
				f.mustExec(fmt.Sprintf(
					"UPDATE audit_leaves SET seq = %d, hash = %s WHERE number = %d AND position = %d",
					l.Seq, quoted(l.Hash), n.Number, l.Index))
			}
			tree.Add(l.Leaf)
		}
		if c.Until.Entity.ID == f.run {
			c.Until.Seq = f.newSeq(c.Until.Seq)
		}
		if f.position > 0 && !f.postgres && c.Until.Position >= f.position {
			c.Until.Position--
		}
		c.Root, c.Previous = tree.Root(), previous
		c, note, err := c.Sign([]audit.Key{key})
		require.NoError(f, err)
		f.mustExec("UPDATE audit_checkpoints SET note = " + quoted(note) + " WHERE number = " + number(n.Number))
		previous = c.Hash()
	}
}

// quoted returns a text as an SQL literal.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func number(n int64) string { return fmt.Sprint(n) }
