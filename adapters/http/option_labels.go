package http

import (
	"context"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// optionLabels holds the step and the texts that messages need to show options by their labels. If it is the zero
// value, messages show options as they are.
type optionLabels struct {
	step  *procedure.Step
	texts procedure.Localizer
}

// withLabels is called with the error of a refused command. If the error concerns options of a slot, withLabels reads
// the run's definition, so that the messages show the labels of these options in the caller's language. It returns err
// unchanged.
func (s *server) withLabels(ctx context.Context, runID string, c run.Command, err error) error {
	if err == nil || !slices.ContainsFunc(fault.From(err).Issues, concernsOptions) {
		return err
	}
	if r, readErr := s.as(ctx).Run(ctx, runID); readErr == nil {
		callOf(ctx).showLabels(r.Version.Definition, stepOf(c))
	}
	return err
}

// stepOf returns the key of the step that a command submits values for, or "" for other commands.
func stepOf(c run.Command) string {
	switch c := c.(type) {
	case run.Draft:
		return c.Step
	case run.Commit:
		return c.Step
	case run.Amend:
		return c.Step
	case run.Skip, run.Fail, run.Erase, run.Reveal: // these submit no values
	}
	return ""
}

// showLabels sets up the call so that messages about slots of the given step show the labels of options instead of
// their values.
func (c *call) showLabels(d *procedure.Definition, step string) {
	if i, ok := d.StepIndex(step); ok {
		c.labels = optionLabels{&d.Steps[i], d.In(c.locale.Wanted())}
	}
}

// message returns the message of an issue in the caller's language.
func (c *call) message(is fault.Issue) string {
	if c.labels.step != nil && concernsOptions(is) {
		if j, ok := c.labels.step.SlotIndex(strings.TrimPrefix(is.Field, "slots.")); ok {
			sl := &c.labels.step.Slots[j]
			if is.Code != "validation.enum" {
				return c.lengthMessage(sl, is)
			}
			words := make([]string, len(sl.Options))
			for i, o := range sl.Options {
				words[i] = c.labels.texts.Option(sl, o)
			}
			is.Params = fault.Params{"allowed": words}
		}
	}
	return c.locale.Issue(is)
}

// lengthMessage returns the message of an issue about the length of a value. The length of a list is the number of
// choices.
func (c *call) lengthMessage(sl *slot.Slot, is fault.Issue) string {
	if sl.Type == slot.MultiEnum {
		return c.locale.Text(is.Code+".choices", is.Params)
	}
	return c.locale.Issue(is)
}

// concernsOptions reports whether the message of an issue depends on the options of a slot: it lists them, or says how
// many may be chosen.
func concernsOptions(is fault.Issue) bool {
	switch is.Code {
	case "validation.enum", "validation.min_length", "validation.max_length":
		return strings.HasPrefix(is.Field, "slots.")
	}
	return false
}
