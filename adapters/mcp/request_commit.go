package mcp

import (
	"context"
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// requested is the result of the tool request_commit.
type requested struct {
	Requested bool         `json:"requested"`
	Message   string       `json:"message"`
	Confirm   confirmation `json:"confirm"`
	ByPerson  []string     `json:"by_person,omitempty"` // what only the person can fill in
	Next      any          `json:"then"`                // where the commit would lead; null if that depends on the person
	Run       runDetails   `json:"run"`
}

// requestCommit handles the tool request_commit: it checks the content, saves it in the draft, and says where a person
// confirms it. It commits nothing.
func (s *Server) requestCommit(ctx context.Context, c call, a content) (any, error) {
	if err := s.refuseReserved(ctx, a.onRun, mayDraft); err != nil {
		return nil, err
	}
	sensitive, err := s.sensitiveSlots(ctx, a.onRun)
	if err == nil {
		err = s.refuseGiven(ctx, a, sensitive)
	}
	if err != nil {
		return nil, err
	}
	check, err := s.check(ctx, a)
	if err != nil {
		return nil, err
	}
	if mendable := mendable(check, sensitive); len(mendable) > 0 {
		p := newProblem(ctx, "assistant.not_committable", nil)
		p.Issues, p.IssueCount = mendable, new(len(mendable))
		return nil, p
	}
	run, err := s.draft(ctx, a)
	if err != nil {
		return nil, err
	}
	answer := requested{
		Requested: true, Confirm: s.confirmation(ctx, a.RunID, mayDraft), Next: check.Next, Run: run.Run,
	}
	if run.Next != nil {
		answer.ByPerson = run.Next.ByPerson
	}
	answer.Message = callerOf(ctx).locale.Text("assistant.confirm.nowhere", nil)
	if answer.Confirm.At == nil {
		return answer, nil
	}
	answer.Message = callerOf(ctx).locale.Text("assistant.confirm.console", fault.Params{"url": *answer.Confirm.At})
	if open := invitation(ctx, c.request, answer.Message, *answer.Confirm.At); open != nil {
		return open, nil
	}
	return answer, nil
}

// mendable returns the issues that the assistant can mend itself: all but those of sensitive slots.
func mendable(check *client.StepCheck, sensitive []string) (issues []client.Issue) {
	for _, issue := range check.Issues {
		name, isSlot := strings.CutPrefix(issue.Field, "slots.")
		if !isSlot || !slices.Contains(sensitive, name) {
			issues = append(issues, client.Issue(issue))
		}
	}
	return issues
}

// invitation asks the client to show the person the address, if it can and has not done so. Whatever it answers proves
// nothing and changes nothing: the person confirms in the console. It returns nil if there is nothing to wait for.
func invitation(ctx context.Context, r *sdk.CallToolRequest, message, address string) *sdk.CallToolResult {
	capabilities := r.ClientCapabilities()
	if capabilities == nil || capabilities.Elicitation == nil || capabilities.Elicitation.URL == nil ||
		len(r.Params.InputResponses) > 0 {
		return nil
	}
	ask := &sdk.ElicitParams{Mode: "url", Message: message, URL: address, ElicitationID: address}
	if p := r.Session.InitializeParams(); p != nil && p.ProtocolVersion < multiRoundTrip {
		elicit(ctx, r.Session, ask)
		return nil
	}
	return &sdk.CallToolResult{InputRequests: sdk.InputRequestMap{"confirm": ask}}
}

// elicit asks a client to show the address, and waits a moment for it to have done so. The result does not depend on
// the answer, and a client gives up a call that takes long: a dialogue that stays open is not waited for, nor closed.
func elicit(ctx context.Context, session *sdk.ServerSession, ask *sdk.ElicitParams) {
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), elicitationEnds)
		defer stop()
		_, _ = session.Elicit(ctx, ask) // a client that fails to ask has the address in the result
	}()
	select {
	case <-answered:
	case <-ctx.Done():
	case <-time.After(elicitationWait):
	}
}

// How long a call waits for the answer to a dialogue, and how long the dialogue may stay open.
const (
	elicitationWait = 2 * time.Second
	elicitationEnds = 10 * time.Minute
)

// multiRoundTrip is the first revision of the protocol in which a result asks for input.
const multiRoundTrip = "2026-07-28"
