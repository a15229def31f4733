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

// otherDocument is a copy of document with the same id but another name.
var otherDocument = strings.Replace(document, `"P"`, `"Q"`, 1)

// saveConcurrently makes the next write of a procedure fail because another request saves a document first.
func (fx *fixture) saveConcurrently(doc string) {
	fx.faults.beforeSave = func() error {
		fx.faults.beforeSave = nil
		fx.save(doc)
		return app.ErrMoved
	}
}

func TestCreateReturnsErrors(t *testing.T) {
	fx := newFixture(t)
	fx.faults.beforeSave = func() error { return app.ErrMoved }
	_, err := fx.CreateProcedure(t.Context(), ann, parse(t, document))
	require.Equal(t, "procedure.exists", fault.From(err).Code)
	fx.faults.beforeSave = func() error { return errBoom }
	_, err = fx.CreateProcedure(t.Context(), ann, parse(t, document))
	require.ErrorIs(t, err, errBoom)
}

func TestCreateSucceedsIfAnotherRequestCreatesTheSameProcedure(t *testing.T) {
	fx := newFixture(t)
	fx.saveConcurrently(document)
	saved, err := fx.CreateProcedure(t.Context(), ann, parse(t, document))
	require.NoError(t, err)
	require.False(t, saved.Changed)
}

func TestCreateConflictsIfAnotherRequestCreatesADifferentProcedure(t *testing.T) {
	fx := newFixture(t)
	fx.saveConcurrently(otherDocument)
	_, err := fx.CreateProcedure(t.Context(), ann, parse(t, document))
	require.Equal(t, "procedure.exists", fault.From(err).Code)
}

func TestPublishIsStaleIfAnotherRequestPublishes(t *testing.T) {
	fx := newFixture(t)
	fx.save(document)
	fx.faults.beforeSave = func() error { return app.ErrMoved }
	req := ann
	req.IfMatch = &app.Condition{Any: true}
	_, err := fx.PublishProcedure(t.Context(), req, "p", parse(t, otherDocument))
	require.Equal(t, "procedure.stale", fault.From(err).Code)
}

func TestArchiveSucceedsIfAnotherRequestPublishes(t *testing.T) {
	fx := newFixture(t)
	fx.save(document)
	fx.saveConcurrently(otherDocument)
	saved, err := fx.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	require.Equal(t, 2, saved.View.Record.Version)
	require.Equal(t, procedure.Archived, saved.View.Record.Status)
	repeated, err := fx.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	require.False(t, repeated.Changed)
	_, err = fx.UnarchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	_, err = fx.ArchiveProcedure(t.Context(), ann, "none")
	require.Equal(t, "procedure.not_found", fault.From(err).Code)
	counts, err := fx.verify.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
	require.Equal(t, verify.Counts{Procedures: 1, Events: 4, Unsigned: 4}, counts)
}

func TestReadOnlyMembersMustHaveTheStoredValues(t *testing.T) {
	fx := newFixture(t)
	rec := fx.save(document).View.Record
	createWith := func(members string) error {
		_, err := fx.CreateProcedure(t.Context(), ann, parse(t, strings.Replace(document, `{`, `{`+members+`,`, 1)))
		return err
	}
	createdAt := rec.CreatedAt.Format(audit.TimeFormat)
	require.NoError(t, createWith(`"version":1,"status":"active","digest":"`+rec.Digest+
		`","created_at":"`+createdAt+`","created_by":"ann","warnings":[]`))
	for _, member := range []string{
		`"version":2`, `"version":0`, `"version":1.5`, `"status":"archived"`, `"digest":"sha256:0"`,
		`"created_at":"now"`, `"created_by":"bob"`,
	} {
		t.Run(member, func(t *testing.T) {
			require.Equal(t, "definition.read_only", fault.From(createWith(member)).Issues[0].Code)
		})
	}
}

func TestUnknownProceduresVersionsAndRunsAreNotFound(t *testing.T) {
	fx, ctx := newFixture(t), t.Context()
	fx.save(document)
	_, err := fx.ListVersions(ctx, "none", 0, 10)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = fx.ProcedureVersion(ctx, "none", 1)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = fx.ProcedureVersion(ctx, "p", 2)
	require.Equal(t, "procedure.version_not_found", fault.From(err).Code)
	_, err = fx.StartRun(ctx, ann, app.StartInput{ProcedureID: "p", Version: 9})
	require.Equal(t, "procedure.version_not_found", fault.From(err).Code)
	_, err = fx.Bundle(ctx, "none")
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = fx.RunEvents(ctx, "none", 0, 1)
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = fx.PublishProcedure(ctx, ann, "none", parse(t, document))
	require.True(t, fault.Is(err, fault.NotFound))
}

// TestTheIDOfTheNextVersionIsThatOfTheProcedure: a document may leave it out, but not have another.
func TestTheIDOfTheNextVersionIsThatOfTheProcedure(t *testing.T) {
	fx := newFixture(t)
	fx.save(document)
	publish := func(doc string) (app.Saved, error) {
		req := ann
		req.IfMatch = &app.Condition{Any: true}
		return fx.PublishProcedure(t.Context(), req, "p", parse(t, doc))
	}
	for _, id := range []string{``, `"id":"p",`} {
		saved, err := publish(`{` + id + `"name":"Next","steps":[{"key":"s","title":"S"}]}`)
		require.NoError(t, err)
		require.Equal(t, "p", saved.View.Record.ID)
	}
	_, err := publish(`{"id":"q","name":"Next","steps":[{"key":"s","title":"S"}]}`)
	require.Equal(t, []fault.Issue{{
		Field: "/id", Code: "definition.id_mismatch", Params: fault.Params{"expected": "p"},
	}}, fault.From(err).Issues)
	_, err = publish(`[]`)
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestSaveSucceedsIfAnotherRequestPublishes(t *testing.T) {
	for name, other := range map[string]string{
		"the same": otherDocument, "something else": strings.Replace(document, `"P"`, `"R"`, 1),
	} {
		fx := newFixture(t)
		fx.save(document)
		fx.saveConcurrently(other)
		saved, err := fx.SaveDefinition(t.Context(), ann, parse(t, otherDocument))
		require.NoError(t, err, name)
		require.Equal(t, other != otherDocument, saved.Changed, name)
	}
}
