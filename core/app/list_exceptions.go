package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/slot"
)

// ExceptionKind says why a reviewer should look at an event.
type ExceptionKind string

// The kinds. An event has one kind only: an amendment with values that were not entered by hand is an
// ExceptionAmendment, and its Origins name these values. If its actor was not authenticated, Unproven says so.
const (
	ExceptionRefusal   ExceptionKind = "refusal"
	ExceptionAmendment ExceptionKind = "amendment"
	ExceptionSkip      ExceptionKind = "skip"
	ExceptionRepeat    ExceptionKind = "repeated_visit"
	ExceptionOrigin    ExceptionKind = "not_by_hand"
	ExceptionErasure   ExceptionKind = "erasure"
	ExceptionReveal    ExceptionKind = "reveal"
	// ExceptionUnproven is an event of an actor that was not authenticated, if the event before it was of another
	// actor.
	ExceptionUnproven ExceptionKind = "unproven"
)

// Exception is an event of a run that a reviewer should look at.
type Exception struct {
	Seq     int64
	Kind    ExceptionKind
	Action  string
	Actor   string
	At      time.Time
	Step    string // empty if the event concerns the whole run
	Visit   int    // 0 if the event names no visit
	Reason  string
	Code    string // of a refusal
	Issues  []fault.Issue
	Slots   []string // slots that were corrected, dropped or erased
	Origins map[string]slot.Origin
	Texts   []run.ErasedText   // texts of the run that were erased
	Erased  []commitment.Place // places of the trail from which something was erased
	// Divergences are all divergences of the run after an amendment.
	Divergences []run.Divergence
	// Unproven is set, whatever the kind is, if the actor was not authenticated and the event before was of another actor.
	Unproven bool
}

// ExceptionPage is a page of the exceptions of a run.
type ExceptionPage struct {
	Page[Exception]
	After int64 // if Items is empty and More is true: the seq after which the list continues
}

// MaxExceptionScan is the size of the events that are read for one page of exceptions, in bytes. Most events are none.
const MaxExceptionScan = 32 << 20

// Exceptions returns a page of the exceptions of a run after the given seq, oldest first. The size of an exception is
// that of its event. The page also ends after MaxExceptionScan bytes of other events, and may then be empty.
func (s *UseCases) Exceptions(ctx context.Context, id string, after int64, size PageSize) (_ ExceptionPage, err error) {
	ctx, begun, err := s.admit(ctx, "Exceptions", access.Read)
	if err != nil {
		return ExceptionPage{}, err
	}
	defer begun.end(&err)
	var page ExceptionPage
	rec, err := s.ports.Runs.Load(ctx, id)
	if err != nil {
		return page, err
	}
	left, unread := cmp.Or(size.Bytes, PageBytes), MaxExceptionScan
	var hands hands
	err = s.eachEvent(ctx, id, max(0, after-1), func(e *audit.Event) (bool, error) {
		changed := hands.pass(e)
		if e.Seq <= after {
			unread -= e.Size()
			return true, nil
		}
		if page.More = unread <= 0; page.More {
			return false, nil
		}
		unread -= e.Size()
		page.After = e.Seq
		x, err := readException(rec.Run.Version, id, e)
		if err != nil {
			return false, err
		}
		if x.Unproven = changed; changed && x.Kind == "" {
			x.Kind = ExceptionUnproven
		}
		if x.Kind != "" {
			left -= e.Size()
			if n := len(page.Items); n == size.Items || n > 0 && left < 0 {
				page.More = true
				return false, nil
			}
			x.Seq, x.Action, x.Actor, x.At = e.Seq, e.Action, e.Actor, e.OccurredAt
			page.Items = append(page.Items, x)
		}
		return true, nil
	})
	if err != nil {
		return ExceptionPage{}, fault.From(err)
	}
	return page, nil
}

// readException returns the exception for an event. Its kind is empty if the event is not an exception.
func readException(v *procedure.Version, id string, e *audit.Event) (Exception, error) {
	if !mayBeException(e) {
		return Exception{}, nil
	}
	fact, err := encoding.Unmarshal(v, id, e.Action, e.Open())
	if err != nil {
		return Exception{}, err
	}
	return exceptionOf(v, fact), nil
}

// hands follows who acted in a run.
type hands struct {
	actor  string
	proven bool
}

// pass reports whether an actor that was not authenticated takes over with the event.
func (h *hands) pass(e *audit.Event) bool {
	before := *h
	h.actor, h.proven = e.Actor, e.IsProven()
	return !h.proven && (before.proven || before.actor != h.actor)
}

// mayBeException returns false for events that are certainly no exceptions. It spares the reading of their payloads,
// which may be large.
func mayBeException(e *audit.Event) bool {
	switch run.Action(e.Action) {
	case run.ActionCreated, run.ActionStarted, run.ActionDraftSaved, run.ActionNotApplicable, run.ActionCompleted,
		run.ActionFailed:
		return false
	case run.ActionCommitted:
		return strings.Contains(e.Canonical, `"origins":{`) // left out if all values were entered by hand
	default:
		return true
	}
}

// exceptionOf returns the exception for a fact. Its kind is empty if the fact is not an exception.
func exceptionOf(v *procedure.Version, fact run.Fact) Exception {
	switch f := fact.(type) {
	case run.Refused:
		return Exception{Kind: ExceptionRefusal, Step: f.Step, Code: f.Code, Issues: withRuleTexts(v, f)}
	case run.Amended:
		x := contentException(v, f.Content, ExceptionAmendment)
		x.Reason, x.Divergences = f.Reason, f.Divergences
		return x
	case run.StepCommitted:
		if x := contentException(v, f.Content, ExceptionOrigin); len(x.Origins) > 0 {
			x.Slots = nil
			return x
		}
	case run.StepSkipped:
		return Exception{Kind: ExceptionSkip, Step: v.Steps[f.Step].Key, Visit: f.Visit, Reason: f.Reason}
	case run.Opened:
		if f.Visit > 1 {
			return Exception{Kind: ExceptionRepeat, Step: v.Steps[f.Step].Key, Visit: f.Visit}
		}
	case run.ContentErased:
		return erasureException(v, f)
	case run.SlotRevealed:
		def := &v.Steps[f.Step]
		return Exception{
			Kind: ExceptionReveal, Step: def.Key, Visit: f.Visit, Reason: f.Reason, Slots: []string{def.Slots[f.Slot].Name},
		}
	case run.ValueErased:
		def := &v.Steps[f.Step]
		return Exception{
			Kind: ExceptionErasure, Step: def.Key, Visit: f.Visit, Reason: f.Reason,
			Slots: []string{def.Slots[f.Slot].Name},
		}
	case run.Created, run.Started, run.DraftSaved, run.StepNotApplicable, run.RunCompleted, run.RunFailed:
		// not exceptions
	}
	return Exception{}
}

// withRuleTexts returns the issues of a refusal. Those about rules get the author's message, which the trail omits.
func withRuleTexts(v *procedure.Version, f run.Refused) []fault.Issue {
	issues := slices.Clone(f.Issues)
	i, known := v.StepIndex(f.Step)
	for k := range issues {
		if key, _ := issues[k].Params["rule"].(string); known && issues[k].Code == run.RuleFailed {
			if rule := v.Steps[i].Rule(key); rule != nil {
				issues[k].Texts = rule.Texts(v.Language)
			}
		}
	}
	return issues
}

func contentException(v *procedure.Version, c run.Content, kind ExceptionKind) Exception {
	def := &v.Steps[c.Step]
	x := Exception{Kind: kind, Step: def.Key, Visit: c.Visit, Origins: map[string]slot.Origin{}}
	for _, e := range c.Slots {
		name := def.Slots[e.Slot].Name
		x.Slots = append(x.Slots, name)
		if e.Origin != slot.Manual && e.Origin != "" {
			x.Origins[name] = e.Origin
		}
	}
	for _, j := range c.InapplicableSlots {
		x.Slots = append(x.Slots, def.Slots[j].Name)
	}
	return x
}

// erasureException returns the exception for an erasure. It names the step and the visit only if the erasure concerns a
// single visit.
func erasureException(v *procedure.Version, f run.ContentErased) Exception {
	x := Exception{Kind: ExceptionErasure, Reason: f.Reason, Erased: f.Places}
	for i, t := range f.Targets {
		if t.Text != "" {
			x.Texts = append(x.Texts, t.Text)
		}
		if t.Text != "" && t.Text != run.ErasedSkipReason {
			continue
		}
		def := &v.Steps[t.Step]
		if i == 0 {
			x.Step, x.Visit = def.Key, t.Visit
		} else if x.Step != def.Key || x.Visit != t.Visit {
			x.Step, x.Visit = "", 0
		}
		if t.Text == "" && !slices.Contains(x.Slots, def.Slots[t.Slot].Name) {
			x.Slots = append(x.Slots, def.Slots[t.Slot].Name)
		}
	}
	return x
}
