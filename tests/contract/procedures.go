package contract

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

func proceduresAreCreatedOnce(w *world) {
	_, err := w.Procedures.Load(w.ctx(), "p")
	require.True(w, fault.Is(err, fault.NotFound))
	require.Equal(w, "procedure.not_found", fault.From(err).Code)
	v := w.save(plain("p", oneStep))
	rec, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	require.Equal(w, v.Digest, rec.Digest)
	require.Equal(w, procedure.Active, rec.Status)
	require.EqualValues(w, 1, rec.Head.Seq)
	head, err := w.Procedures.Head(w.ctx(), "p")
	require.NoError(w, err)
	require.Equal(w, rec.Head, head)
	_, err = w.Procedures.Head(w.ctx(), "q")
	require.Equal(w, "procedure.not_found", fault.From(err).Code)
	require.True(w, v.CreatedAt.Equal(rec.CreatedAt))
	require.Equal(w, "ann", rec.CreatedBy)
	again := app.ProcedureChange{After: rec, Publish: v, Events: w.trail(audit.ProcedureEntity, "p")}
	require.ErrorIs(w, w.Procedures.Append(w.ctx(), again), app.ErrMoved)
}

func procedureConflicts(w *world) {
	w.save(plain("p", oneStep))
	before, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	_, err = w.service.ArchiveProcedure(w.ctx(), request, "p")
	require.NoError(w, err)
	rec, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	require.Equal(w, procedure.Archived, rec.Status)
	require.EqualValues(w, 2, rec.Head.Seq)
	events := w.trail(audit.ProcedureEntity, "p")
	stale := app.ProcedureChange{Before: before.Head, After: rec, Events: events[1:]}
	require.ErrorIs(w, w.Procedures.Append(w.ctx(), stale), app.ErrMoved)
	require.Len(w, w.trail(audit.ProcedureEntity, "p"), 2)
}

func versionsAreStored(w *world) {
	first := w.save(plain("p", oneStep))
	second := w.save(strings.Replace(plain("p", oneStep), "Name of", "Other name of", 1))
	for _, v := range []*procedure.Version{first, second} {
		rec, canonical, err := w.Procedures.Document(w.ctx(), "p", v.Number)
		require.NoError(w, err)
		require.Equal(w, string(v.Canonical()), string(canonical))
		require.Equal(w, v.Digest, rec.Digest)
		compiled, err := w.Definitions.Definition(w.ctx(), "p", v.Number)
		require.NoError(w, err)
		require.Equal(w, v.Name, compiled.Name)
	}
	_, _, err := w.Procedures.Document(w.ctx(), "p", 3)
	require.Equal(w, "procedure.version_not_found", fault.From(err).Code)
	versions, err := w.Procedures.Versions(w.ctx(), "p", 0, 10)
	require.NoError(w, err)
	require.Len(w, versions, 2)
	require.Equal(w, 2, versions[0].Version)
	versions, err = w.Procedures.Versions(w.ctx(), "p", 2, 10)
	require.NoError(w, err)
	require.Equal(w, 1, versions[0].Version)
	versions, err = w.Procedures.Versions(w.ctx(), "p", 0, 1)
	require.NoError(w, err)
	require.Len(w, versions, 1)
}

func proceduresAreListed(w *world) {
	for _, id := range []string{"b", "a_1", "a%1", "c"} {
		if id == "a%1" {
			id = "ax1"
		}
		w.save(plain(id, oneStep))
	}
	_, err := w.service.ArchiveProcedure(w.ctx(), request, "c")
	require.NoError(w, err)
	list := func(f app.ProcedureFilter) string {
		if f.Limit == 0 {
			f.Limit = 10
		}
		records, err := w.ProcedureList.ListProcedures(w.ctx(), f)
		require.NoError(w, err)
		ids := []string{}
		for _, r := range records {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	require.Equal(w, "a_1 ax1 b c", list(app.ProcedureFilter{}))
	require.Equal(w, "a_1", list(app.ProcedureFilter{Query: "A_1"}), "case is ignored, wildcards are taken literally")
	require.Equal(w, "", list(app.ProcedureFilter{Query: "%"}))
	require.Equal(w, "a_1 ax1 b c", list(app.ProcedureFilter{Query: "name OF"}))
	require.Equal(w, "c", list(app.ProcedureFilter{Status: procedure.Archived}))
	require.Equal(w, "a_1 ax1", list(app.ProcedureFilter{Limit: 2}))
	w.save(plain("aa", oneStep))
	require.Equal(w, "b c", list(app.ProcedureFilter{After: "ax1", Limit: 2}))
}

func procedureChangesAreAtomic(w *world) {
	w.save(plain("p", oneStep))
	before, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	v := *w.save(plain("q", oneStep))
	taken := w.trail(audit.ProcedureEntity, "p") // event 1 of p exists: the change fails at its last statement
	after := before
	after.Version, after.Head = 2, audit.Head{Seq: 2, Hash: before.Head.Hash}
	v.Number = 2
	def := *v.Definition
	def.ID = "p"
	v.Definition = &def
	require.Error(w, w.Procedures.Append(w.ctx(), app.ProcedureChange{
		Before: before.Head, After: after, Publish: &v, Events: taken, Receipt: receipt("k", w.Now()),
	}))
	now, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	require.Equal(w, before, now)
	_, _, err = w.Procedures.Document(w.ctx(), "p", 2)
	require.True(w, fault.Is(err, fault.NotFound))
	_, found, err := w.Receipts.Find(w.ctx(), receipt("k", w.Now()).ReceiptKey, now.CreatedAt)
	require.NoError(w, err)
	require.False(w, found)
}

// trail returns all events of an entity.
func (w *world) trail(entityType, id string) []audit.Event {
	w.Helper()
	events, err := w.Trail.Events(w.ctx(), audit.Entity{Type: entityType, ID: id}, 0, 1000)
	require.NoError(w, err)
	return events
}

// listHeadChanges checks that the head of the list changes with each change of a procedure and only then.
func listHeadChanges(w *world) {
	heads := map[audit.Head]bool{}
	moved := func(do func() error) bool {
		w.Helper()
		require.NoError(w, do())
		head, err := w.ProcedureList.ListHead(w.ctx())
		require.NoError(w, err)
		known := heads[head]
		heads[head] = true
		return !known
	}
	archive := func() error { _, err := w.service.ArchiveProcedure(w.ctx(), request, "p"); return err }
	require.True(w, moved(func() error { return nil }))
	require.True(w, moved(func() error { w.save(plain("p", oneStep)); return nil }))
	require.False(w, moved(func() error { w.start("p"); return nil }))
	require.False(w, moved(func() error { w.save(plain("p", oneStep)); return nil }), "the same again")
	require.True(w, moved(func() error { w.save(plain("q", oneStep)); return nil }))
	require.True(w, moved(archive))
	require.False(w, moved(archive))
}

// proceduresChangeConcurrently checks that concurrent changes of different procedures all succeed.
func proceduresChangeConcurrently(w *world) {
	var all errgroup.Group
	for i := range 16 {
		all.Go(func() error {
			doc, err := jsondoc.Parse([]byte(plain(fmt.Sprintf("p%d", i), oneStep)))
			if err == nil {
				_, err = w.service.CreateProcedure(w.ctx(), request, doc)
			}
			return err
		})
	}
	require.NoError(w, all.Wait())
	head, err := w.ProcedureList.ListHead(w.ctx())
	require.NoError(w, err)
	require.EqualValues(w, 16, head.Seq)
}

// listsAreIndependent checks that concurrent readers with different filters each get their own list.
func listsAreIndependent(w *world) {
	const readers = 8
	for i := range readers {
		w.save(plain(fmt.Sprintf("p%d", i), oneStep))
	}
	var all errgroup.Group
	for i := range readers {
		id := fmt.Sprintf("p%d", i)
		all.Go(func() error {
			for range 20 {
				page, err := w.ProcedureList.ListProcedures(w.ctx(), app.ProcedureFilter{Query: id, Limit: 1 + i})
				if err != nil || len(page) != 1 || page[0].ID != id {
					return fmt.Errorf("%s: %v, %w", id, page, err)
				}
				list, err := w.RunList.ListRuns(w.ctx(), app.RunFilter{ProcedureID: id, Limit: 1 + i})
				if err != nil || len(list) != 0 {
					return fmt.Errorf("runs of %s: %v, %w", id, list, err)
				}
			}
			return nil
		})
	}
	require.NoError(w, all.Wait())
}
