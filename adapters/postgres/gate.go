package postgres

import "sync"

// gate admits one writer of each run at a time. The writers of a run would otherwise wait for the run's row lock, each
// with a connection that writers of other runs could use.
type gate struct {
	mu    sync.Mutex
	turns map[string]*turn
}

// turn is the right to write a run. It exists while somebody has it or waits for it.
type turn struct {
	taken chan struct{} // holds a value while somebody writes the run
	users int
	progress
}

func newGate() *gate { return &gate{turns: map[string]*turn{}} }

// join returns the turn of a run. The caller must call quit.
func (g *gate) join(key string) *turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.turns[key]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1)}
		g.turns[key] = t
	}
	t.users++
	return t
}

func (g *gate) quit(key string, t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(g.turns, key)
	}
}
