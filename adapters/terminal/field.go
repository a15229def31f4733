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
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// lineLimit is the length, in characters, from which a line is refused. The terminal keeps about this many characters
// and silently drops the rest, so a line of this length may be incomplete.
const lineLimit = 4095

// field asks for the value of a slot until it is valid.
func (v *visit) field(ctx context.Context, s *slot.Slot) (next move, err error) {
	v.label(ctx, s)
	if message := v.issues[slot.FieldOf(s.Name)]; message != "" {
		v.showError(message)
	}
	for v.open() {
		shown, current := v.current(s)
		text, err := v.read(s, shown)
		leaving := err
		if err != nil && (text == "" || !errors.Is(err, io.EOF) && !errors.Is(err, errLeft)) {
			return again, err
		}
		raw, repeat := current, false
		switch command := parseCommand(text); {
		case leaving == nil && command == "back":
			return back, nil
		case command != "":
			if raw, repeat, err = v.fieldCommand(ctx, s, command, text); err != nil {
				return again, err
			}
		case strings.TrimSpace(text) != "":
			if raw, repeat, err = v.understand(ctx, s, unescape(text)); err != nil {
				return again, err
			}
		}
		if repeat {
			continue
		}
		done, err := v.submit(ctx, s, raw, text)
		if err = errors.Join(err, leaving); err != nil {
			return again, err
		}
		if done {
			return forward, nil
		}
	}
	return again, nil
}

// unescape removes the first of two leading colons.
func unescape(text string) string {
	if strings.HasPrefix(text, "::") {
		return text[1:]
	}
	return text
}

// fieldCommand carries out a command that was typed instead of a value. It returns the value that :clear or :now stands
// for. repeat is true if the value must be asked for again.
func (v *visit) fieldCommand(
	ctx context.Context, s *slot.Slot, command, line string,
) (raw []byte, repeat bool, err error) {
	switch command {
	case "clear":
		v.cleared[s.Name] = true
		return []byte("null"), false, nil
	case "now":
		text, ok := now(s, v.Now())
		if !ok {
			v.showError(v.say("not_a_time", nil))
		}
		return quote(text), !ok, nil
	}
	return nil, true, v.execute(ctx, line)
}

func (v *visit) showError(message string) {
	v.printf("    %s %s", styled(Bad, "✗"), paragraph(message))
}

// label shows the slot's label, description and hints, and offers its options for completion.
func (v *visit) label(ctx context.Context, s *slot.Slot) {
	star := ""
	if v.required(ctx, s) {
		star = " *"
	}
	unit := ""
	if s.Unit != "" {
		unit = " (" + s.Unit + ")"
	}
	v.printf("  %s%s%s", styled(Strong, v.texts.Label(s)), unit, star)
	if d := v.texts.Description(s); d != "" {
		v.printf("    %s", paragraph(d))
	}
	for _, h := range v.hints(s) {
		v.printf("    %s", styled(Faint, h))
	}
	v.offerOptions(s)
}

// offerOptions offers the options of a slot for completion.
func (v *visit) offerOptions(s *slot.Slot) {
	var words []string
	for _, o := range s.Options {
		words = append(words, o)
		if wording := v.texts.Option(s, o); wording != o {
			words = append(words, wording)
		}
	}
	v.Console.Offer(words)
}

// hidden stands for a sensitive value.
const hidden = "••••"

// current returns the value that the slot keeps if the person presses Enter, as text and as JSON. This is the value in
// the draft or, without one, the default. For a sensitive value in the draft, the JSON is nil, because the service does
// not return the value.
func (v *visit) current(s *slot.Slot) (shown string, raw []byte) {
	step := v.state()
	if slices.Contains(step.Sensitive, s.Name) {
		return hidden, nil
	}
	if draft, ok := step.Slots[s.Name]; ok {
		return v.shown(s, draft), draft
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

// read reads one answer. For a slot of type text, it reads lines until one that consists of a dot. If the person leaves
// before that, it returns the lines typed so far together with the error.
func (v *visit) read(s *slot.Slot, shown string) (string, error) {
	prompt := "  > "
	if shown != "" {
		prompt = "  [" + firstLine(shown) + "] > "
	}
	ask := v.Console.ReadLine
	if s.Sensitive {
		ask = v.Console.ReadSecret
	}
	line, err := v.readLine(ask, prompt)
	if s.Type != slot.LongText || err != nil || line == "" || parseCommand(line) != "" {
		return line, err
	}
	if line == "." {
		return "", nil
	}
	lines := []string{line}
	for {
		line, err = v.readLine(ask, "  … ")
		switch {
		case err == nil && parseCommand(line) == "quit":
			err = errLeft
			fallthrough
		case err != nil, line == ".":
			return strings.Join(lines, "\n"), err
		}
		lines = append(lines, line)
	}
}

// readLine reads a line. If the line is too long, readLine asks again.
func (v *visit) readLine(ask func(string) (string, error), prompt string) (string, error) {
	for {
		line, err := ask(prompt)
		if err != nil || utf8.RuneCountInString(line) < lineLimit {
			return line, err
		}
		v.showError(v.say("too_long", fault.Params{"max": lineLimit - 1}))
	}
}

func firstLine(text string) string {
	line, _, more := strings.Cut(text, "\n")
	if more {
		line += " …"
	}
	return line
}

// submit checks a value and, if it is valid and changes the draft, shows and saves it. It returns true if the next
// question can follow. After a refusal, and after :clear, the same field is asked for again.
func (v *visit) submit(ctx context.Context, s *slot.Slot, raw []byte, typed string) (done bool, err error) {
	if raw == nil { // the sensitive value in the draft is kept
		return true, nil
	}
	clearing := parseCommand(typed) == "clear"
	value, issue := s.Check(raw)
	if issue == nil && value.IsAbsent() && v.required(ctx, s) && !clearing {
		missing := s.Missing()
		issue = &missing
	}
	if issue != nil {
		v.showError(v.issueText(s, *issue))
		return false, nil
	}
	if typed != "" {
		v.echo(s, unescape(typed), value)
	}
	draft, drafted := v.state().Slots[s.Name]
	sealed := slices.Contains(v.state().Sensitive, s.Name)
	if !sealed && (drafted && string(draft) == string(raw) || !drafted && value.IsAbsent()) {
		return !clearing, nil
	}
	err = v.save(ctx, client.StepDraft{Slots: client.Values{s.Name: raw}})
	var refused *ProblemError
	if errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity {
		if len(refused.Issues) == 0 {
			v.showError(refused.Detail)
		}
		for _, is := range refused.Issues {
			v.showError(is.Message)
		}
		return false, nil
	}
	return err == nil && v.open() && !clearing, err
}
