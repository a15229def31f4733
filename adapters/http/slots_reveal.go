package http

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// revealedValue is the response body, RevealedValue in the contract.
type revealedValue struct {
	RunID string         `json:"run_id"`
	Step  string         `json:"step"`
	Slot  string         `json:"slot"`
	Visit int            `json:"visit"`
	Value jsontext.Value `json:"value"`
	Seq   int64          `json:"seq"`
}

// RevealSlot handles POST /runs/{run_id}/steps/{step_key}/slots/{slot_name}/reveal. Every request is recorded, so that
// a repeat cannot be answered from a receipt.
func (s *server) RevealSlot(ctx context.Context, r api.RevealSlotRequestObject) (api.RevealSlotResponseObject, error) {
	c := callOf(ctx)
	if c.hasKey {
		return nil, invalidRequest([]fault.Issue{{
			Field: "header.Idempotency-Key", Code: "request.unexpected_header",
		}})
	}
	shown, err := s.as(ctx).Reveal(ctx, c.request(), r.RunID, run.Reveal{
		Step: r.StepKey, Slot: r.SlotName, Visit: deref(r.Body.Visit), Reason: r.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, revealedValue{
		RunID: r.RunID, Step: r.StepKey, Slot: r.SlotName, Visit: shown.Visit, Seq: shown.Seq,
		Value: c.numbers.appendValue(nil, shown.Value),
	}, map[string]string{"Cache-Control": cacheNever})
}
