package simulation

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// draw returns the next request of a client: a new one, or one of its earlier ones once more.
func (w *world) draw(c *client) *request {
	if len(c.sent) > 0 && w.rng.IntN(8) == 0 {
		r := c.sent[w.rng.IntN(len(c.sent))]
		w.count("late repeat")
		r.limit = r.attempts + maxAttempts
		return r
	}
	r := &request{
		id: fmt.Sprintf("%d-%d", len(w.requests)+1, w.step), keyed: w.rng.IntN(4) > 0, by: &c.principal,
		actor: c.principal.Key(), permission: access.Work, limit: maxAttempts,
	}
	w.requests[r.id] = r
	id := documents[c.document][0].Get("id").Text
	switch n := w.rng.IntN(20); {
	case n == 0, w.authors && n < 8:
		w.drawDefinition(c, r, id, w.rng.IntN(6))
	case len(w.law.known) == 0 && w.starts > 1, w.authors && n < 14:
		w.drawProcedureRead(r, id)
	case n == 1, len(w.law.openRuns()) == 0 && n%2 == 0, len(w.law.known) == 0:
		w.starts++
		r.what, r.send = "start a run of "+id, starting(app.StartInput{ProcedureID: id, Reference: r.id})
	case n < 14:
		w.drawCommand(c, r)
	default:
		w.drawRead(r, id)
	}
	c.remember(r)
	return r
}

// drawDefinition makes a request that changes a procedure.
func (w *world) drawDefinition(c *client, r *request, id string, kind int) {
	r.permission, r.entity = access.WriteDefinitions, audit.Procedure(id)
	switch doc := documents[c.document][w.rng.IntN(2)]; kind {
	case 0:
		r.what, r.send = "save "+id, saving(saveDefinition(doc))
	case 1, 2:
		r.what = "publish " + id
		r.ifMatch = &app.Condition{Tags: []string{w.store.procedures[id].record.Tag()}}
		r.send = saving(func(ctx context.Context, u *app.UseCases, req app.Request) (app.Saved, error) {
			return u.PublishProcedure(ctx, req, id, doc)
		})
	case 3:
		r.what = "archive " + id
		r.send = saving(func(ctx context.Context, u *app.UseCases, req app.Request) (app.Saved, error) {
			return u.ArchiveProcedure(ctx, req, id)
		})
	default:
		r.what = "unarchive " + id
		r.send = saving(func(ctx context.Context, u *app.UseCases, req app.Request) (app.Saved, error) {
			return u.UnarchiveProcedure(ctx, req, id)
		})
	}
}

// drawCommand makes a command on a run, based on its present state or a slightly older one that a client may still see.
func (w *world) drawCommand(c *client, r *request) {
	known := w.law.runs[w.drawRun()]
	seen := known.history[max(0, len(known.history)-1-w.rng.IntN(3)*w.rng.IntN(3))]
	r.entity, r.send = audit.Run(seen.ID), sendCommand
	r.command = w.chooseCommand(c, r, seen)
	switch c := r.command.(type) {
	case run.Erase:
		c.Plan, r.permission = run.ErasePlan{}, access.Erase
		if w.rng.IntN(2) == 0 {
			c.Places, c.Reason = w.drawPlaces(seen.ID), "because"
		}
		r.command = c
	case run.Reveal:
		r.permission, r.keyed = access.Reveal, false // reveal takes no key
	case run.Fail:
		r.permission = access.Fail
	case run.Draft, run.Commit, run.Amend, run.Skip:
	}
	if w.rng.IntN(4) == 0 {
		r.ifMatch = &app.Condition{Revisions: []int64{seen.Revision}}
	}
	r.what = fmt.Sprintf("%s %s as of seq %d%s", nameOf(r.command), short(seen.ID), seen.Seq, inputOf(r.command))
	if r.ifMatch != nil {
		r.what += fmt.Sprintf(", if its revision is %d", seen.Revision)
	}
	w.counts[fmt.Sprintf("%T", r.command)]++
}

// inputOf returns the input of a command for the story.
func inputOf(c run.Command) string {
	switch c := c.(type) {
	case run.Skip:
		return fmt.Sprintf(" of %s, visit %d", c.Step, c.Visit)
	case run.Reveal:
		return fmt.Sprintf(" of %s.%s, visit %d", c.Step, c.Slot, c.Visit)
	case run.Erase:
		return fmt.Sprintf(" of %+v", c.Places)
	case run.Draft, run.Commit, run.Amend, run.Fail:
	}
	sub := submissionOf(c)
	if sub == nil {
		return ""
	}
	text := fmt.Sprintf(" of %s, visit %d", sub.Step, sub.Visit)
	for _, name := range slices.Sorted(maps.Keys(sub.Slots)) {
		text += fmt.Sprintf(" %s=%s", name, sub.Slots[name])
	}
	if len(sub.Ticks) > 0 {
		text += fmt.Sprintf(" %v", sub.Ticks)
	}
	return text
}

// chooseCommand draws a command on a run; two of three are accepted if nothing else changes the run.
func (w *world) chooseCommand(c *client, r *request, seen run.Run) run.Command {
	draw := rapid.Custom(func(t *rapid.T) run.Command { return runtest.Command(t, seen) })
	next := func() run.Command {
		one := draw.Example(int(w.rng.Int32()))
		for tries := 0; tries < 5 && isForUnknownStep(seen, one); tries++ { // which is drawn too often
			one = draw.Example(int(w.rng.Int32()))
		}
		return w.withSecrets(r, seen, w.amending(seen, one))
	}
	if at := secretsOf(seen); len(at) > 0 && w.rng.IntN(8) == 0 {
		return at[w.rng.IntN(len(at))]
	}
	if w.rng.IntN(3) == 0 {
		return next()
	}
	var accepted []run.Command // at most one of each kind, because drafts are drawn far more often than amendments
	for range 8 {
		one := next()
		same := func(other run.Command) bool { return nameOf(one) == nameOf(other) }
		if w.accepts(seen, one, &c.principal) && !slices.ContainsFunc(accepted, same) {
			accepted = append(accepted, one)
		}
	}
	if len(accepted) == 0 {
		return next()
	}
	return accepted[w.rng.IntN(len(accepted))]
}

func isForUnknownStep(seen run.Run, c run.Command) bool {
	sub := submissionOf(c)
	if sub == nil {
		return false
	}
	_, known := seen.Version.StepIndex(sub.Step)
	return !known
}

// amending returns an amendment in place of most commands for a committed step, because few amendments are drawn for
// one.
func (w *world) amending(seen run.Run, c run.Command) run.Command {
	sub := submissionOf(c)
	if sub == nil || w.rng.IntN(3) == 0 {
		return c
	}
	if i, ok := seen.Version.StepIndex(sub.Step); ok && seen.Steps[i].State == run.Committed {
		sub.Visit = 0
		return run.Amend{Submission: *sub, Reason: "because"}
	}
	return c
}

// secretsOf returns the commands that reveal the sensitive values of a run.
func secretsOf(seen run.Run) (all []run.Command) {
	for i := range seen.Steps {
		step := &seen.Version.Steps[i]
		for _, v := range seen.Steps[i].Visits() {
			for j := range v.Slots {
				if step.Slots[j].Sensitive && !v.Slots[j].Value.IsAbsent() && !v.Slots[j].IsErased() {
					all = append(all, run.Reveal{Step: step.Key, Slot: step.Slots[j].Name, Visit: v.Number, Reason: "because"})
				}
			}
		}
	}
	return all
}

// accepts reports whether the rules accept a command on a run and change it.
func (w *world) accepts(seen run.Run, c run.Command, by *access.Principal) bool {
	n, _ := run.SensitiveSlots(seen, c)
	c = run.WithSecrets(c, run.Secrets{Salts: make([]commitment.Salt, n)})
	d, err := run.Decide(context.Background(), seen, c, run.Stamp{By: *by, At: w.now})
	return err == nil && len(d.Events) > 0
}

// submissionOf returns a copy of the input of a command for a step; nil if it has none.
func submissionOf(c run.Command) *run.Submission {
	switch c := c.(type) {
	case run.Draft:
		return &c.Submission
	case run.Commit:
		return &c.Submission
	case run.Amend:
		return &c.Submission
	case run.Skip, run.Fail, run.Reveal, run.Erase:
	}
	return nil
}

// drawRun returns one of the runs, mostly one of the first two that have not ended, so that clients meet.
func (w *world) drawRun() string {
	all := w.law.known
	if open := w.law.openRuns(); len(open) > 0 && w.rng.IntN(6) > 0 {
		all = open[:min(len(open), 2)]
	}
	return all[w.rng.IntN(len(all))]
}

// openRuns returns the runs that have not ended, the oldest first.
func (l *law) openRuns() []string {
	return slices.DeleteFunc(slices.Clone(l.known), func(id string) bool { return l.runs[id].replay.Run.State.Final() })
}

// drawPlaces returns the place of a text in a random event of a run.
func (w *world) drawPlaces(id string) []run.ErasePlace {
	events := w.store.runs[id].events
	e := events[w.rng.IntN(len(events))]
	texts, _ := audit.ParseDisclosures(e.Disclosures)
	pointer := "/reason"
	if len(texts) > 0 {
		pointer = texts[w.rng.IntN(len(texts))].Place
	}
	return []run.ErasePlace{{Place: commitment.Place{Seq: e.Seq, Pointer: pointer}}}
}

// withSecrets puts the mark of secrets into the texts that a command gives for sensitive slots.
func (w *world) withSecrets(r *request, seen run.Run, c run.Command) run.Command {
	sub := submissionOf(c) // which shares its map of values
	if sub == nil {
		return c
	}
	if i, ok := seen.Version.StepIndex(sub.Step); ok {
		for _, s := range seen.Version.Steps[i].Slots {
			_, given := sub.Slots[s.Name]
			if given && s.Sensitive && (s.Type == slot.String || s.Type == slot.LongText) {
				sub.Slots[s.Name] = fmt.Appendf(nil, "%q", secretMark+"-"+r.id[:1+w.rng.IntN(len(r.id))])
			}
		}
	}
	return c
}

// drawRead makes a request that changes nothing.
func (w *world) drawRead(r *request, id string) {
	r.keyed, r.permission = false, access.Read
	runID := w.drawRun()
	r.entity = audit.Run(runID)
	seen := w.law.historyOf(runID)
	switch w.rng.IntN(8) {
	case 0, 1:
		r.what, r.send = "read "+short(runID), func(ctx context.Context, u *app.UseCases, _ *request) answer {
			return ofRun(u.Run(ctx, runID))
		}
	case 2:
		head := w.store.runs[runID].own.Head
		r.what, r.send = "poll "+short(runID), func(ctx context.Context, u *app.UseCases, _ *request) answer {
			rec, changed, err := u.RunIfChanged(ctx, runID, head)
			if err == nil && !changed {
				return answer{entity: audit.Run(runID), seq: head.Seq}
			}
			return ofRun(rec.Run, err)
		}
	case 3:
		seq := int64(1 + w.rng.IntN(len(seen)))
		r.what = fmt.Sprintf("read %s as of seq %d", short(runID), seq)
		r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
			got := ofRun(u.RunAt(ctx, runID, seq))
			got.past = true
			return got
		}
	case 4:
		r.what = "read the events of " + short(runID)
		r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
			page, err := u.RunEvents(ctx, runID, 0, 1000)
			return answer{err: err, entity: audit.Run(runID), seq: int64(len(page.Items))}
		}
	case 5:
		w.drawCheck(r, seen[len(seen)-1])
	default:
		w.drawProcedureRead(r, id)
	}
}

// drawProcedureRead makes a request that reads a procedure, alone or in the list.
func (w *world) drawProcedureRead(r *request, id string) {
	r.entity, r.keyed, r.permission = audit.Procedure(id), false, access.Read
	if w.rng.IntN(2) == 0 {
		r.what = "read " + id
		r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
			view, err := u.Procedure(ctx, id)
			return ofSaved(app.Saved{View: view}, err)
		}
		return
	}
	r.what = "list procedures"
	r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
		page, err := u.ListProcedures(ctx, app.ProcedureFilter{Size: app.PageSize{Items: 100}})
		return ofSaved(app.Saved{View: app.ProcedureView{Record: find(page.Items, id)}}, err)
	}
}

func find(all []procedure.Record, id string) procedure.Record {
	for _, rec := range all {
		if rec.ID == id {
			return rec
		}
	}
	return procedure.Record{VersionRecord: procedure.VersionRecord{ID: id}}
}

// drawCheck makes the check of a commit, or prunes receipts.
func (w *world) drawCheck(r *request, seen run.Run) {
	if w.rng.IntN(4) == 0 {
		r.what, r.entity = "prune receipts", audit.Entity{}
		r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
			return answer{err: u.PruneReceipts(ctx)}
		}
		return
	}
	c := run.Commit{Submission: run.Submission{Step: seen.CurrentKey()}}
	r.what, r.permission = "check a commit on "+short(seen.ID), access.Work
	r.send = func(ctx context.Context, u *app.UseCases, _ *request) answer {
		checked, _, err := u.CheckCommit(ctx, app.Request{ID: r.id}, seen.ID, c)
		return ofRun(checked, err)
	}
}
