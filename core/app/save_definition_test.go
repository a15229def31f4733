package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/verify"
)

func TestOfTwoWhoCreateAtOnceOneLearnsThatItExists(t *testing.T) {
	w := newWorld(t)
	w.faults.beforeSave = func() error { return app.ErrMoved }
	_, err := w.CreateProcedure(t.Context(), ann, parse(t, document))
	require.Equal(t, "procedure.exists", fault.From(err).Code)
	for id, his := range map[string]string{"same": document, "other": strings.Replace(document, `"P"`, `"Q"`, 1)} {
		as := func(doc string) string { return strings.Replace(doc, `"p"`, `"`+id+`"`, 1) }
		w.faults.beforeSave = func() error { // he is faster
			w.faults.beforeSave = nil
			w.save(as(his))
			return app.ErrMoved
		}
		saved, err := w.CreateProcedure(t.Context(), ann, parse(t, as(document)))
		if id == "same" {
			require.NoError(t, err, "he said the same")
			require.False(t, saved.Changed)
		} else {
			require.Equal(t, "procedure.exists", fault.From(err).Code)
		}
	}
	w.faults.beforeSave = func() error { return errBoom }
	_, err = w.CreateProcedure(t.Context(), ann, parse(t, document))
	require.ErrorIs(t, err, errBoom)
}

func TestOfTwoWhoPublishAtOnceOneIsStale(t *testing.T) {
	w := newWorld(t)
	w.save(document)
	w.faults.beforeSave = func() error { return app.ErrMoved }
	req := ann
	req.IfMatch = &app.Condition{Any: true}
	_, err := w.PublishProcedure(t.Context(), req, "p", parse(t, strings.Replace(document, `"P"`, `"Q"`, 1)))
	require.Equal(t, "procedure.stale", fault.From(err).Code)
}

func TestArchivingIsTriedAgainWhenSomebodyPublishedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.save(document)
	w.faults.beforeSave = func() error {
		w.faults.beforeSave = nil
		w.save(strings.Replace(document, `"P"`, `"Q"`, 1))
		return app.ErrMoved
	}
	saved, err := w.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	require.Equal(t, 2, saved.View.Record.Version)
	require.Equal(t, procedure.Archived, saved.View.Record.Status)
	again, err := w.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	require.False(t, again.Changed)
	_, err = w.UnarchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	_, err = w.ArchiveProcedure(t.Context(), ann, "none")
	require.Equal(t, "procedure.not_found", fault.From(err).Code)
	done, err := w.verify.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
	require.Equal(t, verify.Counts{Procedures: 1, Events: 4}, done)
}

func TestReadOnlyMembersMustBeAsTheyWereRead(t *testing.T) {
	w := newWorld(t)
	rec := w.save(document).View.Record
	given := func(members string) error {
		_, err := w.CreateProcedure(t.Context(), ann, parse(t, strings.Replace(document, `{`, `{`+members+`,`, 1)))
		return err
	}
	createdAt := rec.CreatedAt.Format(audit.TimeFormat)
	require.NoError(t, given(`"version":1,"status":"active","digest":"`+rec.Digest+`","created_at":"`+createdAt+
		`","created_by":"ann","warnings":[]`))
	for _, wrong := range []string{`"version":2`, `"version":0`, `"version":1.5`, `"status":"archived"`, `"digest":"sha256:0"`, `"created_at":"now"`, `"created_by":"bob"`} {
		err := given(wrong)
		require.Equal(t, "definition.read_only", fault.From(err).Issues[0].Code, wrong)
	}
}

func TestWhatIsAskedOfProceduresThatAreNotThereIsNotFound(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.save(document)
	_, err := w.ListVersions(ctx, "none", 0, 10)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = w.ProcedureVersion(ctx, "none", 1)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = w.ProcedureVersion(ctx, "p", 2)
	require.Equal(t, "procedure.version_not_found", fault.From(err).Code)
	_, err = w.StartRun(ctx, ann, app.StartInput{ProcedureID: "p", Version: 9})
	require.Equal(t, "procedure.version_not_found", fault.From(err).Code)
	_, err = w.Bundle(ctx, "none")
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = w.RunEvents(ctx, "none", 0, 1)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = w.PublishProcedure(ctx, ann, "none", parse(t, document))
	require.True(t, fault.Is(err, fault.NotFound))
}
