package app

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

func (s *sweep) procedures(ctx context.Context) error {
	rows, err := s.service.ProcedureList.ListProcedures(ctx, ProcedureFilter{After: s.stretch.After, Limit: stretchSize})
	for _, r := range rows {
		if s.stretch.Has(r.ID) {
			s.of(r.ID).trail = &procedureTeller{service: s.service, stored: r}
		}
	}
	return err
}

// procedureTeller folds a procedure's events and holds the result against its row and its versions.
type procedureTeller struct {
	service   *Service
	stored    ProcedureRecord
	told      ProcedureRecord
	published []VersionRecord
}

func (t *procedureTeller) next(e *audit.Event, find func(int64, string)) {
	var p procedurePayload
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		find(e.Seq, "payload: "+err.Error())
	}
	switch e.Action {
	case ActionProcedureCreated, ActionVersionPublished:
		if p.Version != t.told.Version+1 {
			find(e.Seq, fmt.Sprintf("version %d follows version %d", p.Version, t.told.Version))
		}
		t.told.Version, t.told.Digest = p.Version, p.Digest
		if e.Action == ActionProcedureCreated {
			t.told.Status = procedure.Active
		}
		t.published = append(t.published, VersionRecord{ID: e.EntityID, Version: p.Version, Digest: p.Digest, CreatedAt: e.OccurredAt, CreatedBy: e.Actor})
	case ActionProcedureArchived:
		t.told.Status = procedure.Archived
	case ActionProcedureUnarchived:
		t.told.Status = procedure.Active
	default:
		find(e.Seq, "unknown action "+e.Action)
	}
}

func (t *procedureTeller) end(ctx context.Context, head audit.Head, find func(int64, string)) error {
	if head != t.stored.Head {
		find(0, fmt.Sprintf("its row says the trail ends at event %d (%.8s…), the trail at %d (%.8s…)", t.stored.Head.Seq, t.stored.Head.Hash, head.Seq, head.Hash))
	}
	if t.told.Version != t.stored.Version || t.told.Digest != t.stored.Digest || t.told.Status != t.stored.Status {
		find(0, fmt.Sprintf("its row differs from the trail: version %d, %s", t.stored.Version, t.stored.Status))
	}
	if err := t.unpublished(ctx, find); err != nil {
		return err
	}
	for _, v := range t.published {
		if err := t.version(ctx, v, find); err != nil {
			return err
		}
	}
	return nil
}

// unpublished finds versions that no event published.
func (t *procedureTeller) unpublished(ctx context.Context, find func(int64, string)) error {
	const page = 100
	for below := 0; ; {
		versions, err := t.service.Procedures.Versions(ctx, t.stored.ID, below, page)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if below = v.Version; v.Version < 1 || v.Version > t.told.Version {
				find(0, fmt.Sprintf("version %d stands in its rows and not in the trail", v.Version))
			}
		}
		if len(versions) < page || below < 1 {
			return nil
		}
	}
}

// version holds one version's rows against the event that published it. What cannot be read is a finding.
func (t *procedureTeller) version(ctx context.Context, told VersionRecord, find func(int64, string)) error {
	wrong := func(format string, args ...any) {
		find(0, fmt.Sprintf("version %d: %s", told.Version, fmt.Sprintf(format, args...)))
	}
	rec, canonical, err := t.service.Procedures.Document(ctx, told.ID, told.Version)
	if err != nil {
		wrong("its row cannot be read: %v", err)
		return ctx.Err()
	}
	if rec.Digest != told.Digest || rec.CreatedBy != told.CreatedBy || !rec.CreatedAt.Equal(told.CreatedAt) {
		wrong("published by %s at %s, says its row, and the trail by %s at %s, as %.15s…", rec.CreatedBy, rec.CreatedAt.Format(time.RFC3339Nano), told.CreatedBy, told.CreatedAt.Format(time.RFC3339Nano), told.Digest)
	}
	compiled, err := Compile(rec, canonical, t.service.Language)
	if err != nil {
		wrong("%v", err)
		return nil
	}
	if told.Version == t.stored.Version && (compiled.Name != t.stored.Name || compiled.Description != t.stored.Description || compiled.Language != t.stored.Language) {
		wrong("its name, description or language is not what the procedure's row says")
	}
	differences, err := t.service.Sweep.Projected(ctx, compiled)
	for _, d := range differences {
		wrong("rows of %s differ from its document", d)
	}
	return err
}
