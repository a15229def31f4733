package main

import (
	"context"
)

// completionCmd prints a script for a shell.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"Shell: ${enum}."`
}

// Help is shown by --help below the summary.
func (completionCmd) Help() string {
	return "For bash and zsh, put this line into the file that your shell reads when it starts: " +
		"source <(procedo completion bash), or zsh. For fish: procedo completion fish | source"
}

// Run prints the script.
func (c completionCmd) Run(_ context.Context, m *Main) error {
	return m.program.Complete(c.Shell, m.data()) //nolint:contextcheck // no command runs
}
