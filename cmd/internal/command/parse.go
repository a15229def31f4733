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
	cobra.MousetrapHelpText = "" // on Windows, a click may start the program
	root := p.tree()             //nolint:contextcheck // cobra passes it on
	if err := p.checkFlags(root, arguments); err != nil {
		return err
	}
	root.SetArgs(append([]string{}, arguments...)) // nil would stand for the arguments of the process
	if err := root.ExecuteContext(ctx); err != nil {
		return err
	}
	return p.unhelped
}

// tree returns the commands as cobra knows them.
func (p *Program) tree() *cobra.Command {
	p.commands, p.Selected, p.Started, p.unhelped = map[*cobra.Command]*Command{}, p.Command, false, nil
	root := p.build(p.Command)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(p.helpCommand(root))
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	return root
}

// build returns the command as cobra knows it, with all below it.
func (p *Program) build(c *Command) *cobra.Command {
	c.cobra = &cobra.Command{
		Use: c.Name, Short: c.Help, Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2, //nolint:mnd // as cobra's own default, which it sets too late
		RunE: func(built *cobra.Command, arguments []string) error {
			p.Selected = c
			if err := c.take(arguments); err != nil {
				return err
			}
			p.Started = true
			return p.Execute(built.Context(), c)
		},
	}
	p.commands[c.cobra] = c
	c.cobra.SetHelpFunc(func(*cobra.Command, []string) { p.unhelped = p.help(c, c.cobra.Flags().Args()) })
	c.cobra.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		p.Selected = c
		return c.fromParser(err)
	})
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

// checkFlags refuses what pflag would accept: a flag before the command that it belongs to, and a flag that takes the
// next flag for its value. --name=-value is a value all the same, and so is a negative number.
func (p *Program) checkFlags(root *cobra.Command, arguments []string) error {
	if len(p.Commands) > 0 && len(arguments) > 0 && isFlag(arguments[0]) {
		return p.checkFirst(arguments[0])
	}
	found, rest, err := root.Find(arguments)
	c := p.commands[found]
	if err != nil || c == nil {
		return nil //nolint:nilerr // what is wrong is found again where it is reported
	}
	for i := 0; i+1 < len(rest) && rest[i] != "--"; i++ {
		f := c.valued(rest[i])
		if f == nil {
			continue
		}
		if next := rest[i+1]; isFlag(next) {
			p.Selected = c
			return &Error{Code: NoValue, Given: "--" + f.Name}
		}
		i++
	}
	return nil
}

// checkFirst refuses a flag in place of a command. The program itself has only --help.
func (p *Program) checkFirst(argument string) error {
	name, _, _ := strings.Cut(argument, "=")
	if name == "--" || name == "-h" || name == "--help" {
		return nil
	}
	return &Error{Code: UnknownFlag, Given: name, Others: p.similarFlags(strings.TrimPrefix(name, "--"))}
}

// isFlag reports whether an argument is a flag, or what ends the flags. A single hyphen stands for a standard stream.
func isFlag(argument string) bool {
	return len(argument) > 1 && argument[0] == '-' && (argument[1] < '0' || argument[1] > '9')
}

// valued returns the flag that an argument names without giving its value, or nil if it names none, or a switch.
func (c *Command) valued(argument string) *Flag {
	i := slices.IndexFunc(c.Flags, func(f *Flag) bool {
		return argument == "--"+f.Name || f.Short != "" && argument == "-"+f.Short
	})
	if i < 0 || c.Flags[i].isSwitch() {
		return nil
	}
	return c.Flags[i]
}

// take completes what the command line says by the variables, and checks what no single value tells.
func (c *Command) take(arguments []string) error {
	if err := c.takeArguments(arguments); err != nil {
		return err
	}
	if len(c.Commands) > 0 {
		return &Error{Code: Missing, Given: c.someCommands()}
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

// someCommands returns the names of the first commands below this one.
func (c *Command) someCommands() string {
	const most = 6
	var names []string
	for _, child := range c.Commands[:min(most, len(c.Commands))] {
		names = append(names, child.Name)
	}
	if len(c.Commands) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
