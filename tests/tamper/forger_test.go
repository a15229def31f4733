package tamper

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
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

// forged is an event that the forger edits: its hashed content, and its disclosures.
type forged struct {
	audit.Entry
	disclosures audit.Disclosures
}

// retype replaces a text in the disclosed values, and makes new commitments to them.
func (e *forged) retype(old, changed string) {
	for i, d := range e.disclosures {
		by := audit.NewCommitter(func() commitment.Salt { return d.Salt })
		value := []byte(strings.ReplaceAll(string(d.Value), old, changed))
		e.Payload = bytes.ReplaceAll(e.Payload, by.Commit(d.Place, d.Value), by.Commit(d.Place, value))
		e.disclosures[i].Value = value
	}
}

// resalt makes new commitments to the same values.
func (e *forged) resalt() {
	for i, d := range e.disclosures {
		before := audit.NewCommitter(func() commitment.Salt { return d.Salt })
		after := audit.NewCommitter(system.Random{}.Salt)
		e.Payload = bytes.ReplaceAll(e.Payload, before.Commit(d.Place, d.Value), after.Commit(d.Place, d.Value))
		e.disclosures[i] = after.Disclosures()[0]
	}
}

// seal returns the sealed event, which follows head.
func (e *forged) seal(run string, head audit.Head) (audit.Event, error) {
	e.Typed = audit.NewCommitter(system.Random{}.Salt)
	sealed, err := audit.Seal(audit.Run(run), head, e.Entry)
	sealed.Disclosures = slices.Concat(e.disclosures, e.Typed.Disclosures()).Text()
	return sealed, err
}

// hashedPayload returns the payload of an event as it was hashed, with all its commitments.
func hashedPayload(t testing.TB, e audit.Event) []byte {
	t.Helper()
	var doc struct {
		Payload jsontext.Value `json:"payload"`
	}
	require.NoError(t, json.Unmarshal([]byte(e.Canonical), &doc))
	return doc.Payload
}

// forge rewrites the trail of a run. The function edit changes the event with the given sequence number, or returns
// true to omit the event. Afterwards, the chain of hashes is intact.
func (h *history) forge(name string, seq int64, edit func(*forged) (omit bool)) *forger {
	h.Helper()
	f := &forger{history: h, run: h.runs[name]}
	var head audit.Head
	for _, e := range h.events(name) {
		entry := forged{Entry: audit.Entry{
			Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: hashedPayload(h, e),
		}}
		disclosures, err := audit.ParseDisclosures(e.Disclosures)
		require.NoError(h, err)
		entry.disclosures = disclosures
		if e.Seq == seq && edit(&entry) {
			f.omitted = seq
			continue
		}
		sealed, err := entry.seal(f.run, head)
		require.NoError(h, err)
		f.events, head = append(f.events, sealed), sealed.Head()
	}
	h.mustExec("DELETE FROM audit_events WHERE entity_id = " + quoted(f.run))
	for _, e := range f.events {
		h.mustExec(`INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at,
			disclosures, canonical, prev_hash, hash) VALUES ('run', ` + strings.Join([]string{
			quoted(f.run), number(e.Seq), quoted(e.Action), quoted(e.Actor),
			quoted(e.OccurredAt.Format(audit.TimeFormat)), quoted(e.Disclosures), quoted(e.Canonical),
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
	last, log, keys := audit.Checkpoint{}, audit.NewLog(0, nil), []audit.Key{key}
	for _, n := range notes {
		c, err := n.Open()
		require.NoError(f, err)
		leaves, err := ports.Checkpoints.Leaves(f.Context(), n.Number)
		require.NoError(f, err)
		heads := make([]audit.Leaf, 0, len(leaves))
		for _, l := range leaves {
			if l.Entity.ID == f.run {
				l.Seq = f.newSeq(l.Seq)
				l.Hash = f.events[l.Seq-1].Hash
				f.mustExec(fmt.Sprintf(
					"UPDATE audit_leaves SET seq = %d, hash = %s WHERE number = %d AND position = %d",
					l.Seq, quoted(l.Hash), n.Number, l.Index))
			}
			heads = append(heads, l.Leaf)
		}
		if c.Until.Entity.ID == f.run {
			c.Until.Seq = f.newSeq(c.Until.Seq)
		}
		if f.position > 0 && !f.postgres && c.Until.Position >= f.position {
			c.Until.Position--
		}
		if c.InLog() {
			last = f.reseal(log, last, c, heads, keys)
			continue
		}
		c.Keys, c.Root, c.Previous = audit.PublicKeys(keys), audit.NewTree(heads).Root(), audit.Genesis
		if last.Number > 0 {
			c.Previous = last.Hash()
		}
		note, err := c.Sign(keys)
		require.NoError(f, err)
		f.mustExec("UPDATE audit_checkpoints SET note = " + quoted(note) + " WHERE number = " + number(n.Number))
		last = c
	}
}

// reseal makes a checkpoint of the log anew, with its header and nodes.
func (f *forger) reseal(
	log *audit.Log, last, c audit.Checkpoint, heads []audit.Leaf, keys []audit.Key,
) audit.Checkpoint {
	f.Helper()
	position := audit.NodesOf(log.Size())
	s, err := log.Seal(last, c, heads, keys)
	require.NoError(f, err)
	f.mustExec(fmt.Sprintf("UPDATE audit_checkpoints SET note = %s, header = %s WHERE number = %d",
		quoted(s.Note.Note), quoted(s.Note.Header), s.Number))
	for i, hash := range s.Nodes {
		f.mustExec(fmt.Sprintf("UPDATE audit_nodes SET hash = '%x' WHERE position = %d", hash[:], position+int64(i)))
	}
	return s.Checkpoint
}

// quoted returns a text as an SQL literal.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func number(n int64) string { return fmt.Sprint(n) }
