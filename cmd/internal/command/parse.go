package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Run parses the arguments, which do not include the name of the program. It prints the help if they ask for it, and
// calls Execute otherwise. It returns an *Error if they are not valid, or the error of Execute.
func (p *Program) Run(ctx context.Context, arguments []string) error {
	root := p.build(p.Command) //nolint:contextcheck // cobra passes it on
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true}) // --help does it
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	cobra.MousetrapHelpText = ""                   // on Windows, a click may start the program
	root.SetArgs(append([]string{}, arguments...)) // nil would stand for the arguments of the process
	return root.ExecuteContext(ctx)
}

// build returns the command as cobra knows it, with all below it.
func (p *Program) build(c *Command) *cobra.Command {
	c.cobra = &cobra.Command{
		Use: c.Name, Short: c.Help, Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2, //nolint:mnd // as cobra's own default, which it sets too late
		RunE: func(built *cobra.Command, arguments []string) error {
			if err := c.take(arguments); err != nil {
				return err
			}
			return p.Execute(built.Context(), c)
		},
	}
	c.cobra.SetHelpFunc(func(*cobra.Command, []string) { p.help(c) })
	c.cobra.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return c.fromParser(err) })
	flags := c.cobra.Flags()
	flags.BoolP("help", "h", false, p.Words.Help)
	for _, f := range c.Flags {
		f.register(flags)
		if f.Enum != nil {
			// The only error is that the flag does not exist, or has completions already.
			_ = c.cobra.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(f.Enum, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	for _, a := range c.Arguments {
		c.cobra.ValidArgs = append(c.cobra.ValidArgs, a.Enum...)
	}
	for _, child := range c.Commands {
		c.cobra.AddCommand(p.build(child))
	}
	return c.cobra
}

// take completes what the command line says by the variables, and checks what no single value tells.
func (c *Command) take(arguments []string) error {
	if err := c.takeArguments(arguments); err != nil {
		return err
	}
	if len(c.Commands) > 0 {
		return &Error{Code: Missing, Given: c.commandNames()}
	}
	var missing []string
	given := map[string]*Flag{}
	for _, f := range c.Flags {
		if err := f.readVariable(); err != nil {
			return err
		}
		if f.Required && f.Source == Default {
			missing = append(missing, "--"+f.Name+"="+f.shownValue())
		}
		if f.group == "" || f.Source == Default {
			continue
		}
		if other := given[f.group]; other != nil {
			return &Error{Code: Exclusive, Given: "--" + f.Name, Others: []string{"--" + other.Name}}
		}
		given[f.group] = f
	}
	if missing != nil {
		slices.Sort(missing)
		return &Error{Code: Missing, Given: strings.Join(missing, ", ")}
	}
	return nil
}

// commandNames returns the names of the commands below this one.
func (c *Command) commandNames() string {
	names := make([]string, len(c.Commands))
	for i, child := range c.Commands {
		names[i] = child.Name
	}
	return strings.Join(names, ", ")
}
