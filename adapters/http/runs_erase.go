package http

import (
	"context"
	"fmt"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// EraseContent handles POST /runs/{run_id}/erasures.
func (s *server) EraseContent(
	ctx context.Context, r api.EraseContentRequestObject,
) (api.EraseContentResponseObject, error) {
	places, err := erasePlaces(r.Body.Places)
	if err != nil {
		return nil, err
	}
	var uncleared app.Uncleared
	return idempotent(ctx, s, r.Params.IdempotencyKey, runOperation(func(req app.Request) (view run.Run, err error) {
		req.IfMatch = runCondition(r.Params.IfMatch)
		view, uncleared, err = s.as(ctx).Erase(ctx, req, r.RunID, run.Erase{Places: places, Reason: r.Body.Reason})
		return view, err
	}, erasureRenderer(ctx, &uncleared)))
}

// erasureRenderer renders the run after an erasure, with warnings about what could not be cleared. They are known only
// after the receipt is stored, so that a repeat does not have them.
func erasureRenderer(ctx context.Context, uncleared *app.Uncleared) renderer[run.Run] {
	r := runRenderer(ctx, http.StatusOK)
	reply := r.reply
	r.reply = func(view run.Run) app.Reply {
		with := reply(view)
		if uncleared.Cache != nil {
			with.Warnings.Add(fault.Issue{Code: "erasure.cache"})
		}
		if uncleared.Files != nil {
			with.Warnings.Add(fault.Issue{Code: "erasure.files"})
		}
		return with
	}
	return r
}

// erasePlaces converts the places of a request body. Each must name either a slot or a place of an event.
func erasePlaces(all []api.ErasePlace) ([]run.ErasePlace, error) {
	places, issues := make([]run.ErasePlace, len(all)), []fault.Issue(nil)
	for i, p := range all {
		isSlot := p.Slot != nil && p.Seq == nil && p.Place == nil
		isPlace := p.Slot == nil && p.Visit == nil && p.Seq != nil && p.Place != nil
		if !isSlot && !isPlace {
			issues = append(issues, fault.Issue{Field: fmt.Sprintf("/places/%d", i), Code: "request.erase_place"})
			continue
		}
		places[i] = run.ErasePlace{Place: commitment.Place{Seq: deref(p.Seq), Pointer: deref(p.Place)}}
		if isSlot {
			places[i].Step, places[i].Slot, _ = procedure.SplitValueName(*p.Slot) // the contract has its form
			places[i].Visit = deref(p.Visit)
		}
	}
	return places, invalidRequest(issues)
}
