package simulation

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// request is a request of a client with all its attempts. Its id is recorded in the trail, and is its Idempotency-Key
// if it has one.
type request struct {
	id, what   string
	keyed      bool
	entity     audit.Entity // what it is about; zero if it makes a run
	permission access.Permission
	ifMatch    *app.Condition
	command    run.Command // on a run; nil for any other request
	by         *access.Principal
	actor      string // key of the principal
	send       func(context.Context, *app.UseCases, *request) answer

	// What has become of it.
	attempts, limit int
	twins           int
	changes         []audit.Cursor // the last events of the changes in the trail
	changed         int            // step in which the first of them was written
	refusals        int            // in the trail
	answered        int64          // seq of the first answer
}

// answer is what a use case returns.
type answer struct {
	err      error
	entity   audit.Entity
	seq      int64    // state of the entity that is shown
	run      *run.Run // nil if no run is shown
	past     bool     // a past state is shown, without what was erased since
	write    bool
	replayed bool
	revealed *app.Revealed
}

func ofRun(r run.Run, err error) answer {
	return answer{err: err, entity: audit.Run(r.ID), seq: r.Seq, run: &r}
}

func ofSaved(s app.Saved, err error) answer {
	return answer{err: err, entity: audit.Procedure(s.View.Record.ID), seq: s.View.Record.Head.Seq}
}

var hmacKey = make([]byte, app.ServiceKeySize)

// idempotent sends a request as the HTTP server does: it looks for a receipt first, and once more if another request
// with the same key was faster.
func idempotent[Result any](
	ctx context.Context, u *app.UseCases, r *request, attach func(*app.Request, *app.NewReceipt[Result]),
	execute func(app.Request) answer,
) (got answer) {
	defer func() { got.write = true }()
	req := app.Request{ID: r.id, IfMatch: r.ifMatch}
	if !r.keyed {
		return execute(req)
	}
	key := app.ReceiptKey{Actor: r.actor, Operation: r.permission.String(), Key: r.id}
	fingerprint := app.NewFingerprint(hmacKey, []byte("/path\n"), []byte(r.id))
	attach(&req, &app.NewReceipt[Result]{
		ReceiptKey: key, Fingerprint: fingerprint,
		Reply: func(Result) app.Reply { return app.Reply{Status: 200, Language: "en"} },
	})
	if got, done := replay(ctx, u, r, key, fingerprint); done {
		return got
	}
	got = execute(req)
	if errors.Is(got.err, app.ErrRepeated) {
		if got, done := replay(ctx, u, r, key, fingerprint); done {
			return got
		}
		return answer{err: fault.New(fault.Conflict, "idempotency.in_progress", nil)}
	}
	return got
}

func replay(
	ctx context.Context, u *app.UseCases, r *request, key app.ReceiptKey, f app.Fingerprint,
) (got answer, done bool) {
	replayed, ok, err := u.Replay(ctx, r.permission, key, f)
	switch {
	case err != nil:
		return answer{err: err}, true
	case !ok:
		return answer{}, false
	case replayed.Run != nil:
		got = ofRun(*replayed.Run, nil)
		got.past = true
	default:
		got = ofSaved(app.Saved{View: replayed.Procedure}, nil)
	}
	got.replayed = true
	return got, true
}

// sendCommand executes a command on a run.
func sendCommand(ctx context.Context, u *app.UseCases, r *request) answer {
	attach := func(req *app.Request, n *app.NewReceipt[run.Run]) { req.RunReceipt = n }
	return idempotent(ctx, u, r, attach, func(req app.Request) answer {
		switch c := r.command.(type) {
		case run.Erase:
			after, _, err := u.Erase(ctx, req, r.entity.ID, c)
			return ofRun(after, err)
		case run.Reveal:
			revealed, err := u.Reveal(ctx, req, r.entity.ID, c)
			return answer{err: err, entity: r.entity, seq: revealed.Seq, revealed: &revealed}
		case run.Draft, run.Commit, run.Amend, run.Skip, run.Fail:
		}
		return ofRun(u.Execute(ctx, req, r.entity.ID, r.command))
	})
}

// starting returns a function that starts a run of a procedure.
func starting(in app.StartInput) func(context.Context, *app.UseCases, *request) answer {
	return func(ctx context.Context, u *app.UseCases, r *request) answer {
		attach := func(req *app.Request, n *app.NewReceipt[run.Run]) { req.RunReceipt = n }
		return idempotent(ctx, u, r, attach, func(req app.Request) answer { return ofRun(u.StartRun(ctx, req, in)) })
	}
}

// saving returns a function that changes a procedure.
func saving(
	save func(context.Context, *app.UseCases, app.Request) (app.Saved, error),
) func(context.Context, *app.UseCases, *request) answer {
	return func(ctx context.Context, u *app.UseCases, r *request) answer {
		attach := func(req *app.Request, n *app.NewReceipt[app.Saved]) { req.SavedReceipt = n }
		return idempotent(ctx, u, r, attach, func(req app.Request) answer { return ofSaved(save(ctx, u, req)) })
	}
}

func saveDefinition(
	doc *jsondoc.Node,
) func(context.Context, *app.UseCases, app.Request) (app.Saved, error) {
	return func(ctx context.Context, u *app.UseCases, req app.Request) (app.Saved, error) {
		return u.SaveDefinition(ctx, req, doc)
	}
}
