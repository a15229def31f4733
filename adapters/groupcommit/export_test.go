package groupcommit

// IsIdle reports whether the writer counts nothing as waiting or being written.
func (w *Writer[C]) IsIdle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiting) == 0 && len(w.busy) == 0 && w.writing == 0 && w.slow == 0 && w.written == 0
}

// Timer returns a function that does what the timer of the present wait for company does when it fires.
func (w *Writer[C]) Timer() func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait := w.gathering.waits
	return func() { w.endWait(wait) }
}
