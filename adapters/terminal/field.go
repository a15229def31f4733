package terminal

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/slot"
)

// longestLine is how many characters of a line the terminal takes; what is beyond is lost.
const longestLine = 4095

// field asks one slot until its answer holds, and says where to go: 1 on, -1 back.
func (v *visit) field(ctx context.Context, s *slot.Slot) (move int, err error) {
	v.label(s)
	if message := v.issues[slot.FieldOf(s.Name)]; message != "" {
		v.wrong(message)
	}
	for v.open() {
		present, suggested := v.present(s)
		text, err := v.read(s, present)
		leaving := err
		if err != nil && (text == "" || !errors.Is(err, io.EOF) && !errors.Is(err, errLeft)) {
			return 0, err
		}
		raw, again := suggested, false
		switch word := command(text); {
		case leaving == nil && word == "back":
			return -1, nil
		case word != "":
			if raw, again, err = v.instead(ctx, s, word, text); err != nil {
				return 0, err
			}
		case strings.TrimSpace(text) != "":
			raw = v.typed(s, unescaped(text))
		}
		if again {
			continue
		}
		done, err := v.give(ctx, s, raw, command(text) == "clear")
		if err = errors.Join(err, leaving); err != nil {
			return 0, err
		}
		if done {
			return 1, nil
		}
	}
	return 0, nil
}

// unescaped is a value that was typed with two colons to begin with one.
func unescaped(text string) string {
	if strings.HasPrefix(text, "::") {
		return text[1:]
	}
	return text
}

// instead carries out a command typed in the place of an answer: a value, or to ask again.
func (v *visit) instead(ctx context.Context, s *slot.Slot, word, line string) (raw []byte, again bool, err error) {
	switch word {
	case "clear":
		v.cleared[s.Name] = true
		return []byte("null"), false, nil
	case "now":
		text, ok := now(s, v.Now())
		if !ok {
			v.wrong(v.say("not_a_time", nil))
		}
		return quote(text), !ok, nil
	}
	return nil, true, v.command(ctx, line)
}

func (v *visit) wrong(message string) { v.linef("    %s %s", mark(Bad, "✗"), message) }

// label shows what is asked for, and what is accepted.
func (v *visit) label(s *slot.Slot) {
	star := ""
	if s.Required && s.RequiredWhen == nil {
		star = " *"
	}
	v.linef("  %s%s", mark(Strong, v.texts.Label(s)), star)
	if d := v.texts.Description(s); d != "" {
		v.linef("    %s", d)
	}
	for _, h := range v.hints(s) {
		v.linef("    %s", mark(Faint, h))
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
	if slices.Contains(step.Sensitive, s.Name) {
		return "••••", nil
	}
	if held, ok := step.Slots[s.Name]; ok {
		return v.shown(s, held), held
	}
	if !s.Default.IsAbsent() && !v.cleared[s.Name] {
		raw := s.Default.AppendCanonical(nil)
		if s.Default.Shape() == slot.NumberShape {
			raw = []byte(s.Default.Text())
		}
		return v.shown(s, raw), raw
	}
	return "", []byte("null")
}

// read reads one answer; of a text slot, lines up to a single dot. Leaving in the middle returns what was typed so far.
func (v *visit) read(s *slot.Slot, present string) (string, error) {
	prompt := "  > "
	if present != "" {
		prompt = "  [" + firstLine(present) + "] > "
	}
	ask := v.Console.ReadLine
	if s.Sensitive {
		ask = v.Console.ReadSecret
	}
	line, err := v.line(ask, prompt)
	if s.Type != slot.LongText || err != nil || line == "" || command(line) != "" {
		return line, err
	}
	if line == "." {
		return "", nil
	}
	lines := []string{line}
	for {
		line, err = v.line(ask, "  … ")
		switch {
		case err == nil && command(line) == "quit":
			err = errLeft
			fallthrough
		case err != nil, line == ".":
			return strings.Join(lines, "\n"), err
		}
		lines = append(lines, line)
	}
}

// line reads one line that the terminal took whole.
func (v *visit) line(ask func(string) (string, error), prompt string) (string, error) {
	for {
		line, err := ask(prompt)
		if err != nil || utf8.RuneCountInString(line) < longestLine {
			return line, err
		}
		v.wrong(v.say("too_long", nil))
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
func (v *visit) give(ctx context.Context, s *slot.Slot, raw []byte, clearing bool) (done bool, err error) {
	if raw == nil { // the sealed value that is there stays
		return true, nil
	}
	value, issue := s.Check(raw)
	if issue == nil && value.IsAbsent() && s.Required && s.RequiredWhen == nil && !clearing {
		missing := s.Missing()
		issue = &missing
	}
	if issue != nil {
		v.wrong(v.worded(s, *issue))
		return false, nil
	}
	held, was := v.state().Slots[s.Name]
	sealed := slices.Contains(v.state().Sensitive, s.Name)
	if !sealed && (was && string(held) == string(raw) || !was && value.IsAbsent()) {
		return !clearing, nil
	}
	err = v.save(ctx, client.StepDraft{Slots: client.Values{s.Name: raw}})
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity {
		v.wrong(refused.Detail)
		for _, is := range refused.Issues {
			v.wrong(is.Message)
		}
		return false, nil
	}
	return err == nil && v.open() && !clearing, err
}
