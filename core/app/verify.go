package app

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Verified counts what a verification looked at.
type Verified struct {
	Procedures, Runs, Events int
}

// Verify checks every trail in storage: sequence, hashes, copies; then folds the events and compares the result
// with the stored rows. Each finding is reported as it comes. An error means that checking itself failed.
func (s *Service) Verify(ctx context.Context, report func(audit.Finding)) (Verified, error) {
	var done Verified
	err := s.EachEntity(ctx, func(page []Entity) error {
		for _, e := range page {
			one, err := s.VerifyEntity(ctx, e, report)
			done.Add(one)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

// EachEntity hands on whatever has a row or an event, sorted by type and id, some hundreds at a time.
func (s *Service) EachEntity(ctx context.Context, each func(page []Entity) error) error {
	var last Entity
	for {
		page, err := s.Trail.Entities(ctx, last, eventPage)
		if err != nil {
			return err
		}
		if err := each(page); err != nil {
			return err
		}
		if len(page) < eventPage {
			return nil
		}
		last = page[len(page)-1]
	}
}

// VerifyEntity checks one trail as Verify does. Different entities may be checked at once.
func (s *Service) VerifyEntity(ctx context.Context, e Entity, report func(audit.Finding)) (done Verified, err error) {
	v := verification{service: s, report: report, done: &done}
	if e.Type == audit.RunEntity {
		done.Runs++
		return done, v.run(ctx, e.ID)
	}
	done.Procedures++
	return done, v.procedure(ctx, e.ID)
}

// Add adds what another verification looked at.
func (v *Verified) Add(o Verified) {
	v.Procedures, v.Runs, v.Events = v.Procedures+o.Procedures, v.Runs+o.Runs, v.Events+o.Events
}

type verification struct {
	service *Service
	report  func(audit.Finding)
	done    *Verified
}

// chain checks one entity's events and hands each on.
func (v verification) chain(ctx context.Context, entityType, id string, each func(audit.Event)) (audit.Head, error) {
	c := audit.Chain{EntityType: entityType, EntityID: id}
	for {
		page, err := v.service.Trail.Events(ctx, entityType, id, c.Head().Seq, eventPage)
		if err != nil {
			return audit.Head{}, err
		}
		for _, e := range page {
			for _, f := range c.Check(e) {
				v.report(f)
			}
			v.done.Events++
			each(e)
		}
		if len(page) < eventPage {
			return c.Head(), nil
		}
	}
}

func (v verification) run(ctx context.Context, id string) error {
	find := func(seq int64, problem string) {
		v.report(audit.Finding{EntityType: audit.RunEntity, EntityID: id, Seq: seq, Problem: problem})
	}
	stored, err := v.service.Runs.Load(ctx, id)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		find(0, "its rows cannot be read: "+err.Error())
	}
	fold := NewFold(stored.Run.Version, id)
	head, err := v.chain(ctx, audit.RunEntity, id, func(e audit.Event) { fold.Next(e, find) })
	if err != nil || stored.Run.Version == nil {
		return err
	}
	if head != stored.Head {
		find(0, fmt.Sprintf("its row says the trail ends at event %d (%.8s…), the trail at %d (%.8s…)", stored.Head.Seq, stored.Head.Hash, head.Seq, head.Hash))
	}
	for _, d := range run.Differences(fold.Run, stored.Run) {
		find(0, "stored rows differ from the trail: "+d)
	}
	if err := v.plainValues(ctx, stored.Run, find); err != nil {
		if ctx.Err() != nil {
			return err
		}
		find(0, "its sensitive values cannot be read: "+err.Error())
	}
	return nil
}

// plainValues holds the plain values of sensitive slots against their digests.
func (v verification) plainValues(ctx context.Context, r run.Run, find func(int64, string)) error {
	if !r.Version.HasSensitive() {
		return nil
	}
	values, err := v.service.Runs.PlainValues(ctx, r.ID)
	for _, p := range values {
		i, ok := r.Version.StepIndex(p.Step)
		if !ok {
			continue
		}
		visit := r.Steps[i].At(p.Visit)
		if j, ok := r.Version.Steps[i].SlotIndex(p.Slot); !ok || visit == nil || !visit.Slots[j].Value.Equal(p.Value) {
			find(0, fmt.Sprintf("the value of sensitive slot %s.%s is not the one that was sealed", p.Step, p.Slot))
		}
	}
	return err
}

// Fold replays a run's trail.
type Fold struct {
	Run     run.Run
	version *procedure.Version
	runID   string
	broken  bool
}

// NewFold replays the trail of a run of the version.
func NewFold(v *procedure.Version, runID string) *Fold { return &Fold{version: v, runID: runID} }

// Next applies the next event; what does not fit is found, once, and ends the replay.
func (f *Fold) Next(e audit.Event, find func(seq int64, problem string)) {
	if f.broken || f.version == nil {
		return
	}
	fact, err := run.UnmarshalFact(f.version, f.runID, e.Action, e.Payload)
	if err == nil {
		f.Run, err = run.Evolve(f.Run, run.Event{Act: run.Act{Actor: e.Actor, At: e.OccurredAt}, Fact: fact})
	}
	if err != nil {
		f.broken = true
		find(e.Seq, err.Error())
	}
}

func (v verification) procedure(ctx context.Context, id string) error {
	find := func(seq int64, problem string) {
		v.report(audit.Finding{EntityType: audit.ProcedureEntity, EntityID: id, Seq: seq, Problem: problem})
	}
	stored, err := v.service.Procedures.Load(ctx, id)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		find(0, "it has a trail but no row")
	}
	told := ProcedureRecord{}
	head, err := v.chain(ctx, audit.ProcedureEntity, id, func(e audit.Event) { told.apply(e, find) })
	if err != nil || stored.ID == "" {
		return err
	}
	if head != stored.Head || told.Version != stored.Version || told.Digest != stored.Digest || told.Status != stored.Status {
		find(0, "its row differs from the trail")
	}
	for n := 1; n <= told.Version; n++ {
		rec, canonical, err := v.service.Procedures.Document(ctx, id, n)
		if err == nil {
			_, err = Compile(rec, canonical, v.service.Language)
		}
		if err != nil {
			find(0, err.Error())
		}
	}
	return nil
}

// apply folds a procedure's event.
func (r *ProcedureRecord) apply(e audit.Event, find func(int64, string)) {
	var p procedurePayload
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		find(e.Seq, "payload: "+err.Error())
	}
	switch e.Action {
	case ActionProcedureCreated, ActionVersionPublished:
		if p.Version != r.Version+1 {
			find(e.Seq, fmt.Sprintf("version %d follows version %d", p.Version, r.Version))
		}
		r.Version, r.Digest = p.Version, p.Digest
		if e.Action == ActionProcedureCreated {
			r.Status = procedure.Active
		}
	case ActionProcedureArchived:
		r.Status = procedure.Archived
	case ActionProcedureUnarchived:
		r.Status = procedure.Active
	default:
		find(e.Seq, "unknown action "+e.Action)
	}
}
