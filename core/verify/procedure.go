package verify

import (
	"context"
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

func (c *rangeCheck) readProcedures(ctx context.Context) error {
	return c.ports.Rows.ProceduresIn(ctx, c.scope, func(r procedure.Record) error {
		c.entity(r.ID).verifier = &procedureVerifier{ports: c.ports, stored: r}
		return nil
	})
}

// procedureVerifier replays a procedure's events and compares the result with its row and its versions.
type procedureVerifier struct {
	ports     Ports
	stored    procedure.Record
	replayed  procedure.Record
	published []procedure.VersionRecord
}

func (v *procedureVerifier) next(e *audit.Event, o audit.Opened, addFinding findingFunc) {
	v.replayed.LastEventAt = e.OccurredAt
	p, err := procedure.UnmarshalPayload(o.Payload)
	if err != nil {
		addFinding(e.Seq, audit.Wrong("payload_unreadable", "cause", err.Error()))
	}
	//exhaustive:enforce
	switch procedure.Action(e.Action) {
	case procedure.ActionCreated:
		v.replayed.Status = procedure.Active
		v.publish(e, p, addFinding)
	case procedure.ActionPublished:
		v.publish(e, p, addFinding)
	case procedure.ActionArchived:
		v.replayed.Status = procedure.Archived
	case procedure.ActionUnarchived:
		v.replayed.Status = procedure.Active
	default:
		addFinding(e.Seq, audit.Wrong("action", "action", e.Action))
	}
}

func (v *procedureVerifier) publish(e *audit.Event, p procedure.Payload, addFinding findingFunc) {
	if p.Version != v.replayed.Version+1 {
		addFinding(e.Seq, audit.Wrong("version_order", "version", p.Version, "before", v.replayed.Version))
	}
	v.replayed.Version, v.replayed.Digest = p.Version, p.Digest
	v.published = append(v.published, procedure.VersionRecord{
		ID: e.Entity.ID, Version: p.Version, Digest: p.Digest, Meaning: p.Meaning, CreatedAt: e.OccurredAt,
		CreatedBy: e.Actor,
	})
}

func (v *procedureVerifier) end(ctx context.Context, head audit.Head, addFinding findingFunc) error {
	compareHeads(v.stored.Head, head, addFinding)
	s, r := v.stored, v.replayed
	if r.Version != s.Version || r.Digest != s.Digest || r.Status != s.Status {
		addFinding(0, audit.Wrong("procedure_differs", "trail", describe(r), "row", describe(s)))
	}
	if !r.LastEventAt.Equal(s.LastEventAt) {
		addFinding(0, audit.Wrong("last_event_differs",
			"trail", r.LastEventAt.Format(audit.TimeFormat), "row", s.LastEventAt.Format(audit.TimeFormat)))
	}
	if err := v.findUnpublished(ctx, addFinding); err != nil {
		return err
	}
	for _, version := range v.published {
		if err := v.checkVersion(ctx, version, addFinding); err != nil {
			return err
		}
	}
	return nil
}

// describe describes those columns of a procedure's row that follow from its trail.
func describe(r procedure.Record) audit.Problem {
	return audit.Wrong("procedure_row", "status", string(r.Status), "version", r.Version, "digest", fmt.Sprintf("%.15s…", r.Digest))
}

// findUnpublished reports stored versions that no event published.
func (v *procedureVerifier) findUnpublished(ctx context.Context, addFinding findingFunc) error {
	const page = 100
	for below := 0; ; {
		versions, err := v.ports.Procedures.Versions(ctx, v.stored.ID, below, page)
		if err != nil {
			return err
		}
		for _, s := range versions {
			if below = s.Version; s.Version < 1 || s.Version > v.replayed.Version {
				addFinding(0, audit.Wrong("version_unpublished", "version", s.Version))
			}
		}
		if len(versions) < page || below < 1 {
			return nil
		}
	}
}

// checkVersion compares the rows of one version with the event that published it. It adds a finding if the rows are
// damaged or missing.
func (v *procedureVerifier) checkVersion(
	ctx context.Context, published procedure.VersionRecord, addFinding findingFunc,
) error {
	add := func(code string, params ...any) {
		addFinding(0, audit.Wrong("version", "version", published.Version, "what", audit.Wrong(code, params...)))
	}
	rec, canonical, err := v.ports.Procedures.Document(ctx, published.ID, published.Version)
	if fault.Is(err, fault.Internal) || fault.Is(err, fault.NotFound) {
		add("row_unreadable", "cause", err.Error())
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if rec.Digest != published.Digest || rec.CreatedBy != published.CreatedBy ||
		!rec.CreatedAt.Equal(published.CreatedAt) {
		add("version_differs", "trail", describeVersion(published), "row", describeVersion(rec))
	}
	if rec.Meaning != published.Meaning {
		add("meaning_differs", "trail", int(published.Meaning), "row", int(rec.Meaning))
		rec.Meaning = published.Meaning
	}
	compiled, err := procedure.Compile(rec, canonical, v.ports.Language)
	if err != nil {
		add("cause", "cause", err.Error())
		return nil
	}
	latest := published.Version == v.stored.Version
	if s := v.stored; latest &&
		(compiled.Name != s.Name || compiled.Description != s.Description || compiled.Language != s.Language) {
		add("heading_differs")
	}
	expected := projection.DefinitionTables(compiled)
	stored, err := v.ports.Rows.DefinitionRows(ctx, published.ID, published.Version, expected)
	if err != nil {
		return err
	}
	for i, t := range expected {
		if t.Differs(stored[i].Rows) {
			add("definition_rows", "table", t.Name)
		}
	}
	return nil
}

// describeVersion describes who published which document, and when.
func describeVersion(r procedure.VersionRecord) audit.Problem {
	return audit.Wrong("published", "by", r.CreatedBy, "digest", fmt.Sprintf("%.15s…", r.Digest),
		"time", r.CreatedAt.Format(time.RFC3339Nano))
}
