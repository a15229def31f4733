package terminal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/procedo/procedo/api/client"
)

// commands maps each English and French word that can be typed after a colon to its command. To enter a value that
// begins with a colon, the person types two colons. Letter case, accents and spaces around a word do not matter.
var commands = map[string]string{
	"help": "help", "aide": "help",
	"back": "back", "retour": "back",
	"clear": "clear", "effacer": "clear",
	"now": "now", "maintenant": "now",
	"skip": "skip", "sauter": "skip",
	"fail": "fail", "echec": "fail",
	"quit": "quit", "quitter": "quit",
}

// parseCommand returns the command on a line, "unknown" if the word is not a command, or "" if the line is an answer.
func parseCommand(line string) string {
	word, is := strings.CutPrefix(legible(line), ":")
	if !is || strings.HasPrefix(word, ":") {
		return ""
	}
	if c := commands[unaccented(strings.TrimSpace(word))]; c != "" {
		return c
	}
	return "unknown"
}

// IsQuit reports whether a line is the command :quit.
func IsQuit(line string) bool { return parseCommand(line) == "quit" }

// execute carries out the commands that work at every prompt: quit, skip, fail and help.
func (v *visit) execute(ctx context.Context, line string) error {
	switch parseCommand(line) {
	case "quit":
		return errLeft
	case "skip":
		if !v.step.Skippable {
			title, detail := v.Locale.Problem("step.not_skippable", nil)
			v.printf("%s %s. %s", styled(Bad, "✗"), title, detail)
			return nil
		}
		return v.withReason(ctx, "skip_reason", func(reason string) (*Run, error) {
			skip := client.StepSkip{Reason: reason, Visit: &v.state().Visit}
			return v.API.Skip(ctx, v.run.ID, v.step.Key, skip)
		})
	case "fail":
		if sure, err := v.sure("fail_sure"); err != nil || !sure {
			return err
		}
		return v.withReason(ctx, "reason", func(reason string) (*Run, error) {
			return v.API.Fail(ctx, v.run.ID, reason)
		})
	case "unknown":
		v.showError(v.say("unknown_command", nil)) // without the line, which can be a sensitive value
		return nil
	default:
		v.printf("%s", paragraph(v.say("help", nil)))
		return nil
	}
}

// sure asks a yes-or-no question about something that cannot be undone. Any answer except yes means no. The command
// :quit returns errLeft.
func (v *visit) sure(question string) (bool, error) {
	v.Console.Offer(nil)
	line, err := v.Console.ReadLine("  " + v.say(question, nil))
	if err == nil && parseCommand(line) == "quit" {
		err = errLeft
	}
	return err == nil && yesOrNo(line) == yes, err
}

// withReason asks for a reason and passes it to the function do. An empty answer or a command returns without calling
// do. The command :quit returns errLeft.
func (v *visit) withReason(ctx context.Context, question string, do func(reason string) (*Run, error)) error {
	v.Console.Offer(nil)
	reason, err := v.Console.ReadLine("  " + v.say(question, nil))
	if err != nil || strings.TrimSpace(reason) == "" {
		return err
	}
	switch parseCommand(reason) {
	case "":
	case "quit":
		return errLeft
	default:
		return nil
	}
	run, err := do(strings.TrimSpace(reason))
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status != http.StatusConflict {
		v.showProblem(refused)
		return nil
	}
	if err = v.update(ctx, run, err); err == nil && v.state().State == client.StepStateSkipped {
		v.showSkipped(v.texts.Step(v.step))
	}
	return err
}
