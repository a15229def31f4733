package verify

import (
	"context"
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
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

func (v *procedureVerifier) next(e *audit.Event, find findFunc) {
	p, err := procedure.UnmarshalPayload(e.Payload)
	if err != nil {
		find(e.Seq, "payload: "+err.Error())
	}
	//exhaustive:enforce
	switch procedure.Action(e.Action) {
	case procedure.ActionCreated:
		v.replayed.Status = procedure.Active
		v.publish(e, p, find)
	case procedure.ActionPublished:
		v.publish(e, p, find)
	case procedure.ActionArchived:
		v.replayed.Status = procedure.Archived
	case procedure.ActionUnarchived:
		v.replayed.Status = procedure.Active
	default:
		find(e.Seq, "unknown action "+e.Action)
	}
}

func (v *procedureVerifier) publish(e *audit.Event, p procedure.Payload, find findFunc) {
	if p.Version != v.replayed.Version+1 {
		find(e.Seq, fmt.Sprintf("version %d follows version %d", p.Version, v.replayed.Version))
	}
	v.replayed.Version, v.replayed.Digest = p.Version, p.Digest
	v.published = append(v.published, procedure.VersionRecord{
		ID: e.Entity.ID, Version: p.Version, Digest: p.Digest, CreatedAt: e.OccurredAt, CreatedBy: e.Actor,
	})
}

func (v *procedureVerifier) end(ctx context.Context, head audit.Head, find findFunc) error {
	compareHeads(v.stored.Head, head, find)
	s, r := v.stored, v.replayed
	if r.Version != s.Version || r.Digest != s.Digest || r.Status != s.Status {
		find(0, fmt.Sprintf("its row differs from the trail: version %d, %s", s.Version, s.Status))
	}
	if err := v.findUnpublished(ctx, find); err != nil {
		return err
	}
	for _, version := range v.published {
		if err := v.checkVersion(ctx, version, find); err != nil {
			return err
		}
	}
	return nil
}

// findUnpublished reports stored versions that no event published.
func (v *procedureVerifier) findUnpublished(ctx context.Context, find findFunc) error {
	const page = 100
	for below := 0; ; {
		versions, err := v.ports.Procedures.Versions(ctx, v.stored.ID, below, page)
		if err != nil {
			return err
		}
		for _, s := range versions {
			if below = s.Version; s.Version < 1 || s.Version > v.replayed.Version {
				find(0, fmt.Sprintf("version %d is stored but was never published", s.Version))
			}
		}
		if len(versions) < page || below < 1 {
			return nil
		}
	}
}

// checkVersion compares the rows of one version with the event that published it. Rows that cannot be read are a
// finding.
func (v *procedureVerifier) checkVersion(ctx context.Context, published procedure.VersionRecord, find findFunc) error {
	wrong := func(format string, args ...any) {
		find(0, fmt.Sprintf("version %d: %s", published.Version, fmt.Sprintf(format, args...)))
	}
	rec, canonical, err := v.ports.Procedures.Document(ctx, published.ID, published.Version)
	if err != nil {
		wrong("its row cannot be read: %v", err)
		return ctx.Err()
	}
	if rec.Digest != published.Digest || rec.CreatedBy != published.CreatedBy ||
		!rec.CreatedAt.Equal(published.CreatedAt) {
		wrong("published by %s at %s according to its row, by %s at %s as %.15s… according to the trail",
			rec.CreatedBy, rec.CreatedAt.Format(time.RFC3339Nano),
			published.CreatedBy, published.CreatedAt.Format(time.RFC3339Nano), published.Digest)
	}
	compiled, err := procedure.Compile(rec, canonical, v.ports.Language)
	if err != nil {
		wrong("%v", err)
		return nil
	}
	latest := published.Version == v.stored.Version
	if s := v.stored; latest &&
		(compiled.Name != s.Name || compiled.Description != s.Description || compiled.Language != s.Language) {
		wrong("its name, description or language is not that of the procedure's row")
	}
	expected := projection.DefinitionTables(compiled)
	stored, err := v.ports.Rows.DefinitionRows(ctx, published.ID, published.Version, expected)
	if err != nil {
		return err
	}
	for i, t := range expected {
		if t.Differs(stored[i].Rows) {
			wrong("the rows of %s differ from its document", t.Name)
		}
	}
	return nil
}
