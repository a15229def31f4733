package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

type eraseCmd struct {
	database
	RunID  string `name:"run" required:"" help:"Run whose value is erased." placeholder:"ID"`
	Slot   string `required:"" help:"STEP.NAME, or NAME if only one step has such a sensitive slot." placeholder:"SLOT"`
	Visit  int    `help:"Visit of the step; all visits by default." placeholder:"N"`
	Reason string `help:"Reason given in the audit trail." placeholder:"TEXT"`
	Actor  actor  `default:"procedo-audit" help:"Actor named in the audit trail."`
}

// Run erases the value and shows how many values were erased.
func (c eraseCmd) Run(ctx context.Context, m *Main) error {
	if n := len([]rune(c.Reason)); n > run.MaxReason {
		return failure("reason_too_long", fault.Params{"count": n, "max": run.MaxReason})
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	before, err := w.Run(ctx, c.RunID)
	if err != nil {
		return localized(err)
	}
	step, slot, err := c.target(before)
	if err != nil {
		return err
	}
	erase := run.Erase{Step: step, Slot: slot, Visit: c.Visit, Reason: c.Reason}
	after, err := w.Execute(ctx, app.Request{Actor: string(c.Actor)}, c.RunID, erase)
	if err != nil {
		return localized(err)
	}
	text, n := "erased", after.Seq-before.Seq
	if n == 0 {
		text = "erased_before"
	}
	fmt.Fprintln(m.Stdout, say(text, fault.Params{
		"slot": step + "." + slot, "run": c.RunID, "count": n, "event": after.Seq,
	}))
	if err := w.scrub(ctx); err != nil {
		return failure("not_scrubbed", fault.Params{"reason": errorText(err)})
	}
	return nil
}

// localized returns a refusal in the language of the terminal. Errors that are not refusals are returned unchanged.
func localized(err error) error {
	f, locale := fault.From(err), terminalLocale()
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	_, detail := locale.Problem(f.Code, f.Params)
	lines := []string{detail}
	for _, is := range f.Issues {
		lines = append(lines, terminal.IssueLine(is.Field, locale.Issue(is), is.Code))
	}
	return errors.New(strings.Join(lines, " "))
}

// target returns the step and the slot that --slot names. If --slot names no step, target looks for the only step with
// such a sensitive slot.
func (c eraseCmd) target(r run.Run) (step, slot string, err error) {
	if step, slot, found := strings.Cut(c.Slot, "."); found {
		return step, slot, nil
	}
	var steps []string
	for i := range r.Version.Steps {
		s := &r.Version.Steps[i]
		if j, ok := s.SlotIndex(c.Slot); ok && s.Slots[j].Sensitive {
			steps = append(steps, s.Key)
		}
	}
	switch len(steps) {
	case 0:
		return "", "", failure("no_sensitive_slot", fault.Params{"slot": c.Slot})
	case 1:
		return steps[0], c.Slot, nil
	}
	return "", "", failure("several_steps", fault.Params{
		"slot": c.Slot, "steps": steps, "example": steps[0] + "." + c.Slot,
	})
}
