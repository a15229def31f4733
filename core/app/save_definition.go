package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// Saved is the result of saving a definition.
type Saved struct {
	View     ProcedureView
	Changed  bool
	Warnings fault.IssueList // about members of an older format that were dropped, and options that are easily confused
}

// SaveDefinition creates the procedure or, if it exists, publishes the document as its next version without a
// precondition. It is meant for callers that keep the definitions elsewhere, for example in files.
func (s *UseCases) SaveDefinition(ctx context.Context, req Request, doc *jsondoc.Node) (_ Saved, err error) {
	ctx, begun, err := s.admit(ctx, "SaveDefinition", access.WriteDefinitions)
	if err != nil {
		return Saved{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	saved, err := s.create(ctx, req, doc)
	id := doc.Get("id")
	if !fault.Is(err, fault.Conflict) || id == nil {
		return saved, err
	}
	req.IfMatch = &Condition{Any: true}
	for range optimisticTries { // the caller names no version that could be stale
		if saved, err = s.publish(ctx, req, id.Text, doc); !fault.Is(err, fault.Stale) {
			break
		}
	}
	return saved, err
}

// save stores the document as the next version of the procedure. A document identical to the latest version changes
// nothing, with one exception: if that version was published with an older meaning of conditions, and the procedure is
// not archived, the document becomes a new version.
func (s *UseCases) save(ctx context.Context, req Request, rec procedure.Record, read procedure.Document) (Saved, error) {
	if issues := readOnlyIssues(read.ReadOnly, rec); len(issues) > 0 {
		return Saved{}, fault.WithIssues("definition.invalid", issues)
	}
	digest := procedure.Digest(read.Canonical())
	if rec.Head.Seq > 0 && rec.Digest == digest && (rec.Meaning == read.Meaning || rec.Status == procedure.Archived) {
		view, err := s.viewOf(ctx, rec)
		if err != nil {
			return Saved{}, err
		}
		saved := Saved{View: view, Warnings: read.Warnings}
		return saved, s.saveReceipt(ctx, receiptOfSaved(req.SavedReceipt, saved, s.ports.Clock.Now()))
	}
	v := &procedure.Version{
		Definition: read.Definition, Number: rec.Version + 1, Digest: digest,
		CreatedAt: notBefore(rec.LastEventAt, s.ports.Clock.Now()), CreatedBy: req.by.ID,
	}
	action := procedure.ActionPublished
	if v.Number == 1 {
		action = procedure.ActionCreated
	}
	after := procedure.RecordOf(v, rec)
	saved := Saved{View: ProcedureView{Record: after, Definition: v}, Changed: true, Warnings: read.Warnings}
	change := ProcedureChange{Before: rec.Head, After: after, Publish: v}
	if err := s.appendProcedure(ctx, req, &change, &saved, action, v.CreatedAt); err != nil {
		return Saved{}, err
	}
	return saved, nil
}

// appendProcedure seals one event, writes the change, and sets saved.View.Record. It returns ErrMoved if another
// request has changed the procedure meanwhile.
func (s *UseCases) appendProcedure(
	ctx context.Context, req Request, c *ProcedureChange, saved *Saved, action procedure.Action, at time.Time,
) error {
	payload, err := procedure.MarshalPayload(c.After)
	if err != nil {
		return fault.From(err)
	}
	event, err := audit.Seal(audit.Procedure(c.After.ID), c.Before, audit.Entry{
		Action: string(action), Actor: req.by.ID, By: &req.by, OccurredAt: at, Payload: payload,
		Typed: audit.NewCommitter(s.ports.Random.Salt), RequestID: req.ID,
	})
	if err != nil {
		return fault.From(err)
	}
	c.Events, c.After.Head, c.After.LastEventAt = []audit.Event{event}, event.Head(), at
	saved.View.Record = c.After
	c.Receipt = receiptOfSaved(req.SavedReceipt, *saved, at)
	return asRepeat(s.ports.Procedures.Append(ctx, *c))
}

// readOnlyIssues returns an issue for each read-only member that differs between the document and the stored record.
func readOnlyIssues(given procedure.ReadOnly, rec procedure.Record) []fault.Issue {
	var issues []fault.Issue
	check := func(member string, same, isGiven bool) {
		if isGiven && !same {
			issues = append(issues, fault.Issue{Field: "/" + member, Code: "definition.read_only"})
		}
	}
	check("version", given.Version == rec.Version, given.Version != 0)
	check("status", given.Status == string(rec.Status), given.Status != "")
	check("digest", given.Digest == rec.Digest, given.Digest != "")
	check("created_at", given.CreatedAt == rec.CreatedAt.Format(audit.TimeFormat), given.CreatedAt != "")
	check("created_by", given.CreatedBy == rec.CreatedBy, given.CreatedBy != "")
	return issues
}
