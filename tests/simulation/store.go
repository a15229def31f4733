package simulation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// store is a database in memory. Only the scheduler touches it, so that each of its methods is one atomic effect.
type store struct {
	runs       map[string]*storedRun
	procedures map[string]*storedProcedure
	receipts   map[app.ReceiptKey]app.Receipt
	feed       []feedEntry
	list       audit.Head

	lastReceipt *app.Receipt // that was written since the law was checked

	plant   Plant
	planted func() bool // reports whether the planted fault happens now
}

// storedRun is a run with its rows and its trail.
type storedRun struct {
	own    projection.RunRow
	rows   projection.Rows
	events []audit.Event
	locked *actor // the writer that holds the row's lock
	erased int    // erasures
}

// storedProcedure is a procedure with its versions, oldest first, and its trail.
type storedProcedure struct {
	record   procedure.Record
	versions []storedVersion
	events   []audit.Event
}

type storedVersion struct {
	procedure.VersionRecord
	canonical []byte
	tables    []projection.Table
}

// feedEntry are the events of one entity that one change has written.
type feedEntry struct {
	audit.Entity
	first, last int64
}

func newStore(plant Plant, planted func() bool) *store {
	return &store{
		runs: map[string]*storedRun{}, procedures: map[string]*storedProcedure{},
		receipts: map[app.ReceiptKey]app.Receipt{}, plant: plant, planted: planted,
	}
}

// appendRun writes a change of a run, or nothing.
func (s *store) appendRun(w *storage.RunWrite) error {
	c := &w.Change
	stored, known := s.runs[w.Row.ID]
	before := audit.Head{Seq: c.Before.Seq, Hash: c.PrevHash()}
	switch {
	case !known && c.Before.Seq == 0:
		stored = &storedRun{}
	case s.plant == LostUpdate && known && s.planted():
	case !known || c.Before.Seq == 0 || stored.own.Head != before:
		return app.ErrMoved
	}
	if s.plant == LostBatch && s.planted() {
		return nil
	}
	rows, err := applied(stored.rows, w.Rows)
	if err != nil {
		return fault.From(err)
	}
	if err := s.writeReceipt(c.Receipt); err != nil {
		return err
	}
	if s.plant == PlainSecret && c.Receipt != nil && len(c.PlainValues) > 0 && s.planted() {
		leaking := *c.Receipt
		leaking.Reply.Location = c.PlainValues[0].Value.Text()
		s.receipts[leaking.ReceiptKey], s.lastReceipt = leaking, &leaking
	}
	own := w.Row
	if c.Before.Seq > 0 && !c.Erases { // only an erasure writes the texts of a run again
		own.UserID, own.Reference, own.Metadata = stored.own.UserID, stored.own.Reference, stored.own.Metadata
		own.Erased = stored.own.Erased
	}
	s.runs[own.ID] = stored
	events := c.Events
	switch torn := s.plant == TornAppend && s.planted(); {
	case torn && len(events) > 1:
		events = events[:len(events)/2]
	case torn:
		s.write(&stored.events, events)
		return nil
	}
	stored.own, stored.rows = own, rows
	s.write(&stored.events, events)
	if c.Erases {
		s.erase(stored, c)
	}
	return nil
}

// write appends events to a trail, and their entry to the feed.
func (s *store) write(trail *[]audit.Event, events []audit.Event) {
	*trail = append(*trail, events...)
	first, last := events[0], events[len(events)-1]
	s.feed = append(s.feed, feedEntry{Entity: first.Entity, first: first.Seq, last: last.Seq})
}

// erase writes what an erasure changes besides rows: disclosures, and the receipts of the run.
func (s *store) erase(r *storedRun, c *app.RunChange) {
	r.erased++
	r.events = slices.Clone(r.events) // readers may hold the former ones
	for _, left := range c.Remaining {
		r.events[left.Seq-1].Disclosures = left.Text
	}
	for key, receipt := range s.receipts {
		done := strings.HasPrefix(receipt.Fingerprint, app.ErasedPrefix)
		if receipt.Entity == audit.Run(c.After.ID) && receipt.Seq < c.After.Seq && !done {
			receipt.Fingerprint = app.ErasedPrefix + receipt.Fingerprint[app.HeadPosition-1:]
			s.receipts[key] = receipt
		}
	}
}

// writeReceipt stores a receipt, if there is one, unless one with the same key has not expired.
func (s *store) writeReceipt(r *app.Receipt) error {
	if r == nil {
		return nil
	}
	if taken, ok := s.receipts[r.ReceiptKey]; ok && !taken.CreatedAt.Before(r.CreatedAt.Add(-app.ReceiptLife)) {
		if s.plant != DoubleReceipt || !s.planted() {
			return app.ErrReceiptTaken
		}
	}
	s.receipts[r.ReceiptKey], s.lastReceipt = *r, r
	return nil
}

func (s *store) findReceipt(key app.ReceiptKey, notBefore time.Time) (app.Receipt, bool) {
	r, ok := s.receipts[key]
	if !ok || r.CreatedAt.Before(notBefore) || s.plant == DoubleReceipt && s.planted() {
		return app.Receipt{}, false
	}
	if shown, ok := s.runs[r.Entity.ID]; ok && s.plant == ForgottenAnswer && s.planted() {
		r.Seq = shown.own.Head.Seq
	}
	return r, true
}

func (s *store) pruneReceipts(before, now time.Time) {
	for key, r := range s.receipts {
		switch {
		case r.CreatedAt.Before(before):
			delete(s.receipts, key)
		case r.CreatedAt.After(now):
			r.CreatedAt = now
			s.receipts[key] = r
		}
	}
}

// appendProcedure writes a change of a procedure, or nothing.
func (s *store) appendProcedure(c *app.ProcedureChange) error {
	stored, known := s.procedures[c.After.ID]
	switch {
	case !known && c.Before.Seq == 0:
		stored = &storedProcedure{}
	case !known || stored.record.Head != c.Before:
		return app.ErrMoved
	}
	if err := s.writeReceipt(c.Receipt); err != nil {
		return err
	}
	s.procedures[c.After.ID] = stored
	stored.record = c.After
	if v := c.Publish; v != nil {
		stored.versions = append(stored.versions, storedVersion{
			VersionRecord: procedure.RecordOf(v, procedure.Record{}).VersionRecord,
			canonical:     v.Canonical(), tables: projection.DefinitionTables(v),
		})
	}
	s.write(&stored.events, c.Events)
	s.list = audit.Head{Seq: s.list.Seq + 1, Hash: c.After.Head.Hash}
	return nil
}

// readRun returns the rows of a run.
func (s *store) readRun(id string) (storage.RunRows, error) {
	r, ok := s.runs[id]
	if !ok {
		return storage.RunRows{}, storage.ErrNoRun
	}
	return storage.RunRows{Found: true, Own: r.own, Rows: r.rows}, nil
}

// trail returns the events of an entity.
func (s *store) trail(e audit.Entity) []audit.Event {
	if r, ok := s.runs[e.ID]; ok && e.Type == audit.RunEntity {
		return r.events
	}
	if p, ok := s.procedures[e.ID]; ok && e.Type == audit.ProcedureEntity {
		return p.events
	}
	return nil
}

// document returns a version of a procedure with its canonical bytes.
func (s *store) document(id string, version int) (procedure.VersionRecord, []byte, error) {
	p, ok := s.procedures[id]
	if !ok || version < 1 || version > len(p.versions) {
		return procedure.VersionRecord{}, nil, storage.ErrNoVersion
	}
	v := p.versions[version-1]
	return v.VersionRecord, v.canonical, nil
}

// versions returns versions of a procedure, newest first.
func (s *store) versions(id string, beforeVersion, limit int) (all []procedure.VersionRecord) {
	p, ok := s.procedures[id]
	if !ok {
		return nil
	}
	for _, v := range slices.Backward(p.versions) {
		if (beforeVersion == 0 || v.Version < beforeVersion) && len(all) < limit {
			all = append(all, v.VersionRecord)
		}
	}
	return all
}

// page returns the items that fit into a page.
func page[T any](items []T, size app.PageSize, sizeOf func(*T) int) (app.Page[T], error) {
	pager := storage.NewPager[T](size)
	for i := range items {
		if err := pager.Add(items[i], sizeOf(&items[i]), nil); err != nil {
			return pager.Page(err)
		}
		if i == size.Items {
			break
		}
	}
	return pager.Page(nil)
}

// listProcedures returns a page of the list, by id.
func (s *store) listProcedures(f app.ProcedureFilter) (app.Page[procedure.Record], error) {
	var all []procedure.Record
	for _, p := range s.procedures {
		if p.record.ID > f.After && (f.Status == "" || f.Status == p.record.Status) {
			all = append(all, p.record)
		}
	}
	slices.SortFunc(all, func(a, b procedure.Record) int { return cmp.Compare(a.ID, b.ID) })
	return page(all, f.Size, (*procedure.Record).Size)
}
