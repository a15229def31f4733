package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunRefusesAVersionThatNoProcedureHas(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	require.Equal(t, 1, m.Run(t.Context(), []string{"run", "p", "--version", "-1"}))
	require.Contains(t, out.String(), "--version -1: must be at least 1")
	require.NoFileExists(t, "procedo.db", "nothing is opened")
}
