package torture

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/procedo/procedo/api/client"
)

// operation is one command of a client with what it was answered. All its requests have the same X-Request-Id, by which
// its events are found, and the same Idempotency-Key if the command takes one.
type operation struct {
	id     string // X-Request-Id, Idempotency-Key and the text that the command writes
	run    string // empty for a start that was not answered
	action string // of the event that the command writes when it is accepted; "" if it changes nothing
	keyed  bool
	send   func(ctx context.Context, c *client.Client, as ...client.RequestEditorFn) (*http.Response, error)

	// Written by the client that owns the operation, and read once the load has stopped.
	attempts, lost int    // requests that were sent, and those of them without an answer that says what happened
	status         int    // of the last answer; 0 if it was lost
	code           string // of the last refusal
	seq            int    // of the run in the answer
}

// outcome is what a client knows of a command.
type outcome int

const (
	inDoubt outcome = iota
	acknowledged
	refused    // as the rules want it: it must be on record
	turnedAway // a repeat that did not fit its key, which is not on record
)

func (o *operation) outcome() outcome {
	switch {
	case o.status/100 == 2:
		return acknowledged
	case !isRefusal(o.status):
		return inDoubt
	case strings.HasPrefix(o.code, "idempotency."):
		return turnedAway
	}
	return refused
}

func isRefusal(status int) bool {
	return status == http.StatusConflict || status == http.StatusPreconditionFailed ||
		status == http.StatusUnprocessableEntity
}

// journal holds what all clients have done and what should not have happened to them.
type journal struct {
	mu         sync.Mutex
	operations []*operation
	wrong      []string
	answers    int // to writes and reads
	reads      int
	replays    int
	last       time.Time     // when the last write was acknowledged
	gap        time.Duration // the longest time between two
	accepted   int
}

func (l *journal) add(o *operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.operations = append(l.operations, o)
}

func (l *journal) record() []*operation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.operations)
}

func (l *journal) violation(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

func (l *journal) violations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.wrong)
}

// count counts an answer and measures the time without acknowledged writes.
func (l *journal) count(o *operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers++
	if o.outcome() != acknowledged {
		return
	}
	now := time.Now()
	if l.accepted > 0 {
		l.gap = max(l.gap, now.Sub(l.last))
	}
	l.accepted++
	l.last = now
}

func (l *journal) acknowledgedWrites() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted
}

// figures returns a line about what was done.
func (l *journal) figures() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var n [turnedAway + 1]int
	requests := l.reads + l.replays
	for _, o := range l.operations {
		if o.attempts == 0 { // the load was stopped, or nobody listened
			continue
		}
		n[o.outcome()]++
		requests += o.attempts
	}
	return fmt.Sprintf("%d requests (%d reads, %d replays): %d commands acknowledged, %d refused, %d in doubt; "+
		"at most %v without a write",
		requests, l.reads, l.replays, n[acknowledged], n[refused]+n[turnedAway], n[inDoubt], l.gap.Round(time.Millisecond))
}

// answer is what the load needs of an answer.
type answer struct {
	status int
	tag    string
	body   []byte
	replay bool
}

func readAnswer(r *http.Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return answer{r.StatusCode, r.Header.Get("ETag"), body, r.Header.Get("Idempotency-Replayed") == "true"}, err
}
