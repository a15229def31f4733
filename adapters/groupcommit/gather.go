package groupcommit

import "time"

// gathering decides whether waiting changes begin a group now or wait for company. One large group costs a database
// less than two small ones, so it pays to wait for changes that are about to come.
//
// It expects what it has seen: crowd is the number of changes that waited or were written at the same time, of late. Of
// a crowd, one half is gathered while the other is written or answered. Whoever writes alone never waits.
type gathering struct {
	crowd int
	timer *time.Timer // fires when the first change has waited long enough; nil if no change waits for company
}

// expects reports whether company is expected for the n changes that wait while others are being written.
func (g *gathering) expects(n, written int) bool { return n < (max(g.crowd, n+written)+1)/2 }

// begun learns from a group that begins when inside changes wait or are being written, itself included.
func (g *gathering) begun(inside int) {
	g.crowd = max(inside, g.crowd-(g.crowd+7)/8)
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}

// ready reports whether a group may begin. If it may not because company is expected, a timer ends the wait. The caller
// holds w.mu.
func (w *Writer[C]) ready() bool {
	n, o := len(w.waiting), &w.options
	switch {
	case n == 0, w.writing > 0 && (w.writing >= o.Parallel || n < o.Company):
		return false
	case o.Gather == 0 || n >= MaxChanges || !w.gathering.expects(n, w.written):
		return true
	}
	if w.gathering.timer == nil && w.writing == 0 {
		w.gathering.timer = time.AfterFunc(o.Gather, w.endWait)
	}
	return false
}

// endWait begins a group with those who wait.
func (w *Writer[C]) endWait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gathering.timer == nil { // a group has begun meanwhile
		return
	}
	w.gathering.timer = nil
	if w.writing == 0 && len(w.waiting) > 0 {
		w.gathering.crowd = len(w.waiting) // company was expected in vain
		w.begin()
	}
}
