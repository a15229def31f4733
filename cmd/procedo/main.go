// Procedo executes procedures: one binary that serves the API, loads definitions and checks the trail.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks a second time does not wait
	m := Main{Stdout: os.Stdout, Stderr: os.Stderr}
	status := m.Run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// Main is the program with its surroundings as values, so that a test can run it.
type Main struct {
	Stdout, Stderr io.Writer
	// Ready is told the server's address once it answers.
	Ready func(baseURL string)
}

// cli is the command line: flags, PROCEDO_ variables and help all come from here.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Serve the API."`
	Demo    demoCmd    `cmd:"" help:"Walk the demo procedure from start to end: a refused commit, five steps, the trail verified."`
	Run     runCmd     `cmd:"" help:"Walk a run in the terminal, or give it the answers of a file."`
	Load    loadCmd    `cmd:"" help:"Create procedures from definition files, or publish new versions of them."`
	Lint    lintCmd    `cmd:"" help:"Check definition files and save nothing: every finding with its line and column."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up, take steps of it down, or show where it stands."`
	Audit   auditCmd   `cmd:"" help:"Check the audit trail."`
	Version versionCmd `cmd:"" help:"Show the version."`

	Completion kongcompletion.Completion `cmd:"" help:"Show how to switch on completion in bash, zsh or fish."`
}

// database is the flag of every command that touches one.
type database struct {
	DatabaseURL string `name:"database-url" default:"sqlite:procedo.db" help:"Database: sqlite:FILE or postgres://…; ${default} when left out." placeholder:"URL"`
}

// exitError ends the program with a status and no further word.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Run parses the arguments, runs the command, and returns the exit status: 0, 1 for a failure or findings, 2 for a
// command line that cannot be read.
func (m *Main) Run(ctx context.Context, args []string) int {
	status := -1
	parser, err := kong.New(&cli{},
		kong.Name("procedo"), kong.Description("Procedo executes procedures."),
		kong.DefaultEnvars("PROCEDO"), kong.Writers(m.Stdout, m.Stderr),
		kong.Exit(func(code int) { status = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(m),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(m.Stderr, "procedo:", err)
		return 2
	}
	kongcompletion.Register(parser) // answers the shell, and ends, where it is the shell that asks
	if status >= 0 {
		return status
	}
	command, err := parser.Parse(args)
	if status >= 0 { // help was asked for and shown
		return status
	}
	if err != nil {
		fmt.Fprintf(m.Stderr, "procedo: %v\nTry: procedo --help\n", err)
		return 2
	}
	err = command.Run()
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	default:
		fmt.Fprintln(m.Stderr, "procedo:", err)
		return 1
	}
}
