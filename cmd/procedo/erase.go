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
	RunID  string `name:"run" required:"" help:"The run." placeholder:"ID"`
	Slot   string `required:"" help:"The slot, as STEP.NAME, or NAME where one step alone has a sensitive slot of that name." placeholder:"SLOT"`
	Visit  int    `help:"One visit of the step; all when left out." placeholder:"N"`
	Reason string `help:"Why, for the audit trail." placeholder:"TEXT"`
	Actor  string `default:"procedo-audit" help:"Who erases, for the audit trail."`
}

// Run erases, and says which events record it.
func (c eraseCmd) Run(ctx context.Context, m *Main) error {
	if n := len([]rune(c.Reason)); n > run.MaxReason {
		return fmt.Errorf("the reason has %d characters; at most %d are kept", n, run.MaxReason)
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	before, err := w.Run(ctx, c.RunID)
	if err != nil {
		return worded(err)
	}
	step, slot, err := c.place(before.Run)
	if err != nil {
		return err
	}
	after, err := w.Execute(ctx, app.Request{Actor: c.Actor}, c.RunID, run.Erase{Step: step, Slot: slot, Visit: c.Visit, Reason: c.Reason})
	if err != nil {
		return worded(err)
	}
	if n := after.Run.Seq - before.Run.Seq; n > 0 {
		fmt.Fprintf(m.Stdout, "%s.%s of run %s is erased: %d values, to event %d\n", step, slot, c.RunID, n, after.Run.Seq)
	} else {
		fmt.Fprintf(m.Stdout, "%s.%s of run %s was erased before\n", step, slot, c.RunID)
	}
	if err := w.scrub(ctx); err != nil {
		return fmt.Errorf("the value may still stand in the database's log; the same command again removes it from there: %w", err)
	}
	return nil
}

// worded is an error in the words of the terminal's language.
func worded(err error) error {
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

// place finds the slot's step.
func (c eraseCmd) place(r run.Run) (step, slot string, err error) {
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
		return "", "", fmt.Errorf("no step of the procedure has a sensitive slot %q", c.Slot)
	case 1:
		return steps[0], c.Slot, nil
	}
	return "", "", fmt.Errorf("several steps have a sensitive slot %q: name one of %s, as in %s.%s", c.Slot, strings.Join(steps, ", "), steps[0], c.Slot)
}
