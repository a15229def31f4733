package contract

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// readFeed reads the feed from a cursor to its end, in pages of the given size.
func (fx *fixture) readFeed(after audit.Cursor, size app.PageSize) (all []audit.FeedRecord, end audit.Cursor) {
	fx.Helper()
	for more := false; ; {
		page, err := fx.Feed.Records(fx.ctx(), after, size)
		require.NoError(fx, err)
		if len(page.Items) == 0 {
			require.False(fx, more, "there were more records")
			return all, after
		}
		bytes := 0
		for _, r := range page.Items {
			bytes += r.Size()
		}
		require.LessOrEqual(fx, len(page.Items), size.Items)
		require.True(fx, size.Bytes == 0 || bytes <= size.Bytes || len(page.Items) == 1, "%d bytes", bytes)
		more = page.More
		all, after = append(all, page.Items...), page.Items[len(page.Items)-1].Cursor
	}
}

// waitForFeed waits until the feed contains an event. The feed omits new events while older transactions are open.
func (fx *fixture) waitForFeed(e audit.Entity, seq int64) {
	fx.Helper()
	require.Eventually(fx, func() bool {
		page, err := fx.Feed.NextLeaves(fx.ctx(), audit.Cursor{}, 1000)
		return err == nil && slices.ContainsFunc(page.Leaves, func(l audit.Leaf) bool {
			return l.Entity.Type == e.Type && l.Entity.ID == e.ID && l.Seq >= seq
		})
	}, time.Minute, time.Millisecond)
}

// waitForRun waits until the feed contains the last event of a run.
func (fx *fixture) waitForRun(id string) {
	fx.Helper()
	fx.waitForFeed(audit.Run(id), fx.load(id).Head.Seq)
}

func feedIsRead(fx *fixture) {
	fx.save(definition("p", oneStep))
	first, second := fx.start("p").ID, fx.start("p").ID
	fx.mustExecute(first, run.Draft{Submission: submission("s", "a", `"x"`)})
	fx.mustExecute(second, run.Commit{Submission: tick(tick(submission("s", "a", `"x"`), "i", true), "j", true)})
	_, err := fx.service.ArchiveProcedure(fx.ctx(), request, "p")
	require.NoError(fx, err)
	fx.waitForFeed(audit.Procedure("p"), 2)
	require.Len(fx, fx.checkpoint(testKeys...), 1)

	var whole []audit.FeedRecord
	require.Eventually(fx, func() bool {
		whole, _ = fx.readFeed(audit.Cursor{}, app.PageSize{Items: 1000})
		return whole[len(whole)-1].Note != ""
	}, time.Minute, time.Millisecond)
	trails := map[audit.Entity][]audit.Event{}
	for i, r := range whole {
		if r.Entity.Type == audit.CheckpointEntity {
			require.Equal(fx, len(whole)-1, i)
			_, err := r.Line().Note.Open()
			require.NoError(fx, err)
			require.Equal(fx, "1", r.Entity.ID)
			continue
		}
		require.Equal(fx, r.Event.Seq, r.Seq)
		of := r.Entity
		trails[of] = append(trails[of], *r.Event)
	}
	for _, of := range []audit.Entity{audit.Run(first), audit.Run(second), audit.Procedure("p")} {
		require.Equal(fx, fx.trail(of.Type, of.ID), trails[of])
	}
	for _, size := range []app.PageSize{{Items: 1}, {Items: 2}, {Items: 3}, {Items: 9, Bytes: 1}, {Items: 9, Bytes: 3000}} {
		all, end := fx.readFeed(audit.Cursor{}, size)
		require.Equal(fx, whole, all, "%+v", size)
		require.Equal(fx, whole[len(whole)-1].Cursor, end)
	}
	for i, r := range whole {
		rest, _ := fx.readFeed(r.Cursor, app.PageSize{Items: 2})
		require.Equal(fx, whole[i+1:], append([]audit.FeedRecord{}, rest...))
	}
}

// feedIsReadWhileWriting reads the feed, continuing from the last record read, while concurrent writers send commands
// to the same runs. Some commands are accepted and some are refused. Every event must be read once and in order.
func feedIsReadWhileWriting(fx *fixture) {
	fx.save(definition("p", oneStep))
	const rounds = 15
	var ids []string
	for range 4 {
		ids = append(ids, fx.start("p").ID)
	}
	var writers errgroup.Group
	var done atomic.Bool
	for n := range 8 {
		writers.Go(func() error {
			for i := range rounds {
				id := ids[(n+i)%len(ids)]
				command := run.Command(run.Draft{Submission: submission("s", "a", `"x"`)})
				if n%2 == 0 {
					command = run.Amend{Submission: submission("s"), Reason: "refused"} // a refusal is an event, too
				}
				if _, err := fx.execute(id, command); err != nil && n%2 != 0 {
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
		records, place = fx.readFeed(place, app.PageSize{Items: 7})
		for _, r := range records {
			of := r.Entity
			require.Equal(fx, seen[of]+1, r.Seq, "%v", of)
			require.NotNil(fx, r.Event)
			seen[of] = r.Seq
		}
	}
	finished := make(chan error, 1)
	go func() { err := writers.Wait(); done.Store(true); finished <- err }()
	for !done.Load() {
		read()
	}
	require.NoError(fx, <-finished)
	for _, id := range ids {
		fx.waitForRun(id)
	}
	read()
	for _, id := range ids {
		require.Equal(fx, fx.load(id).Head.Seq, seen[audit.Run(id)])
	}
}
