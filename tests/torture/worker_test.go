package torture

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/procedo/procedo/api/client"
)

const procedureYAML = `
id: torture
name: Torture
steps:
  - key: one
    title: One
    slots:
      - {name: token, type: string}
      - {name: amount, type: integer, min: 0}
    checklist_items: [{key: seen, label: Seen, required: true}]
  - {key: two, title: Two, skippable: true, slots: [{name: token, type: string}]}
  - {key: three, title: Three, slots: [{name: token, type: string}]}
`

// The bodies of commands. Each $ stands for the id of the command, so that no two commands write the same.
const (
	startBody   = `{"procedure_id":"torture","reference":"$"}`
	valuesBody  = `{"slots":{"token":"$"}}`
	firstBody   = `{"slots":{"token":"$","amount":1},"checklist":[{"key":"seen","completed":true}]}`
	invalidBody = `{"slots":{"token":"$","amount":-1}}`
	amendBody   = `{"slots":{"token":"$"},"reason":"$"}`
	reasonBody  = `{"reason":"$"}`
)

// worker is one client of a load.
type worker struct {
	*load
	number   int
	requests int
	rand     *rand.Rand
}

func (w *worker) chance(n int) bool { return w.rand.IntN(n) == 0 }

func (w *worker) next() int { w.requests++; return w.number + w.requests }

// live brings one run from its start to its end, and disturbs it and the shared runs meanwhile.
func (w *worker) live() {
	run, ok := w.start()
	if !ok {
		return
	}
	if w.chance(2) {
		w.draft(run, "one")
	}
	w.disturb(run, "three")
	first, ok := w.commit(run, "one", firstBody)
	if !ok {
		return
	}
	if w.chance(4) {
		w.commitAgain(first)
	}
	w.disturb(run, "three")
	w.amend(run, "one")
	if w.chance(2) {
		if !w.do(w.command("skip", "step.skipped", run, true, "two", reasonBody)) {
			return
		}
	} else if _, ok := w.commit(run, "two", valuesBody); !ok {
		return
	}
	if w.chance(8) {
		w.do(w.command("fail", "run.failed", run, true, "", reasonBody))
		w.refuse(w.command("late", "", run, false, "three", valuesBody))
		return
	}
	if _, ok := w.commit(run, "three", valuesBody); ok {
		w.disturb(run, "one")
		w.amend(run, "two")
	}
}

// disturb reads the run, sends commands that must be refused, and uses a shared run. Wrong is a step that is not open.
func (w *worker) disturb(run, wrong string) {
	w.get(w.next(), run)
	switch w.rand.IntN(6) {
	case 0: // 409
		w.refuse(w.command("late", "", run, w.chance(2), wrong, valuesBody))
	case 1: // 422 or 409
		w.refuse(w.command("invalid", "", run, false, "one", invalidBody))
	case 2: // 409, in every state
		w.refuse(w.command("skip-refused", "", run, true, "one", reasonBody))
	case 3: // 412, or 409 where the step is not open
		o := w.command("stale", "", run, false, "one", firstBody)
		send := o.send
		o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
			return send(ctx, c, append(as, headers(o.id, false, `"no such state"`))...)
		}
		w.refuse(o)
	}
	w.share()
}

// share writes to a run that all clients write to, so that races are lost.
func (w *worker) share() {
	slot := &w.shared[w.rand.IntN(sharedRuns)]
	run := slot.Load()
	if run == nil {
		if id, ok := w.start(); ok {
			slot.CompareAndSwap(nil, &id)
		}
		return
	}
	switch w.rand.IntN(8) {
	case 0:
		w.do(w.command("shared-commit", "step.committed", *run, true, "one", firstBody))
	case 1:
		w.do(w.command("shared-commit", "step.committed", *run, true, "two", valuesBody))
	case 2:
		w.amend(*run, "one")
	case 3:
		if w.chance(4) && w.do(w.command("shared-commit", "step.committed", *run, true, "three", valuesBody)) {
			slot.CompareAndSwap(run, nil)
		}
	case 4, 5: // only if nobody was faster
		tag := w.get(w.next(), *run)
		o := w.command("shared-draft", "step.draft_saved", *run, false, "one", valuesBody)
		send := o.send
		o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
			return send(ctx, c, append(as, headers(o.id, false, tag))...)
		}
		w.do(o)
	default:
		w.draft(*run, "one")
	}
}

// start starts a run.
func (w *worker) start() (run string, ok bool) {
	o := &operation{id: w.newID(w.number, "start"), action: "run.created", keyed: true}
	o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
		return c.StartRunWithBody(ctx, nil, "application/json", body(startBody, o.id), as...)
	}
	ok = w.do(o)
	return o.run, ok
}

func (w *worker) draft(run, step string) {
	w.do(w.command("draft", "step.draft_saved", run, false, step, valuesBody))
}

func (w *worker) commit(run, step, template string) (*operation, bool) {
	o := w.command("commit", "step.committed", run, true, step, template)
	return o, w.do(o)
}

// commitAgain commits the same content with a new key. That changes nothing.
func (w *worker) commitAgain(first *operation) {
	o := &operation{id: w.newID(w.number, "again"), run: first.run, keyed: true, send: first.send}
	w.do(o)
}

func (w *worker) amend(run, step string) {
	w.do(w.command("amend", "step.amended", run, true, step, amendBody))
}

// command returns a command on a run. The kind says what it is; a draft is a PATCH and takes no key.
func (w *worker) command(kind, action, run string, keyed bool, step, template string) *operation {
	o := &operation{id: w.newID(w.number, kind), run: run, action: action, keyed: keyed}
	const json = "application/json"
	o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
		text := body(template, o.id)
		switch {
		case action == "run.failed":
			return c.FailRunWithBody(ctx, run, nil, json, text, as...)
		case action == "step.draft_saved":
			return c.SaveDraftWithBody(ctx, run, step, nil, json, text, as...)
		case action == "step.amended":
			return c.AmendStepWithBody(ctx, run, step, nil, json, text, as...)
		case template == reasonBody:
			return c.SkipStepWithBody(ctx, run, step, nil, json, text, as...)
		}
		return c.CommitStepWithBody(ctx, run, step, nil, json, text, as...)
	}
	return o
}

// refuse sends a command that must not be accepted, sometimes twice.
func (w *worker) refuse(o *operation) {
	if w.do(o) {
		w.violation("%s was accepted", o.id)
	}
	if o.outcome() == refused && w.chance(4) {
		w.attempt(context.WithoutCancel(w.ctx), w.next(), o)
	}
}

// do carries out a command and reports whether it was acknowledged. While its answer is lost, it is repeated with its
// key, or left in doubt if it has none.
func (w *worker) do(o *operation) (ok bool) {
	w.add(o)
	for tries := 0; tries < 5 && w.ctx.Err() == nil; {
		// A command that was sent is waited for, even if the load is stopped meanwhile.
		if w.attempt(context.WithoutCancel(w.ctx), w.next(), o) {
			tries++
			if !o.keyed || o.outcome() != inDoubt {
				break
			}
		}
		select {
		case <-w.ctx.Done():
		case <-time.After(again):
		}
	}
	if o.outcome() != acknowledged {
		return false
	}
	if o.keyed && w.chance(8) {
		w.repeat(o)
	}
	if o.keyed && o.action == "step.committed" && w.chance(16) {
		w.reuse(o)
	}
	return true
}

// reuse sends another command with the key of an acknowledged one. It must be turned away, and leaves no trace.
func (w *worker) reuse(first *operation) {
	o := w.command("reuse", "", first.run, false, "one", valuesBody)
	send := o.send
	o.send = func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error) {
		return send(ctx, c, append(as, headers(first.id, true, ""), headers(o.id, false, ""))...)
	}
	w.add(o)
	if w.attempt(context.WithoutCancel(w.ctx), w.next(), o); o.outcome() != turnedAway && o.outcome() != inDoubt {
		w.violation("%s, with the key of %s, was answered %d %s", o.id, first.id, o.status, o.code)
	}
}

// repeat sends an acknowledged command again, with its key. It must have the same answer, or, with another body, none.
func (w *worker) repeat(o *operation) {
	a, err := readAnswer(o.send(w.ctx, w.client(w.next()), headers(o.id, true, "")))
	w.mu.Lock()
	w.replays++
	w.mu.Unlock()
	if err == nil && a.status != http.StatusServiceUnavailable && (a.status != o.status || !a.replay) {
		w.violation("%s, which was answered %d, was answered %d when it was repeated (replayed: %v): %.200s",
			o.id, o.status, a.status, a.replay, a.body)
	}
}
