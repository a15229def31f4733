package main

import (
	"context"
)

// completionCmd prints a script for a shell.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Shell: ${enum}."`
}

// Help is shown by --help below the summary.
func (completionCmd) Help() string {
	return "Put the line for your shell into the file that it reads when it starts; in zsh, below compinit:\n\n" +
		"  source <(procedo completion bash)\n" +
		"  source <(procedo completion zsh)\n" +
		"  procedo completion fish | source"
}

// Run prints the script.
func (c completionCmd) Run(_ context.Context, m *Main) error {
	return m.program.Complete(c.Shell, m.data())
}
