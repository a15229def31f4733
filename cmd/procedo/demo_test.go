package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/docs"
)

// TestTheDemoDoesNotReplaceWhatSomebodyHasPublished starts the demo twice on one database.
func TestTheDemoDoesNotReplaceWhatSomebodyHasPublished(t *testing.T) {
	w, err := database{DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "demo.db")}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.close()) })
	ann := access.Unproven("ann")
	version := func() int {
		require.NoError(t, loadDemo(t.Context(), w.Service))
		present, err := w.As(ann).Procedure(t.Context(), docs.DemoID)
		require.NoError(t, err)
		return present.Record.Version
	}
	require.Equal(t, 1, version())
	require.Equal(t, 1, version())
	node, err := jsondoc.Parse([]byte(strings.Replace(string(docs.Demo), `"title": "Alerte"`, `"title": "Alarme"`, 1)))
	require.NoError(t, err)
	saved, err := w.As(ann).SaveDefinition(t.Context(), app.Request{}, node)
	require.NoError(t, err)
	require.True(t, saved.Changed)
	require.Equal(t, 2, version(), "the version of somebody stays the latest")
}
