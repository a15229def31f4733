package app

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// Actions of a procedure's trail.
const (
	ActionProcedureCreated    = "procedure.created"
	ActionVersionPublished    = "procedure.version_published"
	ActionProcedureArchived   = "procedure.archived"
	ActionProcedureUnarchived = "procedure.unarchived"
)

// Saved is what saving a definition did.
type Saved struct {
	View     ProcedureView
	Changed  bool
	Warnings []fault.Issue // what reading the document dropped
}

// CreateProcedure stores a new procedure as version 1. An id that exists is a Conflict, unless the document is
// identical with its latest version: then nothing changes. Without an id one is made from the name.
func (s *Service) CreateProcedure(ctx context.Context, req Request, doc *jsondoc.Node) (Saved, error) {
	read, issues := procedure.Read(doc, s.Language)
	if len(issues) > 0 {
		return Saved{}, fault.WithIssues("definition.invalid", issues)
	}
	def := read.Definition
	if def.ID == "" {
		def.ID = procedure.MakeID(def.Name, s.Random.Suffix())
	}
	for range 2 { // somebody may create it meanwhile: then it exists, and may be identical
		saved, err := s.create(ctx, req, read)
		if !errors.Is(err, ErrMoved) {
			return saved, err
		}
	}
	return Saved{}, fault.New(fault.Conflict, "procedure.exists", nil)
}

func (s *Service) create(ctx context.Context, req Request, read procedure.Document) (Saved, error) {
	rec, err := s.Procedures.Load(ctx, read.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		rec.ID = read.ID
	case err != nil:
		return Saved{}, err
	case procedure.Digest(read.Canonical()) != rec.Digest:
		return Saved{}, fault.New(fault.Conflict, "procedure.exists", fault.Params{"version": rec.Version})
	}
	return s.save(ctx, req, rec, read)
}

// PublishProcedure stores the next version of an existing procedure; an identical document changes nothing. The
// request must carry a condition (PreconditionNeeded), which must hold (Stale). Archived is a Conflict.
func (s *Service) PublishProcedure(ctx context.Context, req Request, id string, doc *jsondoc.Node) (Saved, error) {
	rec, err := s.Procedures.Load(ctx, id)
	if err != nil {
		return Saved{}, err
	}
	if err := mayPublish(req.IfMatch, rec); err != nil {
		return Saved{}, err
	}
	read, issues := procedure.Read(doc, s.Language)
	if read.Definition != nil && read.ID == "" {
		read.ID = id
	}
	if read.Definition != nil && read.ID != id {
		issues = append(issues, fault.Issue{Field: "/id", Code: "definition.id_mismatch", Params: fault.Params{"expected": id}})
	}
	if len(issues) > 0 {
		return Saved{}, fault.WithIssues("definition.invalid", issues)
	}
	saved, err := s.save(ctx, req, rec, read)
	if errors.Is(err, ErrMoved) {
		return Saved{}, fault.New(fault.Stale, "procedure.stale", nil)
	}
	return saved, err
}

func mayPublish(c *Condition, rec ProcedureRecord) error {
	switch {
	case c == nil:
		return fault.New(fault.PreconditionNeeded, "request.precondition_required", nil)
	case !c.Any && !contains(c.Tags, rec.Tag()):
		return fault.New(fault.Stale, "procedure.stale", fault.Params{"version": rec.Version})
	case rec.Status == procedure.Archived:
		return fault.New(fault.Conflict, "procedure.archived", nil)
	}
	return nil
}

func contains(tags []string, tag string) bool {
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

// save publishes the document after the record, unless it is what the record already shows.
func (s *Service) save(ctx context.Context, req Request, rec ProcedureRecord, read procedure.Document) (Saved, error) {
	if issues := readOnlyIssues(read.ReadOnly, rec); len(issues) > 0 {
		return Saved{}, fault.WithIssues("definition.invalid", issues)
	}
	digest := procedure.Digest(read.Canonical())
	if rec.Head.Seq > 0 && rec.Digest == digest {
		view, err := s.viewOf(ctx, rec)
		if err != nil {
			return Saved{}, err
		}
		saved := Saved{View: view, Warnings: read.Warnings}
		return saved, s.unchanged(ctx, req, saved)
	}
	v := &procedure.Version{Definition: read.Definition, Number: rec.Version + 1, Digest: digest, CreatedAt: s.Clock.Now(), CreatedBy: req.Actor}
	action := ActionVersionPublished
	if v.Number == 1 {
		action = ActionProcedureCreated
	}
	after := recordOf(v, rec)
	saved := Saved{View: ProcedureView{Record: after, Definition: v}, Changed: true, Warnings: read.Warnings}
	change := ProcedureChange{Before: rec.Head, After: after, Publish: v}
	if err := s.appendProcedure(ctx, req, &change, &saved, action, v.CreatedAt); err != nil {
		return Saved{}, err
	}
	return saved, nil
}

// recordOf is a procedure's record once the version is its latest.
func recordOf(v *procedure.Version, before ProcedureRecord) ProcedureRecord {
	rec := ProcedureRecord{
		VersionRecord: VersionRecord{ID: v.ID, Version: v.Number, Digest: v.Digest, CreatedAt: v.CreatedAt, CreatedBy: v.CreatedBy},
		Name:          v.Name, Description: v.Description, Language: v.Language, Status: before.Status, Head: before.Head,
	}
	if rec.Status == "" {
		rec.Status = procedure.Active
	}
	return rec
}

type procedurePayload struct {
	Version int    `json:"version"`
	Digest  string `json:"digest"`
}

// appendProcedure seals one event, writes the change, and brings the saved view up to date. ErrMoved where somebody
// was faster.
func (s *Service) appendProcedure(ctx context.Context, req Request, c *ProcedureChange, saved *Saved, action string, at time.Time) error {
	payload, err := json.Marshal(procedurePayload{c.After.Version, c.After.Digest})
	if err != nil {
		return fault.From(err)
	}
	event, err := audit.Seal(audit.Procedure(c.After.ID), c.Before,
		audit.Entry{Action: action, Actor: req.Actor, OccurredAt: at, Payload: payload, RequestID: req.ID})
	if err != nil {
		return fault.From(err)
	}
	c.Events, c.After.Head = []audit.Event{event}, event.Head()
	saved.View.Record = c.After
	if c.Receipt, err = req.receipt(*saved, at); err != nil {
		return fault.From(err)
	}
	return asRepeat(s.Procedures.Append(ctx, *c))
}

// readOnlyIssues finds members that the service owns and that are not what it says.
func readOnlyIssues(given procedure.ReadOnly, rec ProcedureRecord) []fault.Issue {
	var issues []fault.Issue
	check := func(member string, given, stands any, said bool) {
		if said && given != stands {
			issues = append(issues, fault.Issue{Field: "/" + member, Code: "definition.read_only"})
		}
	}
	check("version", given.Version, rec.Version, given.Version != 0)
	check("status", given.Status, string(rec.Status), given.Status != "")
	check("digest", given.Digest, rec.Digest, given.Digest != "")
	check("created_at", given.CreatedAt, rec.CreatedAt.Format(audit.TimeFormat), given.CreatedAt != "")
	check("created_by", given.CreatedBy, rec.CreatedBy, given.CreatedBy != "")
	return issues
}

// SaveDefinition creates the procedure or, where it exists, publishes the document as its next version, whatever
// that is now: for whoever owns the definitions and keeps them elsewhere.
func (s *Service) SaveDefinition(ctx context.Context, req Request, doc *jsondoc.Node) (Saved, error) {
	saved, err := s.CreateProcedure(ctx, req, doc)
	id := doc.Get("id")
	if !fault.Is(err, fault.Conflict) || id == nil {
		return saved, err
	}
	req.IfMatch = &Condition{Any: true}
	return s.PublishProcedure(ctx, req, id.Text, doc)
}
