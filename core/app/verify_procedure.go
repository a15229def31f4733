package app

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

func (s *rangeCheck) procedures(ctx context.Context) error {
	rows, err := s.service.ProcedureList.ListProcedures(ctx, ProcedureFilter{After: s.scope.After, Limit: rangeSize})
	for _, r := range rows {
		if s.scope.Contains(r.ID) {
			s.of(r.ID).verifier = &procedureVerifier{service: s.service, stored: r}
		}
	}
	return err
}

// procedureTeller folds a procedure's events and holds the result against its row and its versions.
type procedureVerifier struct {
	service   *Service
	stored    ProcedureRecord
	folded    ProcedureRecord
	published []VersionRecord
}

func (t *procedureVerifier) next(e *audit.Event, find func(int64, string)) {
	var p procedurePayload
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		find(e.Seq, "payload: "+err.Error())
	}
	switch e.Action {
	case ActionProcedureCreated, ActionVersionPublished:
		if p.Version != t.folded.Version+1 {
			find(e.Seq, fmt.Sprintf("version %d follows version %d", p.Version, t.folded.Version))
		}
		t.folded.Version, t.folded.Digest = p.Version, p.Digest
		if e.Action == ActionProcedureCreated {
			t.folded.Status = procedure.Active
		}
		t.published = append(t.published, VersionRecord{ID: e.Entity.ID, Version: p.Version, Digest: p.Digest, CreatedAt: e.OccurredAt, CreatedBy: e.Actor})
	case ActionProcedureArchived:
		t.folded.Status = procedure.Archived
	case ActionProcedureUnarchived:
		t.folded.Status = procedure.Active
	default:
		find(e.Seq, "unknown action "+e.Action)
	}
}

func (t *procedureVerifier) end(ctx context.Context, head audit.Head, find func(int64, string)) error {
	if head != t.stored.Head {
		find(0, fmt.Sprintf("its row says the trail ends at event %d (%.8s…), the trail at %d (%.8s…)", t.stored.Head.Seq, t.stored.Head.Hash, head.Seq, head.Hash))
	}
	if t.folded.Version != t.stored.Version || t.folded.Digest != t.stored.Digest || t.folded.Status != t.stored.Status {
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
func (t *procedureVerifier) unpublished(ctx context.Context, find func(int64, string)) error {
	const page = 100
	for below := 0; ; {
		versions, err := t.service.Procedures.Versions(ctx, t.stored.ID, below, page)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if below = v.Version; v.Version < 1 || v.Version > t.folded.Version {
				find(0, fmt.Sprintf("version %d stands in its rows and not in the trail", v.Version))
			}
		}
		if len(versions) < page || below < 1 {
			return nil
		}
	}
}

// version holds one version's rows against the event that published it. What cannot be read is a finding.
func (t *procedureVerifier) version(ctx context.Context, told VersionRecord, find func(int64, string)) error {
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
	differences, err := t.service.Scan.DefinitionDifferences(ctx, compiled)
	for _, d := range differences {
		wrong("rows of %s differ from its document", d)
	}
	return err
}
