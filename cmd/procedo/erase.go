package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

type eraseCmd struct {
	database
	RunID  string   `name:"run" required:"" help:"Run in which something is erased." placeholder:"ID"`
	Slot   []string `help:"STEP.NAME, or NAME if only one step has such a slot; repeatable." placeholder:"SLOT" sep:"none"`
	Visit  int      `help:"Visit of the step; all visits by default." placeholder:"N"`
	Event  int64    `help:"Event whose text at --place is erased." placeholder:"SEQ"`
	Place  []string `help:"JSON Pointer in the payload of --event; repeatable." placeholder:"POINTER" sep:"none"`
	Reason string   `required:"" help:"Reason given in the audit trail." placeholder:"TEXT"`
	Yes    bool     `help:"Do not ask for confirmation."`
	Cache  string   `name:"cache-url" help:"Shared cache of the service, from which the run is removed." placeholder:"URL"`
	Actor  actor    `default:"procedo-audit" help:"Actor named in the audit trail."`
}

// Run erases values and texts after a confirmation, and shows how many were erased.
func (c eraseCmd) Run(ctx context.Context, m *Main) error {
	if n := len([]rune(c.Reason)); n > run.MaxReason {
		return failure("reason_too_long", fault.Params{"count": n, "max": run.MaxReason})
	}
	if len(c.Slot) == 0 && len(c.Place) == 0 || (c.Event > 0) != (len(c.Place) > 0) {
		return failure("erase_what", nil)
	}
	w, err := c.openExistingWith(ctx, c.wiring())
	if err != nil {
		return err
	}
	defer w.close()
	by := systemPrincipal(string(c.Actor))
	service := w.As(by)
	before, err := service.Run(ctx, c.RunID)
	if err != nil {
		return localized(err)
	}
	places, err := c.places(before)
	if err != nil {
		return err
	}
	plan, err := service.PlanErasure(ctx, c.RunID, places)
	if err != nil {
		return localized(err)
	}
	if nothing := len(plan.Targets)+len(plan.Places) == 0; !nothing && plan.Issues.Count == 0 {
		if err := c.confirm(ctx, m, before, plan); err != nil {
			return err
		}
	}
	erase := run.Erase{Places: places, Reason: c.Reason}
	after, uncleared, err := service.Erase(ctx, app.Request{}, c.RunID, erase)
	if err != nil {
		return localized(err)
	}
	c.report(m, before, after, plan)
	if uncleared.Cache != nil {
		m.println(terminalLocale().Text("erasure.cache", nil))
	}
	if err := uncleared.Files; err != nil {
		return failure("not_scrubbed", fault.Params{"reason": errorText(err)})
	}
	return nil
}

// wiring returns the settings of a service with the shared cache of --cache-url, so that the run is removed from it. An
// outdated run in this cache does no harm, because the service compares it with the database.
func (c eraseCmd) wiring() wiring {
	return wiring{cacheURL: c.Cache, log: slog.New(slog.DiscardHandler), metrics: prometheus.NewRegistry()}
}

// report prints what was erased, and the places in events of an earlier release where it remains.
func (c eraseCmd) report(m *Main, before, after run.Run, plan run.ErasePlan) {
	params := amounts(plan)
	params["run"], params["event"] = c.RunID, after.Seq
	if after.Seq == before.Seq {
		m.println(say("erased_before", params))
	} else {
		m.println(say("erased", params))
	}
	if len(plan.Kept) > 0 {
		params := fault.Params{"count": len(plan.Kept), "places": placeTexts(plan.Kept)}
		m.println(say("erased_kept", params))
	}
}

// amounts returns how much a plan erases, as parameters of messages.
func amounts(plan run.ErasePlan) fault.Params {
	params := fault.Params{}
	if n := len(plan.Targets); n > 0 {
		params["values"] = count("values", n)
	}
	if n := len(plan.Places); n > 0 {
		params["places"] = count("places", n)
	}
	return params
}

// placeTexts returns a description of each place.
func placeTexts(places []commitment.Place) []string {
	all := make([]string, len(places))
	for i, p := range places {
		all[i] = say("place", fault.Params{"event": p.Seq, "place": p.Pointer})
	}
	return all
}

// confirm asks twice whether to erase, because an erasure cannot be undone. Without a terminal, --yes is required.
func (c eraseCmd) confirm(ctx context.Context, m *Main, r run.Run, plan run.ErasePlan) error {
	if c.Yes {
		return nil
	}
	if !terminal.IsTerminal(os.Stdin) {
		return failure("erase_sure", nil)
	}
	for _, t := range plan.Targets {
		m.println("  " + c.describe(r, t))
	}
	for _, place := range placeTexts(plan.Places) {
		m.println("  " + place)
	}
	in := bufio.NewReader(standardInput(ctx))
	for _, question := range []string{say("erase_first", amounts(plan)), say("erase_second", nil)} {
		fmt.Fprint(m.Stdout, question+" ")
		answer, err := in.ReadString('\n')
		if err != nil {
			m.println("") // nobody has ended the line of the question
		}
		if ctx.Err() != nil {
			m.warnError("procedo", say("erase_not_done", nil))
			return ctx.Err()
		}
		if err != nil || !isYes(answer) {
			return failure("erase_not_done", nil)
		}
	}
	return nil
}

func isYes(answer string) bool {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "o", "oui":
		return true
	}
	return false
}

// describe returns a name for one erased value or text.
func (c eraseCmd) describe(r run.Run, t run.ErasedTarget) string {
	switch t.Text {
	case "":
		def := &r.Version.Steps[t.Step]
		return say("erase_slot", fault.Params{"slot": def.Key + "." + def.Slots[t.Slot].Name, "visit": t.Visit})
	case run.ErasedSkipReason:
		return say("erase_skip_reason", fault.Params{"step": r.Version.Steps[t.Step].Key, "visit": t.Visit})
	}
	return say("erase_"+string(t.Text), nil)
}

// localized returns a refusal in the language of the terminal. Errors that are not refusals are returned unchanged.
func localized(err error) error {
	f := fault.From(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	_, detail := terminalLocale().Problem(f.Code, f.Params)
	return errors.New(strings.Join(append([]string{detail}, issueLines(f)...), " "))
}

// places converts the flags to the places to erase.
func (c eraseCmd) places(r run.Run) (all []run.ErasePlace, err error) {
	for _, name := range c.Slot {
		step, slot, ok := procedure.SplitValueName(name)
		if !ok {
			if step, slot = stepOf(r, name), name; step == "" {
				return nil, ambiguous(r, name)
			}
		}
		all = append(all, run.ErasePlace{Step: step, Slot: slot, Visit: c.Visit})
	}
	for _, pointer := range c.Place {
		all = append(all, run.ErasePlace{Place: commitment.Place{Seq: c.Event, Pointer: pointer}})
	}
	return all, nil
}

// stepsWith returns the keys of the steps that have a slot of the given name.
func stepsWith(r run.Run, name string) (keys []string) {
	for i := range r.Version.Steps {
		if _, ok := r.Version.Steps[i].SlotIndex(name); ok {
			keys = append(keys, r.Version.Steps[i].Key)
		}
	}
	return keys
}

// stepOf returns the key of the only step that has a slot of the given name; empty if there is none, or more than one.
func stepOf(r run.Run, name string) string {
	if keys := stepsWith(r, name); len(keys) == 1 {
		return keys[0]
	}
	return ""
}

func ambiguous(r run.Run, name string) error {
	keys := stepsWith(r, name)
	if len(keys) == 0 {
		return failure("no_slot", fault.Params{"slot": name})
	}
	return failure("several_steps", fault.Params{"slot": name, "steps": keys, "example": keys[0] + "." + name})
}
