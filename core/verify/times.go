package verify

import (
	"context"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// correction is the longest time by which a clock is set back in practice. An event that is older than that does not
// come from a clock.
const correction = 24 * time.Hour

// underWay is the longest time that passes from the time of an event to its place before a later checkpoint.
const underWay = time.Minute

// CheckpointTimes holds the times of the checkpoints, as their notes state them.
type CheckpointTimes struct {
	times map[int64]checkpointTime
	last  int64
}

// checkpointTime is the time of a checkpoint. Releases that make checkpoints of the log record no events of version 1.
type checkpointTime struct {
	time.Time
	inLog bool
}

// CheckpointTimes reads the times of all checkpoints. Those after one that cannot be read are left out: that it cannot
// be read is found elsewhere.
func (v *Verifier) CheckpointTimes(ctx context.Context) (CheckpointTimes, error) {
	const page = 1000
	t := CheckpointTimes{times: map[int64]checkpointTime{}}
	for {
		notes, err := v.ports.Checkpoints.CheckpointsAfter(ctx, t.last, page)
		if fault.Is(err, fault.Internal) {
			return t, nil
		}
		if err != nil {
			return t, err
		}
		for _, n := range notes {
			if at, ok := timeOf(n); ok {
				t.times[n.Number] = at
			}
			t.last = max(t.last, n.Number)
		}
		if len(notes) < page {
			return t, nil
		}
	}
}

// maxTimes is the number of checkpoints with which the times of one run are compared, besides the latest one.
const maxTimes = 100

// timesAround reads the times that matter for a few entities: that of the latest checkpoint, for the events that no
// checkpoint covers, and for the others those of the checkpoints before the ones that cover them.
func (v *Verifier) timesAround(ctx context.Context, r audit.Range) (CheckpointTimes, error) {
	t := CheckpointTimes{times: map[int64]checkpointTime{}}
	read := func(number int64) (audit.StoredNote, error) {
		n, err := v.ports.Checkpoints.Checkpoint(ctx, number)
		if at, ok := timeOf(n); ok && err == nil {
			t.times[n.Number] = at
		}
		if fault.Is(err, fault.Internal) { // found elsewhere
			err = nil
		}
		return n, err
	}
	newest, err := read(0)
	if err != nil {
		return t, err
	}
	t.last = newest.Number
	var before []int64
	err = v.ports.Trails.LeavesIn(ctx, r, func(l audit.StoredLeaf) error {
		if l.Number > 1 && len(before) < maxTimes {
			before = append(before, l.Number-1)
		}
		return nil
	})
	for i := 0; i < len(before) && err == nil; i++ {
		_, err = read(before[i])
	}
	if fault.Is(err, fault.Internal) {
		err = nil
	}
	return t, err
}

// timeOf returns the time of a checkpoint. Its signature is checked elsewhere.
func timeOf(n audit.StoredNote) (t checkpointTime, ok bool) {
	const field = 2 // of the header
	if fields := strings.Fields(n.Header); len(fields) > field {
		at, err := audit.ParseTime(fields[field])
		return checkpointTime{at, true}, err == nil
	}
	_, rest, _ := strings.Cut(n.Note, "\ntime ")
	line, _, ok := strings.Cut(rest, "\n")
	at, err := audit.ParseTime(line)
	return checkpointTime{at, false}, ok && err == nil
}

// before returns the time of the last checkpoint that was made before the next event of an entity was stored, given the
// leaves of its later events. A checkpoint has a leaf for each entity that has changed since the one before.
func (t CheckpointTimes) before(later []audit.StoredLeaf) checkpointTime {
	if len(later) > 0 {
		return t.times[later[0].Number-1]
	}
	return t.times[t.last]
}

// timeCheck compares the times of the events of one entity.
type timeCheck struct {
	last    time.Time
	told    bool // that an event is older than a checkpoint; one event of an entity says it
	waiting []waitingTime
}

// latest stands for the number of the latest checkpoint.
const latest = -1

// waitingTime is the time of an event that follows a checkpoint whose time is not known yet.
type waitingTime struct {
	checkpoint int64 // its number; latest, or 0 if there is none
	seq        int64
	at         time.Time
	version    int64
}

// next checks the time of the next event of the entity, in a version of the hashed form. The checkpoint is the time of
// one that was made before, and zero if none is known.
func (t *timeCheck) next(e *audit.Event, version int64, checkpoint checkpointTime, report func(audit.Finding)) {
	if by := t.last.Sub(e.OccurredAt); by > audit.ClockTolerance {
		report(tooEarly(e.Entity, e.Seq, version, by, "before_event"))
	}
	t.last = e.OccurredAt
	t.compare(e.Entity, waitingTime{seq: e.Seq, at: e.OccurredAt, version: version}, checkpoint, report)
}

// wait keeps the time of an event until the time of the checkpoint that it follows is known. Only an event that is
// earlier than all others after the same checkpoint can be the first one that is too early.
func (t *timeCheck) wait(e *audit.Event, version, checkpoint int64) {
	if n := len(t.waiting); n > 0 && t.waiting[n-1].checkpoint == checkpoint && !e.OccurredAt.Before(t.waiting[n-1].at) {
		return
	}
	t.waiting = append(t.waiting, waitingTime{checkpoint, e.Seq, e.OccurredAt, version})
}

// settle checks the times that were kept, once the times of the checkpoints are known.
func (t *timeCheck) settle(of audit.Entity, times CheckpointTimes, report func(audit.Finding)) {
	for _, w := range t.waiting {
		number := w.checkpoint
		if number == latest {
			number = times.last
		}
		t.compare(of, w, times.times[number], report)
	}
}

func (t *timeCheck) compare(of audit.Entity, w waitingTime, checkpoint checkpointTime, report func(audit.Finding)) {
	if by := checkpoint.Sub(w.at); by > underWay && !checkpoint.IsZero() && !t.told {
		t.told = true
		version := w.version
		if checkpoint.inLog {
			version = audit.Version
		}
		report(tooEarly(of, w.seq, version, by, "before_checkpoint"))
	}
}

func tooEarly(of audit.Entity, seq, version int64, by time.Duration, code string) audit.Finding {
	return audit.Finding{
		Entity: of, Seq: seq, Warning: by <= correction || version == 1, Problem: audit.Wrong(code, "by", by.String()),
	}
}
