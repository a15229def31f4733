package command

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Runner is implemented by the commands of a tool.
type Runner interface{ Run() error }

// Main runs a tool for developers: the Runner that the arguments of the process select. It ends the process with the
// status 1 if the Runner fails, and 2 if the arguments are not valid.
func Main(name, help string, tree any) {
	p := New(name, help, "", tree)
	p.Execute = func(_ context.Context, selected *Command) error {
		return selected.Target.(Runner).Run() //nolint:forcetypeassert // a tree without a Runner is a bug
	}
	err := p.Run(context.Background(), os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, name+":", err)
	var usage *Error
	if errors.As(err, &usage) {
		os.Exit(2) //nolint:mnd // as shells do
	}
	os.Exit(1)
}
