package contract

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

func proceduresAreCreatedOnce(fx *fixture) {
	_, err := fx.Procedures.Load(fx.ctx(), "p")
	require.True(fx, fault.Is(err, fault.NotFound))
	require.Equal(fx, "procedure.not_found", fault.From(err).Code)
	v := fx.save(definition("p", oneStep))
	rec, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, v.Digest, rec.Digest)
	require.Equal(fx, procedure.Active, rec.Status)
	require.EqualValues(fx, 1, rec.Head.Seq)
	head, err := fx.Procedures.Head(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, rec.Head, head)
	_, err = fx.Procedures.Head(fx.ctx(), "q")
	require.Equal(fx, "procedure.not_found", fault.From(err).Code)
	require.True(fx, v.CreatedAt.Equal(rec.CreatedAt))
	require.Equal(fx, "ann", rec.CreatedBy)
	again := app.ProcedureChange{After: rec, Publish: v, Events: fx.trail(audit.ProcedureEntity, "p")}
	require.ErrorIs(fx, fx.Procedures.Append(fx.ctx(), again), app.ErrMoved)
}

func staleProcedureChangesAreRefused(fx *fixture) {
	fx.save(definition("p", oneStep))
	before, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	_, err = fx.service.ArchiveProcedure(fx.ctx(), request, "p")
	require.NoError(fx, err)
	rec, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, procedure.Archived, rec.Status)
	require.EqualValues(fx, 2, rec.Head.Seq)
	events := fx.trail(audit.ProcedureEntity, "p")
	stale := app.ProcedureChange{Before: before.Head, After: rec, Events: events[1:]}
	require.ErrorIs(fx, fx.Procedures.Append(fx.ctx(), stale), app.ErrMoved)
	require.Len(fx, fx.trail(audit.ProcedureEntity, "p"), 2)
}

func versionsAreStored(fx *fixture) {
	first := fx.save(definition("p", oneStep))
	second := fx.save(strings.Replace(definition("p", oneStep), "Name of", "Other name of", 1))
	for _, v := range []*procedure.Version{first, second} {
		rec, canonical, err := fx.Procedures.Document(fx.ctx(), "p", v.Number)
		require.NoError(fx, err)
		require.Equal(fx, string(v.Canonical()), string(canonical))
		require.Equal(fx, v.Digest, rec.Digest)
		compiled, err := fx.Definitions.Definition(fx.ctx(), "p", v.Number)
		require.NoError(fx, err)
		require.Equal(fx, v.Name, compiled.Name)
	}
	_, _, err := fx.Procedures.Document(fx.ctx(), "p", 3)
	require.Equal(fx, "procedure.version_not_found", fault.From(err).Code)
	versions, err := fx.Procedures.Versions(fx.ctx(), "p", 0, 10)
	require.NoError(fx, err)
	require.Len(fx, versions, 2)
	require.Equal(fx, 2, versions[0].Version)
	versions, err = fx.Procedures.Versions(fx.ctx(), "p", 2, 10)
	require.NoError(fx, err)
	require.Equal(fx, 1, versions[0].Version)
	versions, err = fx.Procedures.Versions(fx.ctx(), "p", 0, 1)
	require.NoError(fx, err)
	require.Len(fx, versions, 1)
}

func definitionMembersAreStored(fx *fixture) {
	v := fx.save(`{"id":"p","name":"P","time_zone":"Europe/Zurich","steps":[{"key":"s","title":"S","slots":[
		{"name":"e","type":"enum","options":["a",{"value":"b","label":"B"}],"required":false},
		{"name":"n","type":"number","decimals":2,"unit":"CHF","required":false},
		{"name":"d","type":"date","min":"today-P1D","max":"today+P1D"}]}]}`)
	fx.save(definition("q", oneStep))
	stored, err := fx.Definitions.Definition(fx.ctx(), "p", 1)
	require.NoError(fx, err)
	require.Equal(fx, string(v.Canonical()), string(stored.Canonical()))
	id := fx.start("p").ID
	_, err = fx.execute(id, run.Commit{Submission: submission("s", "d", `"2000-01-01"`)})
	require.Equal(fx, "validation.min", fault.From(err).Issues[0].Code)
	today := fx.Now().Format(time.DateOnly)
	fx.mustExecute(id, run.Commit{Submission: submission("s", "d", `"`+today+`"`, "n", "1.50", "e", `"b"`)})
	_, err = fx.verifier.All(fx.ctx(), verify.Options{Rules: true}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}

func proceduresAreListed(fx *fixture) {
	for _, id := range []string{"b", "a_1", "a%1", "c"} {
		if id == "a%1" {
			id = "ax1"
		}
		fx.save(definition(id, oneStep))
	}
	_, err := fx.service.ArchiveProcedure(fx.ctx(), request, "c")
	require.NoError(fx, err)
	list := func(f app.ProcedureFilter) string {
		if f.Size.Items == 0 {
			f.Size.Items = 10
		}
		records, err := fx.ProcedureList.ListProcedures(fx.ctx(), f)
		require.NoError(fx, err)
		ids := []string{}
		for _, r := range records.Items {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	require.Equal(fx, "a_1 ax1 b c", list(app.ProcedureFilter{}))
	require.Equal(fx, "a_1", list(app.ProcedureFilter{Query: "A_1"}), "case is ignored, wildcards are taken literally")
	require.Equal(fx, "", list(app.ProcedureFilter{Query: "%"}))
	require.Equal(fx, "a_1 ax1 b c", list(app.ProcedureFilter{Query: "name OF"}))
	fx.save(strings.Replace(definition("é", oneStep), `"é"`, `"equipe"`, 1))
	for _, query := range []string{"name of é", "NAME OF É", "É", "é"} {
		require.Equal(fx, "equipe", list(app.ProcedureFilter{Query: query}), query)
	}
	_, err = fx.service.ArchiveProcedure(fx.ctx(), request, "equipe")
	require.NoError(fx, err)
	require.Equal(fx, "c equipe", list(app.ProcedureFilter{Status: procedure.Archived}))
	require.Equal(fx, "a_1 ax1", list(app.ProcedureFilter{Size: app.PageSize{Items: 2}}))
	fx.save(definition("aa", oneStep))
	require.Equal(fx, "b c", list(app.ProcedureFilter{After: "ax1", Size: app.PageSize{Items: 2}}))
}

func procedureChangesAreAtomic(fx *fixture) {
	fx.save(definition("p", oneStep))
	before, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	v := *fx.save(definition("q", oneStep))
	// The change fails at its last statement, because the events are already stored.
	taken := fx.trail(audit.ProcedureEntity, "p")
	after := before
	after.Version, after.Head = 2, audit.Head{Seq: 2, Hash: before.Head.Hash}
	v.Number = 2
	def := *v.Definition
	def.ID = "p"
	v.Definition = &def
	require.Error(fx, fx.Procedures.Append(fx.ctx(), app.ProcedureChange{
		Before: before.Head, After: after, Publish: &v, Events: taken, Receipt: receipt("k", fx.Now()),
	}))
	now, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	require.Equal(fx, before, now)
	_, _, err = fx.Procedures.Document(fx.ctx(), "p", 2)
	require.True(fx, fault.Is(err, fault.NotFound))
	_, found, err := fx.Receipts.Find(fx.ctx(), receipt("k", fx.Now()).ReceiptKey, now.CreatedAt)
	require.NoError(fx, err)
	require.False(fx, found)
}

// trail returns all events of an entity.
func (fx *fixture) trail(entityType, id string) []audit.Event {
	fx.Helper()
	events, err := fx.Trail.Events(fx.ctx(), audit.Entity{Type: entityType, ID: id}, 0, app.PageSize{Items: 1000})
	require.NoError(fx, err)
	return events.Items
}

// listHeadChanges checks that the head of the list of procedures changes if, and only if, a procedure changes.
func listHeadChanges(fx *fixture) {
	heads := map[audit.Head]bool{}
	moved := func(do func() error) bool {
		fx.Helper()
		require.NoError(fx, do())
		head, err := fx.ProcedureList.ListHead(fx.ctx())
		require.NoError(fx, err)
		known := heads[head]
		heads[head] = true
		return !known
	}
	archive := func() error { _, err := fx.service.ArchiveProcedure(fx.ctx(), request, "p"); return err }
	require.True(fx, moved(func() error { return nil }))
	require.True(fx, moved(func() error { fx.save(definition("p", oneStep)); return nil }))
	require.False(fx, moved(func() error { fx.start("p"); return nil }))
	require.False(fx, moved(func() error { fx.save(definition("p", oneStep)); return nil }), "the same again")
	require.True(fx, moved(func() error { fx.save(definition("q", oneStep)); return nil }))
	require.True(fx, moved(archive))
	require.False(fx, moved(archive))
}

// proceduresChangeConcurrently checks that concurrent changes of different procedures all succeed.
func proceduresChangeConcurrently(fx *fixture) {
	var all errgroup.Group
	for i := range 16 {
		all.Go(func() error {
			doc, err := jsondoc.Parse([]byte(definition(fmt.Sprintf("p%d", i), oneStep)))
			if err == nil {
				_, err = fx.service.CreateProcedure(fx.ctx(), request, doc)
			}
			return err
		})
	}
	require.NoError(fx, all.Wait())
	head, err := fx.ProcedureList.ListHead(fx.ctx())
	require.NoError(fx, err)
	require.EqualValues(fx, 16, head.Seq)
}

// listsAreIndependent checks that concurrent readers with different filters get the list for their own filter.
func listsAreIndependent(fx *fixture) {
	const readers = 8
	for i := range readers {
		fx.save(definition(fmt.Sprintf("p%d", i), oneStep))
	}
	var all errgroup.Group
	for i := range readers {
		id := fmt.Sprintf("p%d", i)
		all.Go(func() error {
			size := app.PageSize{Items: 1 + i}
			for range 20 {
				page, err := fx.ProcedureList.ListProcedures(fx.ctx(), app.ProcedureFilter{Query: id, Size: size})
				if err != nil || len(page.Items) != 1 || page.Items[0].ID != id {
					return fmt.Errorf("%s: %v, %w", id, page, err)
				}
				list, err := fx.RunList.ListRuns(fx.ctx(), app.RunFilter{ProcedureID: id, Size: size})
				if err != nil || len(list.Items) != 0 {
					return fmt.Errorf("runs of %s: %v, %w", id, list, err)
				}
			}
			return nil
		})
	}
	require.NoError(fx, all.Wait())
}
