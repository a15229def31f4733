package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
)

func TestABlankUserOrReferenceOfARunCountsAsNotGiven(t *testing.T) {
	fx := newFixture(t)
	fx.save(document)
	r, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p", UserID: "\u200b", Reference: " \u2060"})
	require.NoError(t, err)
	require.Equal(t, "ann", r.UserID)
	require.Empty(t, r.Reference)
}
