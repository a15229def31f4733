package terminal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommandsAreReadInAnyLetterCaseAndWithSpaces(t *testing.T) {
	for line, want := range map[string]string{
		":back": "back", ":BACK": "back", ":Retour": "back", " :back  ": "back", ":retour\u00a0": "back", ": aide": "help",
		":échec": "fail", ":ÉCHEC ": "fail", ":e\u0301chec": "fail", ":Echec": "fail", ":quit\t": "quit",
		":\u200bquit": "quit",
		":MAINTENANT": "now", ":Effacer ": "clear", ":nothing": "unknown", "::back": "", "back": "", "": "", " ": "",
	} {
		require.Equal(t, want, parseCommand(line), "%q", line)
	}
}
