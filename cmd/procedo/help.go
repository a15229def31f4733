package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/procedo/procedo/core/fault"
)

// placeholders are the French words for placeholders of flags. Placeholders that are not listed are the same in French.
var placeholders = map[string]string{
	"FILE": "FICHIER", "NAME": "NOM", "TEXT": "TEXTE", "RUN": "EXÉCUTION", "KEY": "CLÉ", "SLOT": "CHAMP",
	"WORD": "MOT", "POINTER": "POINTEUR", "ROLE=NAME,…": "RÔLE=NOM,…", //nolint:misspell // French
	"ROLE": "RÔLE", "TIME": "MOMENT",
}

// translateHelp replaces the English help of all commands and flags, which comes from their struct tags, by the help in
// the language of the terminal.
func translateHelp(app *kong.Application) {
	if terminalLocale().Language() == "en" {
		return
	}
	if text, ok := helpText("", "description"); ok {
		app.Help = text
	}
	var translate func(n *kong.Node, path string)
	translate = func(n *kong.Node, path string) {
		for _, f := range n.Flags {
			if text, ok := helpText(path, "--"+f.Name); ok {
				f.Help = strings.ReplaceAll(text, "${enum}", f.Enum)
			}
			if word := placeholders[f.PlaceHolder]; word != "" {
				f.PlaceHolder = word
			}
		}
		for _, p := range n.Positional {
			if text, ok := helpText(path, "<"+p.Name+">"); ok {
				p.Help = text
			}
		}
		for _, child := range n.Children {
			below := strings.TrimPrefix(path+"."+child.Name, ".")
			if text, ok := helpText(below, ""); ok {
				child.Help = text
			}
			if text, ok := helpText(below, "detail"); ok {
				child.Detail = text
			}
			translate(child, below)
		}
	}
	translate(app.Node, "")
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

// printHelp prints the help in the language of the terminal. That of the program also lists the variables.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := printTranslated(options, ctx); err != nil {
		return err
	}
	if ctx.Selected() == nil {
		return printVariables(ctx.Stdout, ctx.Model)
	}
	return nil
}

// printTranslated prints the help of kong with its headings in the language of the terminal.
func printTranslated(options kong.HelpOptions, ctx *kong.Context) error {
	if terminalLocale().Language() == "en" {
		return kong.DefaultHelpPrinter(options, ctx)
	}
	out := ctx.Stdout
	var english bytes.Buffer
	ctx.Stdout = &english
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	for line := range strings.Lines(english.String()) {
		if _, err := io.WriteString(out, translatedHeading(line)); err != nil {
			return err
		}
	}
	return nil
}

// translatedHeading translates a line of the help if it is a heading. Otherwise it returns the line unchanged.
func translatedHeading(line string) string {
	switch text := strings.TrimSuffix(line, "\n"); {
	case strings.HasPrefix(text, "Usage: "):
		usage := strings.NewReplacer("<command>", "<commande>", "[flags]", "[options]").Replace(text[len("Usage: "):])
		return say("help_usage", fault.Params{"usage": usage}) + "\n"
	case text == "Arguments:":
		return say("help_arguments", nil) + "\n"
	case text == "Flags:":
		return say("help_flags", nil) + "\n"
	case text == "Commands:":
		return say("help_commands", nil) + "\n"
	case strings.HasPrefix(text, `Run "`):
		return say("help_more", nil) + "\n"
	}
	return line
}

// usageErrors maps kong's messages about an invalid command line to the ids of messages in the catalogue.
var usageErrors = []struct {
	form *regexp.Regexp
	id   string
}{
	{regexp.MustCompile(`^unexpected argument (.+?)(?:, did you mean (?:one of )?(.+)\?)?$`), "usage_argument"},
	{regexp.MustCompile(`^unknown flag (.+?)(?:, did you mean (?:one of )?(.+)\?)?$`), "usage_flag"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "usage_missing"},
	{regexp.MustCompile(`^expected (?:one of )?([^b].*)$`), "usage_expected"},
	{regexp.MustCompile(`^(\S+): (?:missing|expected) .*$`), "usage_value"},
	{regexp.MustCompile(`^(\S+) must be one of (\S+) but got (.+)$`), "usage_enum"},
	{regexp.MustCompile(`: stat (.+): no such file or directory$`), "usage_file"},
	{regexp.MustCompile(`: "(.+)" exists but is a directory$`), "usage_folder"},
}

// usageText returns the message of an error in the command line, in the language of the terminal.
func usageText(err error) string {
	for _, e := range usageErrors {
		if m := e.form.FindStringSubmatch(err.Error()); m != nil {
			params := fault.Params{"given": m[1]}
			if len(m) > 2 {
				params["others"] = m[2]
			}
			return say(e.id, params)
		}
	}
	return err.Error()
}

// printUsageError shows what is wrong with a command line.
func (m *Main) printUsageError(err error) {
	m.warn("procedo: " + usageText(err))
	m.warn(say("usage_help", nil))
}
