package http

import (
	"context"
	"net/http"
	"time"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// GetLiveness handles GET /livez.
func (s *server) GetLiveness(context.Context, api.GetLivenessRequestObject) (api.GetLivenessResponseObject, error) {
	return healthy()
}

// GetReadiness handles GET /readyz.
func (s *server) GetReadiness(
	ctx context.Context, _ api.GetReadinessRequestObject,
) (api.GetReadinessResponseObject, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	c := callOf(ctx)
	return healthy(c.issues(s.clockWarnings())...)
}

// health is the response body, Health in the contract.
type health struct {
	Status   string         `json:"status"`
	Warnings []problemIssue `json:"warnings,omitempty"`
}

func healthy(warnings ...problemIssue) (response, error) {
	return jsonResponse(http.StatusOK, health{"ok", warnings}, map[string]string{"Cache-Control": "no-store"})
}

// clockWarnings returns a warning if the system clock is behind the newest checkpoint. The service then still works:
// events get the time of the checkpoint.
func (s *server) clockWarnings() []fault.Issue {
	if s.clockBehind == nil {
		return nil
	}
	behind := s.clockBehind()
	if behind < audit.ClockTolerance {
		return nil
	}
	seconds := int64(behind / time.Second)
	params := fault.Params{"seconds": seconds}
	return []fault.Issue{{Field: "clock", Code: "service.clock_behind_checkpoint", Params: params}}
}
