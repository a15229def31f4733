package main

import (
	"os"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/fault"
)

// terminalLocale returns the locale of the terminal: the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX, Base
// Definitions, section 8.2).
func terminalLocale() i18n.Locale {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			tag, _, _ := strings.Cut(v, "@") // fr_CH.UTF-8@modifier
			tag, _, _ = strings.Cut(tag, ".")
			return i18n.Accept(strings.ReplaceAll(tag, "_", "-"))
		}
	}
	return i18n.Accept("")
}

// say returns the message command.ID of the catalogue, in the language of the terminal.
func say(id string, params fault.Params) string {
	return terminalLocale().Text("command."+id, terminal.OneLine(params))
}

// count returns a number with its noun, such as "2 runs", in the language of the terminal. The catalogue must have the
// message count.NOUN.
func count(noun string, n int) string { return terminalLocale().Count(noun, n) }
