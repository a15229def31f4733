package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

// saveDraft handles the tool save_draft.
func (s *Server) saveDraft(ctx context.Context, _ call, a content) (any, error) {
	if err := s.refuse(ctx, a, mayDraft); err != nil {
		return nil, err
	}
	return s.draft(ctx, a)
}

// draft saves values and ticks in the draft of the open step. A call that is sent again changes nothing, and is then
// accepted whatever the revision.
func (s *Server) draft(ctx context.Context, a content) (*shownRun, error) {
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params := client.SaveDraftParams{IfMatch: match}
	return markUnchanged(a.Revision)(s.changed(ctx)(s.api.SaveDraft(ctx, a.RunID, a.Step, &params, a.draft())))
}
