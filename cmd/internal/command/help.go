package command

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/procedo/procedo/adapters/terminal"
)

// Words are the words of the help that do not belong to a command.
type Words struct {
	Usage     func(usage string) string // the line that shows how the command is used
	Command   string                    // the word for a command in that line
	Options   string                    // the word for flags in that line
	Arguments string                    // the heading of the arguments
	Flags     string                    // the heading of the flags
	Commands  string                    // the heading of the commands
	More      func(path string) string  // the line that says how to get help for a command below the one at a path
	Help      string                    // what --help does
}

// English are the words in English.
var English = Words{
	Usage:   func(usage string) string { return "Usage: " + usage },
	Command: "<command>", Options: "[flags]", Arguments: "Arguments:", Flags: "Flags:", Commands: "Commands:",
	More: func(path string) string { return "More about a command: " + path + " <command> --help" },
	Help: "Show context-sensitive help.",
}

// width is that of the help, in columns.
const width = 80

// helpCommand returns the command help, which takes the names of a command.
func (p *Program) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help", Short: p.Words.Help,
		RunE: func(_ *cobra.Command, names []string) error {
			found, rest, err := root.Find(names)
			if err != nil || p.commands[found] == nil {
				return errors.Join(err, p.help(p.Command, nil))
			}
			return p.help(p.commands[found], rest)
		},
		ValidArgsFunction: func(_ *cobra.Command, names []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			found, _, err := root.Find(names)
			if err != nil || p.commands[found] == nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var all []cobra.Completion
			for _, child := range p.commands[found].Commands {
				all = append(all, cobra.CompletionWithDesc(child.Name, child.Help))
			}
			return all, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// help prints the help of a command. It returns an *Error if the command has others below it, but none of the name that
// is left over.
func (p *Program) help(c *Command, rest []string) error {
	p.Selected = c
	if len(c.Commands) > 0 && len(rest) > 0 {
		return c.unknownArgument(rest[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", p.Words.Usage(c.usage(p.Words)), terminal.Wrap(c.Help, width))
	if c.Detail != "" {
		fmt.Fprintf(&b, "\n%s\n", terminal.Wrap(c.Detail, width))
	}
	arguments := make([][2]string, 0, len(c.Arguments))
	for _, a := range c.Arguments {
		arguments = append(arguments, [2]string{a.Usage(), a.text(a.Help)})
	}
	table(&b, p.Words.Arguments, arguments)
	flags := append(make([][2]string, 0, 1+len(c.Flags)), [2]string{"-h, --help", p.Words.Help})
	for _, f := range c.Flags {
		flags = append(flags, [2]string{f.usage(), f.description()})
	}
	table(&b, p.Words.Flags, flags)
	var commands [][2]string
	c.Walk(func(below *Command) {
		if below != c && len(below.Commands) == 0 {
			commands = append(commands, [2]string{strings.TrimPrefix(below.Path(), c.Path()+" "), below.Help})
		}
	})
	table(&b, p.Words.Commands, commands)
	if len(commands) > 0 {
		fmt.Fprintf(&b, "\n%s\n", p.Words.More(c.Path()))
	}
	_, err := io.WriteString(p.Out, b.String())
	if err == nil && c.parent == nil && p.Epilog != nil {
		err = p.Epilog(p.Out)
	}
	return err
}

// usage returns how the command is used: its path, its arguments and the flags that it needs.
func (c *Command) usage(w Words) string {
	parts := []string{c.Path()}
	if len(c.Commands) > 0 {
		return c.Path() + " " + w.Command
	}
	for _, a := range c.Arguments {
		parts = append(parts, a.Usage())
	}
	for _, f := range c.Flags {
		if f.Required {
			parts = append(parts, "--"+f.Name+"="+f.shownValue())
		}
	}
	if len(c.Flags) > 0 {
		parts = append(parts, w.Options)
	}
	return strings.Join(parts, " ")
}

// usage returns the names of the flag, and what stands for its value.
func (f *Flag) usage() string {
	text := "    "
	if f.Short != "" {
		text = "-" + f.Short + ", "
	}
	switch {
	case f.Negatable:
		return text + "--[no-]" + f.Name
	case f.isSwitch():
		return text + "--" + f.Name
	}
	return text + "--" + f.Name + "=" + f.shownValue()
}

// shownValue returns the placeholder of the flag, its default, or its name in capitals.
func (f *Flag) shownValue() string {
	text := f.Placeholder
	if text == "" {
		text = strings.ToUpper(f.Name)
		if f.Default != "" {
			text = f.Default
			if !f.target.CanInt() && !f.target.CanUint() {
				text = strconv.Quote(text)
			}
		}
	}
	if !f.isList() {
		return text
	}
	switch f.separator {
	case "", " ":
		return text + " ..."
	}
	return text + f.separator + "..."
}

// description returns the help of the flag with its variable, which stands before the full stop.
func (f *Flag) description() string {
	if f.Variable == "" {
		return f.Text()
	}
	return strings.TrimSuffix(f.Text(), ".") + " ($" + f.Variable + ")."
}

// Text returns the help of the flag with its values.
func (f *Flag) Text() string { return f.text(f.Help) }

// table prints rows of two columns below a heading, or nothing if there are none.
func table(b *strings.Builder, heading string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	const indent, gap, widest = 2, 4, 29 // columns; a row whose left side is wider begins with a line of its own
	left := 0
	for _, row := range rows {
		if n := len([]rune(row[0])); n <= widest {
			left = max(left, n)
		}
	}
	margin := strings.Repeat(" ", indent+left+gap)
	fmt.Fprintf(b, "\n%s\n", heading)
	for _, row := range rows {
		start := strings.Repeat(" ", indent) + row[0]
		if n := len([]rune(start)); n > indent+left {
			start += "\n" + margin
		} else {
			start += margin[n:]
		}
		text := strings.ReplaceAll(terminal.Wrap(row[1], width-len(margin)), "\n", "\n"+margin)
		fmt.Fprintf(b, "%s%s\n", start, text)
	}
}
