package contract

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// follow reads the feed to its end, at most limit records at a time.
func (w *world) follow(after audit.Cursor, limit int) (all []audit.FeedRecord, end audit.Cursor) {
	w.Helper()
	for {
		page, err := w.Feed.Records(w.ctx(), after, limit)
		require.NoError(w, err)
		require.LessOrEqual(w, len(page), limit)
		if len(page) == 0 {
			return all, after
		}
		all, after = append(all, page...), page[len(page)-1].Cursor
	}
}

// settle waits until the feed contains a commit: it may be held back while other transactions are open.
func (w *world) settle(e audit.Entity, seq int64) {
	w.Helper()
	require.Eventually(w, func() bool {
		leaves, _, err := w.Feed.NextLeaves(w.ctx(), audit.Cursor{}, 1000)
		return err == nil && slices.ContainsFunc(leaves, func(l audit.Leaf) bool {
			return l.Entity.Type == e.Type && l.Entity.ID == e.ID && l.Seq >= seq
		})
	}, time.Minute, time.Millisecond)
}

// settleRun waits until the feed contains the last commit of a run.
func (w *world) settleRun(id string) {
	w.Helper()
	w.settle(audit.Run(id), w.load(id).Head.Seq)
}

func feedIsRead(w *world) {
	w.save(plain("p", oneStep))
	first, second := w.start("p").ID, w.start("p").ID
	w.must(first, run.Draft{Submission: say("s", "a", `"x"`)})
	w.must(second, run.Commit{Submission: tick(tick(say("s", "a", `"x"`), "i", true), "j", true)})
	_, err := w.service.ArchiveProcedure(w.ctx(), request, "p")
	require.NoError(w, err)
	w.settle(audit.Procedure("p"), 2)
	require.Len(w, w.checkpoint(testKeys...), 1)

	var whole []audit.FeedRecord
	require.Eventually(w, func() bool {
		whole, _ = w.follow(audit.Cursor{}, 1000)
		return whole[len(whole)-1].Note != ""
	}, time.Minute, time.Millisecond)
	trails := map[audit.Entity][]audit.Event{}
	for i, r := range whole {
		if r.Entity.Type == audit.CheckpointEntity {
			require.Equal(w, len(whole)-1, i)
			require.True(w, strings.HasPrefix(r.Note, audit.CheckpointFormat), r.Note)
			require.Equal(w, "1", r.Entity.ID)
			continue
		}
		require.Equal(w, r.Event.Seq, r.Seq)
		of := r.Entity
		trails[of] = append(trails[of], *r.Event)
	}
	for _, of := range []audit.Entity{audit.Run(first), audit.Run(second), audit.Procedure("p")} {
		require.Equal(w, w.trail(of.Type, of.ID), trails[of])
	}
	for _, limit := range []int{1, 2, 3} {
		all, end := w.follow(audit.Cursor{}, limit)
		require.Equal(w, whole, all, "%d at a time", limit)
		require.Equal(w, whole[len(whole)-1].Cursor, end)
	}
	for i, r := range whole {
		rest, _ := w.follow(r.Cursor, 2)
		require.Equal(w, whole[i+1:], append([]audit.FeedRecord{}, rest...))
	}
}

// feedWhileWriting follows the feed, without ever going back, while accepted and refused changes of the same runs are
// written.
func feedWhileWriting(w *world) {
	w.save(plain("p", oneStep))
	const rounds = 15
	var ids []string
	for range 4 {
		ids = append(ids, w.start("p").ID)
	}
	var writers errgroup.Group
	var done atomic.Bool
	for n := range 8 {
		writers.Go(func() error {
			for i := range rounds {
				id := ids[(n+i)%len(ids)]
				command := run.Command(run.Draft{Submission: say("s", "a", `"x"`)})
				if n%2 == 0 {
					command = run.Amend{Submission: say("s"), Reason: "refused"} // a refusal is an event, too
				}
				if _, err := w.execute(id, command); err != nil && n%2 != 0 {
					return err
				}
			}
			return nil
		})
	}
	seen := map[audit.Entity]int64{}
	var place audit.Cursor
	read := func() {
		var records []audit.FeedRecord
		records, place = w.follow(place, 7)
		for _, r := range records {
			of := r.Entity
			require.Equal(w, seen[of]+1, r.Seq, "%v", of)
			require.NotNil(w, r.Event)
			seen[of] = r.Seq
		}
	}
	finished := make(chan error, 1)
	go func() { err := writers.Wait(); done.Store(true); finished <- err }()
	for !done.Load() {
		read()
	}
	require.NoError(w, <-finished)
	for _, id := range ids {
		w.settleRun(id)
	}
	read()
	for _, id := range ids {
		require.Equal(w, w.load(id).Head.Seq, seen[audit.Run(id)])
	}
}
