package encoding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
)

func TestNothingIsWithheldFromAnEventOfVersion1(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`), cel.Language{})
	w, ok := encoding.NewWithholding(v, []string{"reference", "metadata"})
	require.True(t, ok)
	withheld, kept := w.Places(&audit.Event{
		Action: "run.created", Canonical: `{"payload":{"metadata":null,"reference":"R","user_id":"U"},"v":1}`,
	})
	require.Empty(t, withheld)
	require.Equal(t, []string{"/reference"}, kept)
	_, ok = encoding.NewWithholding(v, []string{"slots.s.a"})
	require.False(t, ok)
}
