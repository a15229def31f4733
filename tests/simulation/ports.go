package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// ports are the ports of one replica to the store. Each method is one effect that waits for its turn, unless it says
// otherwise.
type ports struct {
	w           *world
	definitions app.Definitions
	group       *groupcommit.Writer[*storage.RunWrite] // nil: changes are written alone
}

// effect waits for the turn of the actor and carries the effect out.
func (p *ports) effect(ctx context.Context, what string, effect func() error) error {
	return p.w.effect(ctx, &call{what: what}, effect)
}

// runs implements app.Runs.
type runs struct{ *ports }

func (p runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	stored, err := p.read(ctx, "load", id)
	if err != nil {
		return app.RunRecord{}, err
	}
	if p.w.plant == ClockBack && actorOf(ctx).writes {
		stored.Own.LastEventAt = time.Time{}
	}
	return stored.Record(ctx, p.definitions)
}

func (p runs) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	stored, err := p.read(ctx, "read the secrets of", id)
	if err != nil {
		return nil, err
	}
	return stored.PlainValues(ctx, p.definitions, nil)
}

func (p runs) read(ctx context.Context, what, id string) (stored storage.RunRows, err error) {
	err = p.effect(ctx, what+" "+short(id), func() (err error) {
		stored, err = p.w.store.readRun(id)
		return err
	})
	return stored, err
}

func (p runs) Head(ctx context.Context, id string) (head audit.Head, err error) {
	err = p.effect(ctx, "ask for the head of "+short(id), func() error {
		stored, err := p.w.store.readRun(id)
		head = stored.Own.Head
		return err
	})
	return head, err
}

// Append waits twice: to be sent, and to be written, alone or in a group.
func (p runs) Append(ctx context.Context, c app.RunChange) error {
	write, err := storage.NewRunWrite(c, nil)
	if err != nil {
		return err
	}
	if p.group == nil {
		return p.effect(ctx, "append "+describe(&c), func() error { return p.write(&write) })
	}
	if err := p.effect(ctx, "send "+describe(&c), func() error { return nil }); err != nil {
		return err
	}
	if err := p.group.Write(ctx, &write); !errors.Is(err, context.Canceled) {
		return err
	}
	return errCrash
}

// write writes a change unless another writer holds the lock of the run.
func (p runs) write(w *storage.RunWrite) error {
	if w.Change.Before.Seq > 0 && !p.w.calm && happens(p.w.rng, p.w.weather.moved) {
		p.w.count("locked by another")
		return app.ErrMoved
	}
	if stored, ok := p.w.store.runs[w.Row.ID]; ok && stored.locked != nil {
		return app.ErrMoved
	}
	return p.w.store.appendRun(w)
}

// newGroup returns a writer of groups as the adapters of databases have one. A group has the name of its first change.
func (p runs) newGroup(parallel int) *groupcommit.Writer[*storage.RunWrite] {
	return groupcommit.New(groupcommit.Options[*storage.RunWrite]{
		Write: func(ctx context.Context, all []*storage.RunWrite) (each []error, whole error) {
			each = make([]error, len(all))
			what := fmt.Sprintf("append %s", describe(&all[0].Change))
			if len(all) > 1 {
				what += fmt.Sprintf(" and %d more", len(all)-1)
			}
			whole = p.w.effect(ctx, &call{what: what, writes: true}, func() error {
				for i, one := range all {
					each[i] = p.write(one)
				}
				if len(all) == 1 {
					return each[0]
				}
				p.w.count("group")
				return nil
			})
			if len(all) == 1 {
				each[0], whole = whole, nil
			}
			return each, whole
		},
		Separable: func(err error) bool { return fault.Is(err, fault.Internal) },
		Keys:      (*storage.RunWrite).Keys, Size: (*storage.RunWrite).Size, Parallel: parallel,
		Begin: func(ctx context.Context, requests []context.Context) (context.Context, func(error)) {
			first := requests[0]
			group := &actor{name: actorOf(first).name + "'s group"}
			return withActor(at(ctx, replicaOf(first)), group), func(error) {}
		},
	})
}

// Exclusively takes the lock of the run, decides, and writes; the ports that decide asks wait for their turns.
func (p runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	a, stored := actorOf(ctx), storage.RunRows{}
	isLocked := func() bool { r, ok := p.w.store.runs[id]; return ok && r.locked != nil }
	defer func() {
		p.w.await(ctx, &call{what: "unlock " + short(id), do: func() string {
			if r, ok := p.w.store.runs[id]; ok && r.locked == a {
				r.locked = nil
			}
			return "done"
		}})
	}()
	err := p.w.effect(ctx, &call{what: "lock " + short(id), blocked: isLocked}, func() (err error) {
		if stored, err = p.w.store.readRun(id); err == nil {
			p.w.store.runs[id].locked = a
			p.w.counts["lock"]++
		}
		return err
	})
	if err != nil {
		return err
	}
	rec, err := stored.Record(ctx, p.definitions)
	if err != nil {
		return err
	}
	c, err := decide(rec)
	if err != nil || c == nil {
		return err
	}
	write, err := storage.NewRunWrite(*c, nil)
	if err != nil {
		return err
	}
	locked := &call{what: "append under the lock " + describe(c), writes: true}
	return p.w.effect(ctx, locked, func() error { return p.w.store.appendRun(&write) })
}

// procedures implements app.Procedures and app.ProcedureList.
type procedures struct{ *ports }

func (p procedures) Load(ctx context.Context, id string) (rec procedure.Record, err error) {
	err = p.effect(ctx, "load "+id, func() error {
		stored, ok := p.w.store.procedures[id]
		if !ok {
			return storage.ErrNoProcedure
		}
		rec, actorOf(ctx).read = stored.record, p.w.step
		return nil
	})
	return rec, err
}

func (p procedures) Head(ctx context.Context, id string) (head audit.Head, err error) {
	err = p.effect(ctx, "ask for the head of "+id, func() error {
		stored, ok := p.w.store.procedures[id]
		if !ok {
			return storage.ErrNoProcedure
		}
		head, actorOf(ctx).read = stored.record.Head, p.w.step
		return nil
	})
	return head, err
}

func (p procedures) Document(
	ctx context.Context, id string, version int,
) (rec procedure.VersionRecord, canonical []byte, err error) {
	err = p.effect(ctx, fmt.Sprintf("read version %d of %s", version, id), func() (err error) {
		rec, canonical, err = p.w.store.document(id, version)
		return err
	})
	return rec, canonical, err
}

func (p procedures) Append(ctx context.Context, c app.ProcedureChange) error {
	what := fmt.Sprintf("append %s of %s", c.Events[0].Action, c.Events[0].ID())
	return p.effect(ctx, what, func() error { return p.w.store.appendProcedure(&c) })
}

func (p procedures) Versions(
	ctx context.Context, id string, beforeVersion, limit int,
) (all []procedure.VersionRecord, err error) {
	err = p.effect(ctx, "list the versions of "+id, func() error {
		all = p.w.store.versions(id, beforeVersion, limit)
		return nil
	})
	return all, err
}

func (p procedures) ListProcedures(
	ctx context.Context, f app.ProcedureFilter,
) (page app.Page[procedure.Record], err error) {
	err = p.effect(ctx, "list procedures", func() (err error) {
		page, err = p.w.store.listProcedures(f)
		return err
	})
	return page, err
}

func (p procedures) ListHead(ctx context.Context) (head audit.Head, err error) {
	err = p.effect(ctx, "ask for the head of the list", func() error {
		head = p.w.store.list
		return nil
	})
	return head, err
}

// Events implements app.Trail.
func (p *ports) Events(
	ctx context.Context, e audit.Entity, afterSeq int64, size app.PageSize,
) (events app.Page[audit.Event], err error) {
	err = p.effect(ctx, fmt.Sprintf("read events of %s after %d", short(e.ID), afterSeq), func() (err error) {
		all := p.w.store.trail(e)
		events, err = page(slices.Clone(all[min(int64(len(all)), max(afterSeq, 0)):]), size, (*audit.Event).Size)
		return err
	})
	return events, err
}

// receipts implements app.Receipts.
type receipts struct{ *ports }

func (p receipts) Find(
	ctx context.Context, key app.ReceiptKey, notBefore time.Time,
) (r app.Receipt, ok bool, err error) {
	err = p.effect(ctx, "look for the receipt "+key.Key, func() error {
		r, ok = p.w.store.findReceipt(key, notBefore)
		return nil
	})
	return r, ok, err
}

func (p receipts) Save(ctx context.Context, r app.Receipt) error {
	return p.effect(ctx, "save the receipt "+r.Key, func() error { return p.w.store.writeReceipt(&r) })
}

func (p receipts) Prune(ctx context.Context, before, now time.Time) error {
	return p.effect(ctx, "prune receipts", func() error {
		p.w.store.pruneReceipts(before, now)
		return nil
	})
}

// describe returns a change for the story.
func describe(c *app.RunChange) string {
	first, last := c.Events[0], c.Events[len(c.Events)-1]
	return fmt.Sprintf("%s of %s, seq %d to %d", first.Action, short(first.Entity.ID), first.Seq, last.Seq)
}

const runIDLength = 36

// short returns the end of a run's id, which is enough to tell runs apart.
func short(id string) string {
	if len(id) == runIDLength {
		return "run " + id[len(id)-2:]
	}
	return id
}
