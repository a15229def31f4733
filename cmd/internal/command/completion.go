package command

import (
	"fmt"
	"io"
)

// Complete writes the script that completes the command line in bash, zsh, fish or powershell. The script asks the
// program for what can follow.
func (p *Program) Complete(shell string, out io.Writer) error {
	root := p.build(p.Command)
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return fmt.Errorf("command: there are no completions for %s", shell)
}
