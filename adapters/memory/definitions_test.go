package memory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/procedure"
)

type source struct {
	asked int
	err   error
}

func (s *source) Definition(_ context.Context, _ string, n int) (*procedure.Version, error) {
	s.asked++
	return &procedure.Version{Number: n}, s.err
}

func TestAVersionIsCompiledOnceAndForgottenWhenItsPlaceIsNeeded(t *testing.T) {
	s := &source{}
	d := memory.KeepDefinitions(2)(s)
	ask := func(n int) {
		v, err := d.Definition(t.Context(), "p", n)
		require.NoError(t, err)
		require.Equal(t, n, v.Number)
	}
	ask(1)
	ask(1)
	require.Equal(t, 1, s.asked)
	ask(2)
	ask(3)
	ask(1)
	require.Equal(t, 4, s.asked)
}

func TestFailuresAreNotKept(t *testing.T) {
	s := &source{err: errors.New("boom")}
	d := memory.KeepDefinitions(2)(s)
	for range 2 {
		_, err := d.Definition(t.Context(), "p", 1)
		require.Error(t, err)
	}
	require.Equal(t, 2, s.asked)
}
