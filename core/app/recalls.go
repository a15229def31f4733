package app

import "sync/atomic"

// recalls estimates how often a remembered run has been changed by another process since. A command that is decided on
// such a run is decided and written in vain. When that happens often, because several processes get requests for the
// same runs in turn, it costs less to ask for the head of a run first. What requests to the same process change does
// not count: it is remembered at once.
type recalls struct {
	outdated atomic.Int64  // the share of outdated runs among those recalled of late, of shareUnit
	skipped  atomic.Uint64 // commands that did not recall a run for this reason
}

const (
	shareUnit   = 1 << 10
	maxOutdated = shareUnit / 4 // a check of the head costs about a quarter of a decision and a write in vain
	recallsSeen = 16            // recalls after which an older one counts little
	probeEvery  = 16            // skipped recalls after which one is made, to see whether that has changed
)

// allowed reports whether a command should be decided on a remembered run.
func (r *recalls) allowed() bool {
	return r.outdated.Load() <= maxOutdated || r.skipped.Add(1)%probeEvery == 0
}

// note records whether a recalled run was out of date. Notes at the same moment may be lost.
func (r *recalls) note(outdated bool) {
	share := r.outdated.Load()
	if outdated {
		share += (shareUnit - share) / recallsSeen
	} else {
		share -= (share + recallsSeen - 1) / recallsSeen
	}
	r.outdated.Store(share)
}
