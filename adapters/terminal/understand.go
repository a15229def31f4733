package terminal

import (
	"context"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// understand returns the JSON value that typed text stands for. If the text is ambiguous, it asks which value is meant.
// repeat is true if the answer must be typed again.
func (v *visit) understand(ctx context.Context, s *slot.Slot, text string) (raw []byte, repeat bool, err error) {
	values := v.readings(s, text)
	_, skipped := dateTimeReadings(text, v.Locale.DateOrder(), v.zone())
	switch {
	case skipped && s.Type == slot.DateTime:
		v.showError(v.say("skipped_time", nil))
		return nil, true, nil
	case len(values) == 1:
		return values[0], false, nil
	case s.Sensitive: // sensitive values must not be shown
		v.showError(v.say("ambiguous_sensitive", nil))
		return nil, true, nil
	}
	v.printf("    %s", v.say("ambiguous", fault.Params{"text": text}))
	for i, value := range values {
		v.printf("      %d  %s", i+1, v.described(s, value))
	}
	v.Console.Offer(nil)
	defer v.offerOptions(s)
	for v.open() {
		line, err := v.Console.ReadLine("    " + v.say("which_one", nil))
		switch n, failed := strconv.Atoi(legible(line)); {
		case err != nil:
			return nil, false, err
		case parseCommand(line) != "":
			if err := v.execute(ctx, line); err != nil {
				return nil, false, err
			}
		case strings.TrimSpace(line) == "":
			return nil, true, nil
		case failed == nil && n >= 1 && n <= len(values):
			return values[n-1], false, nil
		default:
			v.showError(v.say("number_from_to", fault.Params{"max": len(values)}))
		}
	}
	return nil, true, nil
}

// described returns a value in the form of the person's language, followed by the stored form if the two differ.
func (v *visit) described(s *slot.Slot, raw []byte) string {
	value, issue := s.Check(raw)
	if issue != nil { // an invalid value is shown as typed; if the person chooses it, the message of the issue follows
		value = slot.TextValue(strings.Trim(string(raw), `"`))
	}
	if value.Shape() == slot.ListShape {
		all := v.optionWordings(s, value.List())
		for i := range all {
			all[i] = v.say("quoted", fault.Params{"text": all[i]})
		}
		return strings.Join(all, ", ")
	}
	if s.Type == slot.Enum {
		wording := v.texts.Option(s, value.Text())
		return withStored(wording, value.Text())
	}
	return withStored(v.Locale.Value(value.Text()), value.Text())
}

func withStored(shown, stored string) string {
	if shown == stored {
		return shown
	}
	return shown + " (" + stored + ")"
}

// echo shows the form in which an answer will be stored, if the person typed it differently. For a sensitive value, it
// only says that the form differs.
func (v *visit) echo(s *slot.Slot, typed string, value slot.Value) {
	stored := value.Text()
	switch value.Shape() {
	case slot.AbsentShape, slot.BooleanShape, slot.SealedShape:
		return
	case slot.ListShape:
		if stored = v.optionWordings(s, value.List())[0]; len(value.List()) > 1 {
			stored = v.Locale.Join(v.optionWordings(s, value.List()))
		}
	}
	if s.Type == slot.Enum {
		stored = v.texts.Option(s, stored)
	}
	switch {
	case stored == typed || s.Type == slot.LongText:
	case s.Sensitive:
		v.printf("    %s", styled(Faint, v.say("stored_sensitive", nil)))
	default:
		v.printf("    → %s", stored)
	}
}
