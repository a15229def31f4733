package http

import (
	"context"
	"net/http"
	"time"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/budget"
)

// maxVerifications is the number of runs that a process verifies at the same time. The connections for scans of the
// database must also suffice for other work.
const maxVerifications = 2

// GetRunVerification handles GET /runs/{run_id}/verification.
func (s *server) GetRunVerification(
	ctx context.Context, r api.GetRunVerificationRequestObject,
) (api.GetRunVerificationResponseObject, error) {
	// Who may not read the run, or names one that does not exist, does not wait for a turn.
	if _, err := s.as(ctx).RunSeq(ctx, r.RunID); err != nil {
		return nil, err
	}
	return verification{ctx: ctx, server: s, runID: r.RunID}, nil
}

// verification is the response with the verification of a run. The verification may take longer than other requests.
type verification struct {
	ctx    context.Context // the request's context; the generated Visit method has no parameter for it
	server *server
	runID  string
}

// VisitGetRunVerificationResponse verifies the run and sends the result. Each part of the trail has a deadline of its
// own.
func (v verification) VisitGetRunVerificationResponse(w http.ResponseWriter) error {
	select {
	case v.server.verifying <- struct{}{}:
		defer func() { <-v.server.verifying }()
	case <-v.ctx.Done():
		return budget.Interrupted(v.ctx)
	}
	control, limit := http.NewResponseController(w), callOf(v.ctx).deadline
	if err := ignoreUnsupported(control.SetReadDeadline(time.Time{})); err != nil {
		return err
	}
	limit.extend(chunkTimeout)
	done, err := v.server.as(v.ctx).VerifyRun(v.ctx, v.runID, func() { limit.extend(chunkTimeout) })
	if deadline := ignoreUnsupported(control.SetWriteDeadline(time.Now().Add(chunkTimeout))); err == nil {
		err = deadline
	}
	if err != nil {
		return err
	}
	res, err := jsonResponse(http.StatusOK, newRunVerification(v.runID, &done, callOf(v.ctx).locale), map[string]string{
		"Cache-Control": cacheRevalidate, "Content-Language": callOf(v.ctx).locale.Language(),
	})
	if err != nil {
		return err
	}
	return res.write(w)
}

// The types of the response, RunVerification in the contract.
type (
	runVerification struct {
		RunID        string                `json:"run_id"`
		VerifiedAt   string                `json:"verified_at"`
		Valid        bool                  `json:"valid"`
		Seq          int64                 `json:"seq"`
		Findings     []verificationFinding `json:"findings"`
		FindingCount int                   `json:"finding_count"`
		Counts       verificationCounts    `json:"counts"`
		Checkpoint   *coveringCheckpoint   `json:"checkpoint"`
		Uncovered    *uncoveredEvents      `json:"uncovered"`
	}
	verificationFinding struct {
		Seq     *int64 `json:"seq"`
		Code    string `json:"code"`
		Problem string `json:"problem"`
		Warning bool   `json:"warning"`
	}
	verificationCounts struct {
		Events int `json:"events"`
		Erased int `json:"erased"`
		Unread int `json:"unread"`
		Sealed int `json:"sealed"`
	}
	coveringCheckpoint struct {
		Number int64    `json:"number"`
		Time   string   `json:"time"`
		Seq    int64    `json:"seq"`
		Hash   string   `json:"hash"`
		Keys   []string `json:"keys"`
	}
	uncoveredEvents struct {
		Events  int64 `json:"events"`
		FromSeq int64 `json:"from_seq"`
		ToSeq   int64 `json:"to_seq"`
	}
)

func newRunVerification(id string, v *app.RunVerification, locale i18n.Locale) runVerification {
	body := runVerification{
		RunID: id, VerifiedAt: v.At.Format(audit.TimeFormat), Valid: v.Valid(), Seq: v.Seq,
		Findings: []verificationFinding{}, FindingCount: len(v.Findings) + v.Counts.Unlisted,
		Counts: verificationCounts{v.Counts.Events, v.Counts.Erased, v.Counts.Unread, v.Counts.Sealed},
	}
	for _, f := range v.Findings {
		finding := verificationFinding{Code: f.Problem.Code, Problem: locale.Wrong(f.Problem), Warning: f.Warning}
		if f.Seq > 0 {
			finding.Seq = &f.Seq
		}
		body.Findings = append(body.Findings, finding)
	}
	if s := v.Signed; s != nil {
		body.Checkpoint = &coveringCheckpoint{
			s.Checkpoint.Number, s.Checkpoint.Time.Format(audit.TimeFormat), s.Seq, s.Hash, s.Checkpoint.Keys,
		}
	}
	if n := v.Uncovered(); n > 0 {
		body.Uncovered = &uncoveredEvents{n, v.Seq - n + 1, v.Seq}
	}
	return body
}
