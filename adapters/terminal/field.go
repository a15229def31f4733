package terminal

import (
	"context"
	"errors"
	"strings"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/slot"
)

// field asks one slot until its answer holds. It returns where to go: 1 to the next field, -1 back.
func (v *visit) field(ctx context.Context, s *slot.Slot) (move int, err error) {
	v.label(s)
	if message := v.issues[slot.FieldOf(s.Name)]; message != "" {
		v.linef("    %s %s", v.Console.Mark(Bad, "✗"), message)
	}
	for {
		present, suggested := v.present(s)
		line, err := v.read(s, present)
		if err != nil {
			return 0, err
		}
		raw := suggested
		switch word := command(line); {
		case word == "back":
			return -1, nil
		case word == "clear":
			raw = []byte("null")
		case word == "now":
			text, ok := now(s, v.Now())
			if !ok {
				v.linef("    %s %s", v.Console.Mark(Bad, "✗"), v.say("not_a_time", nil))
				continue
			}
			raw = quote(text)
		case word != "":
			if _, err := v.command(ctx, line); err != nil || !v.open() {
				return 0, err
			}
			continue
		case strings.TrimSpace(line) != "":
			if strings.HasPrefix(line, "::") {
				line = line[1:]
			}
			raw = v.typed(s, line)
		}
		done, err := v.give(ctx, s, raw)
		if err != nil || done {
			return 1, err
		}
		if !v.open() {
			return 1, nil
		}
	}
}

// label shows what is asked for, and what is accepted.
func (v *visit) label(s *slot.Slot) {
	star := ""
	if s.Required {
		star = " *"
	}
	v.linef("  %s%s", v.Console.Mark(Strong, v.texts.Label(s)), star)
	if d := v.texts.Description(s); d != "" {
		v.linef("    %s", d)
	}
	for _, h := range v.hints(s) {
		v.linef("    %s", v.Console.Mark(Faint, h))
	}
	var words []string
	for _, o := range s.Options {
		words = append(words, o)
		if wording := v.texts.Option(s, o); wording != o {
			words = append(words, wording)
		}
	}
	v.Console.Offer(words)
}

// present is what Enter keeps: the draft, or what the definition suggests.
func (v *visit) present(s *slot.Slot) (shown string, raw []byte) {
	step := v.state()
	for _, name := range step.Sensitive {
		if name == s.Name {
			return "••••", nil
		}
	}
	if held, ok := step.Slots[s.Name]; ok {
		return v.shown(s, held), held
	}
	if !s.Default.IsAbsent() {
		raw := s.Default.AppendCanonical(nil)
		if s.Default.Shape() == slot.Number {
			raw = []byte(s.Default.Text())
		}
		return v.shown(s, raw), raw
	}
	return "", []byte("null")
}

// read reads one answer; of a text slot, lines up to a single dot.
func (v *visit) read(s *slot.Slot, present string) (string, error) {
	prompt := "  > "
	if present != "" {
		prompt = "  [" + firstLine(present) + "] > "
	}
	if s.Sensitive {
		return v.Console.ReadSecret(prompt)
	}
	line, err := v.Console.ReadLine(prompt)
	if s.Type != slot.LongText || err != nil || strings.TrimSpace(line) == "" || command(line) != "" {
		return line, err
	}
	lines := []string{line}
	for {
		line, err = v.Console.ReadLine("  … ")
		if err != nil || line == "." {
			return strings.Join(lines, "\n"), err
		}
		lines = append(lines, line)
	}
}

func firstLine(text string) string {
	line, _, more := strings.Cut(text, "\n")
	if more {
		line += " …"
	}
	return line
}

// give checks an answer here and, where it changes anything, saves it as a draft there.
func (v *visit) give(ctx context.Context, s *slot.Slot, raw []byte) (done bool, err error) {
	if raw == nil { // the sealed value that is there stays
		return true, nil
	}
	value, issue := s.Check(raw)
	if issue == nil && value.IsAbsent() && s.Required {
		missing := s.Missing()
		issue = &missing
	}
	if issue != nil {
		v.linef("    %s %s", v.Console.Mark(Bad, "✗"), v.Locale.Issue(*issue))
		return false, nil
	}
	held, was := v.state().Slots[s.Name]
	if was && string(held) == string(raw) || !was && value.IsAbsent() {
		return true, nil
	}
	err = v.save(ctx, client.StepDraft{Slots: client.Values{s.Name: raw}})
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status == 422 && len(refused.Issues) > 0 {
		v.linef("    %s %s", v.Console.Mark(Bad, "✗"), refused.Issues[0].Message)
		return false, nil
	}
	return err == nil && v.open(), err
}
