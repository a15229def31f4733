package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/cmd/internal/command"
)

// The variables that hold secrets. They have no flags, because other users of the machine can see command lines.
const (
	auditKeyVariable   = "PROCEDO_AUDIT_KEY"
	tokenVariable      = "PROCEDO_TOKEN"             //nolint:gosec // the name of the variable
	sinkSecretVariable = "PROCEDO_AUDIT_SINK_SECRET" //nolint:gosec // the name of the variable
)

// variable is an environment variable that the program reads.
type variable struct{ name, help string }

// variables returns the variables of all flags, in the order of the commands, and those that hold secrets.
func variables(p *command.Program) (all []variable) {
	texts := map[string][]string{} // by name; a variable can be that of several commands
	p.Walk(func(c *command.Command) {
		for _, f := range c.Flags {
			texts[f.Variable] = append(texts[f.Variable], f.Text())
		}
	})
	delete(texts, "")
	for name, helps := range texts {
		all = append(all, variable{name, mostFrequent(helps)})
	}
	slices.SortStableFunc(all, func(a, b variable) int { return strings.Compare(a.name, b.name) })
	return append(all,
		variable{auditKeyVariable, say("variable_checkpoint_key", nil)},
		variable{tokenVariable, say("variable_token", nil)},
		variable{sinkSecretVariable, say("variable_sink_secret", nil)},
		variable{"LC_ALL, LC_MESSAGES, LANG", say("variable_language", nil)},
	)
}

// mostFrequent returns the text that is most frequent among some; of several, the first.
func mostFrequent(texts []string) string {
	times := map[string]int{}
	for _, text := range texts {
		times[text]++
	}
	return slices.MaxFunc(texts, func(a, b string) int { return times[a] - times[b] })
}

// printVariables prints the variables with what they set, below the help of the program.
func printVariables(out io.Writer, p *command.Program) error {
	const name, width = 36, 80
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s\n", say("help_variables", nil))
	for _, v := range variables(p) {
		indent := fmt.Sprintf("  %-*s", name, v.name)
		for line := range strings.Lines(terminal.Wrap(v.help, width-name-2)) {
			fmt.Fprintf(&text, "%s%s\n", indent, strings.TrimSuffix(line, "\n"))
			indent = strings.Repeat(" ", name+2)
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// unknownVariables returns the variables of the environment that begin like those of the program, but that it does not
// read.
func unknownVariables(p *command.Program) []string {
	known := variables(p)
	unknown := []string{}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		isKnown := slices.ContainsFunc(known, func(v variable) bool { return v.name == name })
		if strings.HasPrefix(name, "PROCEDO_") && !isKnown {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
