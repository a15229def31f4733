package terminal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/procedo/procedo/api/client"
)

// commands are the words that begin with a colon, in both languages. A value that begins with one is typed with two.
var commands = map[string]string{
	"help": "help", "aide": "help",
	"back": "back", "retour": "back",
	"clear": "clear", "effacer": "clear",
	"now": "now", "maintenant": "now",
	"skip": "skip", "sauter": "skip",
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
func (v *visit) command(ctx context.Context, line string) error {
	switch command(line) {
	case "quit":
		return errLeft
	case "skip":
		return v.end(ctx, "skip_reason", func(reason string) (*Run, error) {
			return v.API.Skip(ctx, v.run.ID, v.step.Key, client.StepSkip{Reason: &reason, Visit: &v.state().Visit})
		})
	case "fail":
		return v.end(ctx, "reason", func(reason string) (*Run, error) { return v.API.Fail(ctx, v.run.ID, reason) })
	default:
		v.linef("%s", v.say("help", nil))
		return nil
	}
}

// end leaves the step or the run undone, with a reason; an empty one, or :back, goes back.
func (v *visit) end(ctx context.Context, question string, do func(reason string) (*Run, error)) error {
	v.Console.Offer(nil)
	reason, err := v.Console.ReadLine("  " + v.say(question, nil))
	if err != nil || strings.TrimSpace(reason) == "" {
		return err
	}
	switch command(reason) {
	case "":
	case "quit":
		return errLeft
	default:
		return nil
	}
	run, err := do(strings.TrimSpace(reason))
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status != http.StatusConflict {
		v.problem(refused)
		return nil
	}
	return v.took(ctx, run, err)
}
