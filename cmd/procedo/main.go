// Procedo executes procedures: it serves the API, loads definitions and verifies the audit trail.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/procedo/procedo/cmd/internal/command"
	"github.com/procedo/procedo/core/projection"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	m := Main{Stdout: os.Stdout, Stderr: os.Stderr}
	status := m.Run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// Main is the program. Tests replace its output streams.
type Main struct {
	Stdout, Stderr io.Writer
	exact          *output // the standard output for data, see data
	program        *command.Program
	// Ready, if not nil, is called with the server's URL as soon as the server listens.
	Ready func(baseURL string)
}

// cli defines the commands. The PROCEDO_ variables and the help are derived from it.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Serve the API."`
	Demo    demoCmd    `cmd:"" help:"Run the demo procedure from start to end, and verify its trail."`
	Run     runCmd     `cmd:"" help:"Execute a run in the terminal, or with the answers of a file."`
	List    listCmd    `cmd:"" help:"List the procedures and the runs that have not ended."`
	Show    showCmd    `cmd:"" help:"Show a run: its state, and what each step holds."`
	Load    loadCmd    `cmd:"" help:"Create procedures from definition files, or publish new versions of them."`
	Lint    lintCmd    `cmd:"" help:"Check definition files without saving them."`
	Config  configCmd  `cmd:"" help:"Show the settings that serve would use, and where each comes from."`
	MCP     mcpCmd     `cmd:"" name:"mcp" help:"Offer the tools for assistants on standard input and output."`
	Health  healthCmd  `cmd:"" help:"Ask the server on this machine whether it is ready."`
	Migrate migrateCmd `cmd:"" help:"Upgrade, downgrade or show the database schema."`
	Backup  backupCmd  `cmd:"" help:"Write a copy of an SQLite database into a file, also while the server runs."`
	Copy    copyCmd    `cmd:"" help:"Copy a database into an empty one, from SQLite or PostgreSQL to either."`
	Secrets secretsCmd `cmd:"" help:"Manage the keys that encrypt sensitive values."`
	Audit   auditCmd   `cmd:"" help:"Verify and export the audit trail, sign checkpoints, erase values."`
	Token   tokenCmd   `cmd:"" help:"Make an API token, and the entry for the file of serve --tokens."`
	Version versionCmd `cmd:"" help:"Show the version."`

	Completion completionCmd `cmd:"" help:"Print the script that completes command lines in bash, zsh or fish."`
}

// database holds the flag of all commands that use a database.
type database struct {
	DatabaseURL string `name:"database-url" default:"sqlite:procedo.db" help:"sqlite:FILE or postgres://…."`

	DatabasePasswordFile string             `type:"existingfile" help:"File with the password for PostgreSQL." placeholder:"FILE"`
	traces               *traces            // of statements; nil: off
	secrets              projection.Secrets // encrypts the values of sensitive slots; nil: off
}

// defaultDatabase is the default of database.DatabaseURL.
const defaultDatabase = "sqlite:procedo.db"

// exitError ends the program with an exit status, without a message.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// runner is implemented by all commands.
type runner interface {
	Run(ctx context.Context, m *Main) error
}

// newProgram returns the command line of the program, with its help in the language of the terminal.
func newProgram() *command.Program {
	p := command.New("procedo", "Procedo executes procedures.", "PROCEDO", &cli{})
	translateHelp(p)
	return p
}

// interrupted is the exit status after a signal. Shells report the same status for a program that SIGINT ended.
const interrupted = 130

// Run parses the arguments, runs the command, and returns the exit status: 0 for success, 1 for a failure or findings,
// 2 for an invalid command line, 130 if ctx was done before the command ended (serve and mcp: 0).
func (m *Main) Run(ctx context.Context, args []string) int {
	m = m.escaping()
	m.program = newProgram()
	m.program.Out, m.program.Err = m.Stdout, m.Stderr
	m.program.Epilog = func(out io.Writer) error { return printVariables(out, m.program) }
	m.program.Execute = func(ctx context.Context, selected *command.Command) error {
		return selected.Target.(runner).Run(ctx, m) //nolint:forcetypeassert // TestEveryCommandRuns
	}
	err := m.program.Run(ctx, args)
	var exit exitError
	var usage *command.Error
	switch lost := m.exact.failure(); {
	case lost != nil && (err == nil || errors.As(err, &exit)):
		m.warnError("procedo", errorText(lost))
		return max(1, int(exit))
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return interrupted
	case errors.As(err, &exit):
		return int(exit)
	case !m.program.Started && errors.As(err, &usage):
		m.printUsageError(usage)
		return 2
	default:
		m.warnError("procedo", errorText(err))
		return 1
	}
}
