package main

import (
	"bytes"
	"os"
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

// A run with answers first looks for an earlier attempt.
func TestRunSaysThatTheServerDoesNotAnswer(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("answers.json", []byte(`[{"slots":{"a":"x"}}]`), 0o600))
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	command := []string{"run", "p", "--answers", "answers.json", "--server", "http://127.0.0.1:1"}
	require.Equal(t, 1, m.Run(t.Context(), command))
	require.Contains(t, out.String(), "http://127.0.0.1:1 does not answer")
}
