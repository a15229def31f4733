package main

import (
	"os"
	"regexp"
	"strings"
)

// resumeCommand returns the command that continues a run on the same server or database, as the same actor, and with
// the same file of answers.
func (c runCmd) resumeCommand(runID string) string {
	words := []string{"procedo", "run", "--resume", runID}
	flag := func(name, value string) {
		if strings.HasPrefix(value, "-") {
			words = append(words, quoteForShell(name+"="+value))
			return
		}
		words = append(words, name, quoteForShell(value))
	}
	switch {
	case c.Server != "":
		flag("--server", redacted(c.Server))
		if c.TokenFile != "" {
			flag("--token-file", c.TokenFile)
		}
	case c.DatabaseURL != defaultDatabase && !isSecretFromEnvironment(c.DatabaseURL):
		flag("--database-url", redacted(c.DatabaseURL))
		if c.DatabasePasswordFile != "" {
			flag("--database-password-file", c.DatabasePasswordFile)
		}
	}
	if c.Actor != "" {
		flag("--actor", string(c.Actor))
	}
	if c.Answers != "" && c.Answers != "-" {
		flag("--answers", c.Answers)
	}
	return strings.Join(words, " ")
}

// isSecretFromEnvironment reports whether a database URL may hold a password and comes from PROCEDO_DATABASE_URL.
// resumeCommand leaves out such a URL, because the command that it returns reads the same variable.
func isSecretFromEnvironment(address string) bool {
	return os.Getenv("PROCEDO_DATABASE_URL") == address && (strings.Contains(address, "@") || redacted(address) != address)
}

// safeWord matches words that mean the same to a shell with and without quotes.
var safeWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quoteForShell quotes a word for a POSIX shell if necessary.
func quoteForShell(word string) string {
	if safeWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
