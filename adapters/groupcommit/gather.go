package groupcommit

import "time"

// gathering decides whether waiting changes begin a group now or wait for company. One large group costs a database
// less than two small ones, so it pays to wait for changes that are about to come.
//
// It expects what it has seen: crowd is the number of changes that waited or were written at the same time recently,
// without those of slow groups. Of a crowd, one half is gathered while the other is written or answered. Whoever writes
// alone never waits.
type gathering struct {
	crowd int
	timer *time.Timer // fires when the first change has waited long enough; nil if no change waits for company
	waits int         // the number of timers so far: a timer that has been stopped may already have fired
}

// expects reports whether company is expected for the n changes that wait while others are being written.
func (g *gathering) expects(n, written int) bool { return n < (max(g.crowd, n+written)+1)/2 }

// fullCrowd is the crowd for which changes wait as long as Options.Gather. For a smaller one, they wait less: it gains
// less from a group.
const fullCrowd = 16

// patience returns how long changes wait for company.
func (g *gathering) patience(longest time.Duration) time.Duration {
	return longest * time.Duration(min(g.crowd, fullCrowd)) / fullCrowd
}

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
	prompt := w.writing - w.slow
	switch {
	case n == 0, w.writing > 0 && w.writing >= o.Parallel, prompt > 0 && n < o.Company:
		return false
	case o.Gather == 0 || n >= MaxChanges || !w.gathering.expects(n, w.written):
		return true
	}
	if w.gathering.timer == nil && prompt == 0 {
		w.gathering.waits++
		wait := w.gathering.waits
		w.gathering.timer = time.AfterFunc(w.gathering.patience(o.Gather), func() { w.endWait(wait) })
	}
	return false
}

// endWait begins a group with those who wait, unless a group has begun since the wait with the given number began.
func (w *Writer[C]) endWait(wait int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gathering.timer == nil || w.gathering.waits != wait {
		return
	}
	w.gathering.timer = nil
	if w.writing == w.slow && w.writing < w.options.Parallel && len(w.waiting) > 0 {
		w.gathering.crowd = len(w.waiting) // company was expected in vain
		w.begin()
	}
}

// watch counts a group as slow once it has been written for longer than Options.Slow: other changes then no longer wait
// for it. When the group has been written, the caller must call end, holding w.mu.
func (w *Writer[C]) watch(group []*entry[C]) (end func()) {
	isSlow, isWritten, stop := false, false, func() bool { return true }
	if w.options.Slow > 0 {
		stop = time.AfterFunc(w.options.Slow, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if !isWritten {
				isSlow = true
				w.slow++
				w.written -= len(group)
				w.begin()
			}
		}).Stop
	}
	return func() {
		stop()
		isWritten = true
		w.writing--
		if isSlow {
			w.slow--
		} else {
			w.written -= len(group)
		}
	}
}
