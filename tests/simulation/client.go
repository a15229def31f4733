package simulation

import (
	"context"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/access"
)

// client sends requests one after the other, and repeats those whose outcome it does not know.
type client struct {
	actor
	w         *world
	principal access.Principal
	left      int        // requests to send
	sent      []*request // that may be repeated
	document  int        // index of the definition that it works with
}

func newClient(w *world, i int) *client {
	c := &client{
		actor: actor{name: fmt.Sprintf("client %d", i+1)}, w: w, left: 4 + w.rng.IntN(14),
		principal: access.Unproven(fmt.Sprintf("person-%d", i+1)), document: w.documents[i%len(w.documents)],
	}
	if w.rng.IntN(4) == 0 {
		c.principal.Via, c.principal.Issuer = access.ViaOIDC, "https://issuer.example"
		c.principal.Agent = &access.Agent{Issuer: c.principal.Issuer, Subject: "assistant"}
	}
	return c
}

// live sends the requests of the client.
func (c *client) live(ctx context.Context) {
	for c.left > 0 && c.w.violation == nil {
		var r *request
		//nolint:contextcheck // a twin outlives the request
		c.w.await(ctx, &call{what: "next", do: func() string {
			c.left--
			r = c.w.draw(c)
			return r.what
		}})
		c.carryOut(ctx, r)
	}
}

const maxAttempts = 6

// carryOut sends a request until its outcome is known, or the client gives up.
func (c *client) carryOut(ctx context.Context, r *request) {
	for again := true; again; {
		var a attempt
		c.w.await(ctx, &call{what: "sends " + r.id, do: func() string {
			a = c.w.beginAttempt(ctx, c, r)
			return "to " + a.replica.name
		}})
		got := r.send(a.ctx, a.replica.service.As(c.principal), r) //nolint:contextcheck // made from ctx
		c.w.await(ctx, &call{what: "is answered " + r.id, do: func() string {
			a.actor.cancel = nil
			a.cancel()
			var told string
			told, again = c.w.answered(r, a, got)
			return told
		}})
	}
}

// attempt is one sending of a request.
type attempt struct {
	ctx     context.Context //nolint:containedctx // an attempt exists only during a call
	cancel  func()
	actor   *actor
	replica *replica
	repeat  bool  // the request had taken effect, or was answered, before
	head    int64 // of the run when the attempt began
	acked   int64 // what clients knew then
}

// beginAttempt chooses a replica. Now and then, the network delivers a request twice.
func (w *world) beginAttempt(ctx context.Context, c *client, r *request) attempt {
	a, to := actorOf(ctx), w.replicas[w.rng.IntN(len(w.replicas))]
	r.attempts++
	ctx, cancel := context.WithCancel(at(ctx, to))
	a.cancel = cancel
	a.writes = r.command != nil
	if r.keyed && !w.calm && happens(w.rng, w.weather.twin) && r.twins < 2 {
		w.count("duplicate")
		r.twins++
		twin := &actor{name: fmt.Sprintf("%s's twin %s/%d", c.name, r.id, r.twins)}
		w.begin(twin, func(ctx context.Context) { c.carryOut(ctx, r) }) //nolint:contextcheck // outlives the attempt
	}
	return attempt{
		ctx: ctx, cancel: cancel, actor: a, replica: to, repeat: len(r.changes) > 0 || r.answered > 0,
		head: int64(len(w.law.historyOf(r.entity.ID))), acked: w.law.acked[r.entity],
	}
}

// remember keeps a request that may be repeated later.
func (c *client) remember(r *request) {
	if r.keyed && !slices.Contains(c.sent, r) {
		c.sent = append(c.sent, r)
	}
}
