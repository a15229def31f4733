package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABlankActorIsAnInvalidCommandLine(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	for _, name := range []string{"", " ", "\u200b", "\u2800\u00a0"} {
		for _, command := range [][]string{
			{"run", "p"}, {"load", "x.json"}, {"demo"}, {"audit", "erase", "--run", "r", "--slot", "s"},
		} {
			var out, stderr bytes.Buffer
			m := &Main{Stdout: &out, Stderr: &stderr}
			require.Equal(t, 2, m.Run(t.Context(), append(command, "--actor="+name)), command)
			require.Contains(t, stderr.String(), "The actor must contain at least one visible character.")
		}
	}
}
