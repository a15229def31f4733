package main

import (
	"cmp"
	"strings"

	"github.com/procedo/procedo/cmd/internal/command"
	"github.com/procedo/procedo/core/fault"
)

// placeholders are the French words for placeholders of flags. Placeholders that are not listed are the same in French.
var placeholders = map[string]string{
	"FILE": "FICHIER", "NAME": "NOM", "TEXT": "TEXTE", "RUN": "EXÉCUTION", "KEY": "CLÉ", "SLOT": "CHAMP",
	"WORD": "MOT", "POINTER": "POINTEUR", "ROLE=NAME,…": "RÔLE=NOM,…", //nolint:misspell // French
	"ROLE": "RÔLE", "TIME": "MOMENT", "ADDRESS": "ADRESSE",
}

// arguments are the French names of arguments. Names that are not listed are the same in French.
var arguments = map[string]string{
	"file": "fichier", "files": "fichiers", "name": "nom", "procedure": "procédure", "role": "rôle", "run": "exécution",
	"bundle": "preuve",
}

// translateHelp replaces the English help of all commands and flags, which comes from their struct tags, by the help in
// the language of the terminal.
func translateHelp(p *command.Program) {
	p.Words = command.Words{
		Usage:   func(usage string) string { return say("help_usage", fault.Params{"usage": usage}) },
		Command: say("help_command", nil), Options: say("help_options", nil),
		Arguments: say("help_arguments", nil), Flags: say("help_flags", nil), Commands: say("help_commands", nil),
		More: func(path string) string { return say("help_more", fault.Params{"path": path}) }, Help: say("help_help", nil),
	}
	if terminalLocale().Language() == "en" {
		return
	}
	p.Help, _ = helpText("", "description")
	p.Walk(func(c *command.Command) {
		path := helpPath(c)
		if path != "" {
			c.Help, _ = helpText(path, "")
		}
		if c.Detail != "" {
			c.Detail, _ = helpText(path, "detail")
		}
		for _, f := range c.Flags {
			f.Help, _ = helpText(path, "--"+f.Name)
			if word := placeholders[f.Placeholder]; word != "" {
				f.Placeholder = word
			}
		}
		for _, a := range c.Arguments {
			a.Help, _ = helpText(path, "<"+a.Name+">")
			a.Name = cmp.Or(arguments[a.Name], a.Name)
		}
	})
}

// helpPath returns the path of a command in the ids of the help, such as "audit.verify".
func helpPath(c *command.Command) string {
	_, path, _ := strings.Cut(c.Path(), " ")
	return strings.ReplaceAll(path, " ", ".")
}

// helpText returns the translated help of the command at a path. The name selects a part of the help: a flag, an
// argument, or "detail" for the paragraph below the summary. A flag can have one text for all commands.
func helpText(path, name string) (string, bool) {
	ids := []string{strings.Trim("help."+path+"."+name, ".")}
	if path == "" {
		ids[0] = "help." + name
	} else if strings.HasPrefix(name, "--") {
		ids = append(ids, "help."+name)
	}
	for _, id := range ids {
		if text := terminalLocale().Text(id, nil); text != id {
			return text, true
		}
	}
	return "", false
}

// usageText returns the message of an error in the command line, in the language of the terminal.
func usageText(err *command.Error) string {
	params := fault.Params{
		"given": err.Given, "path": withoutKeys(err.Path), "others": strings.Join(err.Others, ", "),
	}
	if err.Code == command.UnknownArgument { // it may be the value of a flag without its name
		params["given"] = redactedEntry(err.Given)
	}
	if err.Cause != nil && err.Code == command.NotValid {
		params["cause"] = errorText(err.Cause)
	}
	return say("usage_"+string(err.Code), params)
}

// printUsageError shows what is wrong with a command line.
func (m *Main) printUsageError(err *command.Error) {
	m.warn("procedo: " + usageText(err))
	m.warn(say("usage_help", fault.Params{"path": m.program.Selected.Path()}))
}
