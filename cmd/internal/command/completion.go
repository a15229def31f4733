package command

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// The scripts ask the program what can follow, by cobra's command __complete. Cobra's own scripts evaluate the words of
// the line, so that pressing Tab runs $(…), and that for bash needs the package bash-completion.
var (
	//go:embed complete.bash
	bashScript string
	//go:embed complete.zsh
	zshScript string
	//go:embed complete.fish
	fishScript string
)

// Complete writes the script that completes the command line in bash, zsh or fish.
func (p *Program) Complete(shell string, out io.Writer) error {
	script, found := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[shell]
	if !found {
		return fmt.Errorf("command: there are no completions for %s", shell)
	}
	_, err := io.WriteString(out, strings.ReplaceAll(script, "PROGRAM", p.Name))
	return err
}
