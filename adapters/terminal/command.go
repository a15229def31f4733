package terminal

import (
	"context"
	"errors"
	"strings"
)

// commands are the words that begin with a colon, in both languages. A value that begins with one is typed with two.
var commands = map[string]string{
	"help": "help", "aide": "help",
	"back": "back", "retour": "back",
	"clear": "clear", "effacer": "clear",
	"now": "now", "maintenant": "now",
	"fail": "fail", "échec": "fail", "echec": "fail",
	"quit": "quit", "quitter": "quit",
}

// command is the command that a line gives; "unknown" for a word that is none; empty for an answer.
func command(line string) string {
	word, is := strings.CutPrefix(strings.TrimSpace(line), ":")
	if !is || strings.HasPrefix(word, ":") {
		return ""
	}
	if c := commands[strings.ToLower(strings.TrimSpace(word))]; c != "" {
		return c
	}
	return "unknown"
}

// command carries out what means the same wherever it is typed.
func (v *visit) command(ctx context.Context, line string) (handled bool, err error) {
	switch command(line) {
	case "":
		return false, nil
	case "quit":
		return true, errLeft
	case "fail":
		return true, v.fail(ctx)
	default:
		v.linef("%s", v.say("help", nil))
		return true, nil
	}
}

// fail ends the run with a reason; an empty one goes back.
func (v *visit) fail(ctx context.Context) error {
	reason, err := v.Console.ReadLine("  " + v.say("reason", nil))
	if err != nil || strings.TrimSpace(reason) == "" {
		return err
	}
	run, err := v.API.Fail(ctx, v.run.ID, reason)
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status != 409 {
		v.problem(refused)
		return nil
	}
	return v.took(ctx, run, err)
}
