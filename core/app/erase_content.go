package app

import (
	"context"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// Uncleared says from where an erasure could not remove the earlier states of a run. The erasure stands all the same.
type Uncleared struct {
	Cache error // a cache cannot be reached; its entries expire
	Files error // the files of the database still hold what was erased; another erasure tries again
}

// Erase executes an erasure, and removes the run's earlier states from the caches and from the files of the database.
func (s *UseCases) Erase(
	ctx context.Context, req Request, runID string, c run.Erase,
) (r run.Run, u Uncleared, err error) {
	ctx, begun, err := s.admit(ctx, "Erase", c.Action().Permission())
	if err != nil {
		return r, u, err
	}
	defer begun.end(&err)
	req.by = begun.by
	if r, err = s.execute(ctx, req, runID, c); err != nil {
		return r, u, err
	}
	if s.ports.RecentRuns != nil {
		u.Cache = s.ports.RecentRuns.Forget(ctx, runID, r.Seq)
	}
	if s.ports.Files != nil {
		u.Files = s.ports.Files.Scrub(ctx)
	}
	return r, u, nil
}

// PlanErasure returns what an erasure would remove, without removing it.
func (s *UseCases) PlanErasure(ctx context.Context, runID string, places []run.ErasePlace) (_ run.ErasePlan, err error) {
	ctx, begun, err := s.admit(ctx, "PlanErasure", run.ActionContentErased.Permission())
	if err != nil {
		return run.ErasePlan{}, err
	}
	defer begun.end(&err)
	rec, err := s.ports.Runs.Load(ctx, runID)
	if err != nil {
		return run.ErasePlan{}, err
	}
	c := run.Erase{Places: places}
	e := execution{service: s}
	err = e.planErasure(ctx, rec.Run, &c)
	return c.Plan, err
}

// planErasure works out from the run's trail what the command removes, and sets the command's plan.
func (e *execution) planErasure(ctx context.Context, r run.Run, c *run.Erase) error {
	planner := encoding.NewErasurePlanner(r)
	for i, place := range c.Places {
		var named *audit.Event
		if place.Slot == "" {
			page, err := e.service.ports.Trail.Events(ctx, audit.Run(r.ID), place.Seq-1, PageSize{Items: 1})
			if err != nil {
				return err
			}
			if len(page.Items) > 0 && page.Items[0].Seq == place.Seq {
				named = &page.Items[0]
			}
		}
		planner.Request(i, place, named)
	}
	e.remaining = nil
	err := e.service.eachEvent(ctx, r.ID, 0, func(event *audit.Event) (bool, error) {
		before := len(planner.Places())
		planner.Add(event)
		if removed := planner.Places()[before:]; len(removed) > 0 {
			remaining, err := without(event, removed)
			e.remaining = append(e.remaining, remaining)
			if err != nil {
				return false, err
			}
		}
		return event.Seq < r.Seq, nil
	})
	c.Plan = planner.Plan()
	return err
}

// RemainingDisclosures are the disclosures of an event that an erasure leaves.
type RemainingDisclosures struct {
	Seq  int64
	Text string // see audit.ParseDisclosures
}

func without(e *audit.Event, removed []commitment.Place) (RemainingDisclosures, error) {
	all, err := audit.ParseDisclosures(e.Disclosures)
	if err != nil {
		return RemainingDisclosures{}, fault.From(err)
	}
	all = slices.DeleteFunc(all, func(d audit.Disclosure) bool {
		return slices.Contains(removed, commitment.Place{Seq: e.Seq, Pointer: d.Place})
	})
	return RemainingDisclosures{Seq: e.Seq, Text: all.Text()}, nil
}
