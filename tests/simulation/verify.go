package simulation

import (
	"context"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
)

// end checks everything once more when all clients have ended, with the verification that the service offers.
func (l *law) end() {
	source := verified{l.w.store, l.w}
	v := verify.New(verify.Ports{
		Trails: source, Rows: source, Procedures: source, Checkpoints: source, Language: l.w.language,
	})
	find := func(f audit.Finding) { l.w.violate(verifyRule, "%s", f) }
	all := verify.Options{Rules: true}
	err := v.EachRange(context.Background(), func(r audit.Range) error {
		if r.Type == audit.ProcedureEntity && l.w.seed%versionsOneIn > 0 {
			return nil
		}
		_, err := v.Range(context.Background(), all, r, find)
		return err
	})
	if err == nil {
		_, err = v.Whole(context.Background(), all.Trust, find)
	}
	if err != nil {
		l.w.violate(verifyRule, "%v", err)
	}
}

// versionsOneIn is how often versions are verified, which compiles them: once in so many simulations.
const versionsOneIn = 8

// verified implements the ports of the verification on the store.
type verified struct {
	*store
	w *world
}

func (v verified) ids(entityType string) []string {
	if entityType == audit.RunEntity {
		return slices.Sorted(maps.Keys(v.runs))
	}
	return slices.Sorted(maps.Keys(v.procedures))
}

func (v verified) each(r audit.Range, fn func(id string) error) error {
	for _, id := range v.ids(r.Type) {
		if r.Contains(id) {
			if err := fn(id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v verified) Bound(_ context.Context, entityType, after string, n int) (string, error) {
	for _, id := range v.ids(entityType) {
		if id > after {
			if n--; n == 0 {
				return id, nil
			}
		}
	}
	return "", nil
}

func (v verified) EventsIn(_ context.Context, r audit.Range, fn func(*audit.Event) error) error {
	return v.each(r, func(id string) error {
		events := slices.Clone(v.trail(audit.Entity{Type: r.Type, ID: id}))
		for i := range events {
			if err := fn(&events[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (verified) LeavesIn(context.Context, audit.Range, func(audit.StoredLeaf) error) error {
	return nil
}

func (v verified) ProceduresIn(_ context.Context, r audit.Range, fn func(procedure.Record) error) error {
	return v.each(r, func(id string) error { return fn(v.procedures[id].record) })
}

func (v verified) RunsIn(_ context.Context, r audit.Range, fn func(verify.StoredRun) error) error {
	return v.each(r, func(id string) error {
		stored := verify.StoredRun{Own: v.runs[id].own, Rows: v.runs[id].rows}
		rec, canonical, err := v.document(stored.Own.ProcedureID, stored.Own.ProcedureVersion)
		if stored.Err = err; err == nil {
			stored.Version, stored.Err = compile(rec, canonical, v.w.language)
		}
		return fn(stored)
	})
}

func (v verified) FeedAndRows(
	_ context.Context, onEntry func(audit.FeedEntry) error, onRow func(audit.Entity, int64) error,
) error {
	for i, e := range v.feed {
		cursor := audit.Cursor{Position: int64(i + 1), Entity: e.Entity, Seq: e.last}
		if err := onEntry(audit.FeedEntry{Cursor: cursor, First: e.first}); err != nil {
			return err
		}
	}
	for _, id := range v.ids(audit.ProcedureEntity) {
		if err := onRow(audit.Procedure(id), v.procedures[id].record.Head.Seq); err != nil {
			return err
		}
	}
	for _, id := range v.ids(audit.RunEntity) {
		if err := onRow(audit.Run(id), v.runs[id].own.Head.Seq); err != nil {
			return err
		}
	}
	return nil
}

func (verified) Orphans(context.Context, func(audit.Entity, string)) error { return nil }

func (v verified) DefinitionRows(
	_ context.Context, id string, version int, _ []projection.Table,
) ([]projection.Table, error) {
	return v.procedures[id].versions[version-1].tables, nil
}

func (v verified) Document(_ context.Context, id string, version int) (procedure.VersionRecord, []byte, error) {
	return v.document(id, version)
}

func (v verified) Versions(
	_ context.Context, id string, beforeVersion, limit int,
) ([]procedure.VersionRecord, error) {
	return v.versions(id, beforeVersion, limit), nil
}

// There are no checkpoints.
func (verified) Checkpoint(context.Context, int64) (n audit.StoredNote, err error) { return n, nil }

func (verified) CheckpointsAfter(context.Context, int64, int) ([]audit.StoredNote, error) {
	return nil, nil
}

func (verified) Leaves(context.Context, int64) ([]audit.StoredLeaf, error) { return nil, nil }

func (verified) Nodes(context.Context, []int64) ([]audit.Hash, error) { return nil, nil }

func (verified) NodeCount(context.Context) (int64, error) { return 0, nil }
