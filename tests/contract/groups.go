package contract

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// A storage adapter may write changes that wait at the same moment in one transaction. The tests of groups write many
// changes at the same moment, and check each of them as if it had been written alone.

// groupMember is a change that is written at the same moment as others.
type groupMember struct {
	kind   string
	runID  string
	before int64 // sequence number before the change; 0 for a new run
	write  func() error
	isWant func(error) bool
	after  *run.Run // the state that is stored if the change is written; nil if it is not checked
}

func isNil(err error) bool     { return err == nil }
func isMoved(err error) bool   { return errors.Is(err, app.ErrMoved) }
func isTaken(err error) bool   { return errors.Is(err, app.ErrReceiptTaken) }
func isRefused(err error) bool { return fault.Is(err, fault.Internal) }
func isAny(err error) bool     { return err != nil }

// member returns a member that appends a change.
func (fx *fixture) member(kind string, c *app.RunChange, isWant func(error) bool) groupMember {
	m := groupMember{kind: kind, runID: c.After.ID, before: c.Before.Seq, after: &c.After, isWant: isWant}
	m.write = func() error { return fx.Runs.Append(fx.ctx(), *c) }
	return m
}

// newRun returns the change that creates a run of a version.
func (fx *fixture) newRun(v *procedure.Version) *app.RunChange {
	fx.Helper()
	p := run.StartParams{ID: fx.RunID(), Version: v, UserID: "ann"}
	events, err := run.Start(fx.ctx(), p, run.Stamp{By: access.Unproven("ann"), At: fx.Now()})
	require.NoError(fx, err)
	c, err := fx.change(app.RunRecord{}, events)
	require.NoError(fx, err)
	return c
}

// draft returns a change of a new run's first step.
func (fx *fixture) draft(value string) *app.RunChange {
	fx.Helper()
	c := fx.decide(fx.start("p").ID, run.Draft{Submission: submission("s", "name", fmt.Sprintf("%q", value))})
	return &c
}

// membersOfEveryKind returns one member of each kind. Only one of each three is written.
func (fx *fixture) membersOfEveryKind(v *procedure.Version, round int) (all []groupMember) {
	add := func(kind string, isWant func(error) bool, c *app.RunChange) {
		all = append(all, fx.member(kind, c, isWant))
	}
	withReceipt := func(c *app.RunChange, key string) *app.RunChange {
		c.Receipt = receipt(key, fx.Now())
		c.Receipt.Entity = audit.Run(c.After.ID)
		return c
	}
	moved := func() *app.RunChange {
		c := fx.draft("moved")
		fx.mustExecute(c.After.ID, run.Draft{Submission: submission("s", "name", `"first"`)})
		return c
	}
	forged := func(forge func(*app.RunChange)) *app.RunChange {
		c := fx.draft("forged")
		forge(c)
		return c
	}
	commit := fx.decide(fx.start("p").ID, run.Commit{
		Submission: submission("s", "name", `"x"`, "sum", "1.50", "m", `["first choice","second choice"]`)})
	absent := *v
	absent.Number = 99

	add("draft", isNil, fx.draft("good"))
	add("commit with a receipt", isNil, withReceipt(&commit, fmt.Sprint("commit", round)))
	add("new run", isNil, fx.newRun(v))
	add("new run with a receipt", isNil, withReceipt(fx.newRun(v), fmt.Sprint("new", round)))
	add("moved", isMoved, moved())
	add("moved, with a receipt", isMoved, withReceipt(moved(), fmt.Sprint("moved", round)))
	add("taken receipt", isTaken, withReceipt(fx.draft("taken"), "taken"))
	add("new run with a taken receipt", isTaken, withReceipt(fx.newRun(v), "taken"))
	add("new run of an absent version", isRefused, fx.newRun(&absent))
	add("value that a CHECK refuses", isRefused, forged(func(c *app.RunChange) { c.After.State = "paused" }))
	add("event that exists", isAny, forged(func(c *app.RunChange) { c.Events[0].Seq = 1 }))
	return append(all, fx.erasureMember(), fx.leftMember())
}

// erasureMember erases a value of a run.
func (fx *fixture) erasureMember() groupMember {
	fx.Helper()
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "name", `"to be erased"`)})
	m := groupMember{kind: "erasure", runID: id, before: fx.load(id).Head.Seq, isWant: isNil}
	place := run.ErasePlace{Step: "s", Slot: "name"}
	m.write = func() error {
		_, err := fx.execute(id, run.Erase{Places: []run.ErasePlace{place}, Reason: "asked to"})
		return err
	}
	return m
}

// leftMember is a change whose caller has left.
func (fx *fixture) leftMember() groupMember {
	fx.Helper()
	c := fx.draft("left")
	m := fx.member("cancelled", c, isAny)
	gone, cancel := context.WithCancel(fx.ctx())
	cancel()
	m.write = func() error { return fx.Runs.Append(gone, *c) }
	return m
}

// together calls functions at the same moment.
func together(all ...func()) {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for _, fn := range all {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			fn()
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
}

func changesAreIndependent(fx *fixture) {
	v := fx.save(erasable)
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *receipt("taken", fx.Now())))
	var members []groupMember
	for round := range 4 {
		members = append(members, fx.membersOfEveryKind(v, round)...)
	}
	var all []func()
	for _, m := range members {
		all = append(all, func() {
			if err := m.write(); !m.isWant(err) {
				fx.Errorf("%s: %v", m.kind, err)
			}
		})
	}
	before := map[string]audit.Head{}
	for _, m := range members {
		if m.before > 0 {
			before[m.runID] = fx.load(m.runID).Head
		}
	}
	together(all...)
	for _, m := range members {
		fx.requireOutcome(m, before[m.runID])
	}
	fx.requireVerified()
}

// requireOutcome checks that everything of a change was stored if it was to be written, and nothing otherwise.
func (fx *fixture) requireOutcome(m groupMember, before audit.Head) {
	fx.Helper()
	isWritten := m.isWant(nil)
	if !isWritten && m.before == 0 {
		_, err := fx.Runs.Load(fx.ctx(), m.runID)
		require.Equal(fx, "run.not_found", fault.From(err).Code, m.kind)
		require.Empty(fx, fx.trail(audit.RunEntity, m.runID), m.kind)
		return
	}
	stored := fx.load(m.runID)
	require.Equal(fx, isWritten, stored.Head != before, m.kind)
	require.Len(fx, fx.trail(audit.RunEntity, m.runID), int(stored.Head.Seq), m.kind)
	if isWritten && m.after != nil {
		require.Empty(fx, projection.Differences(*m.after, stored.Run), m.kind)
	}
}

// receiptKeysAreGivenOnce writes four changes with the same receipt at the same moment, for many receipts. Half of the
// changes create a run. One of the four is written.
func receiptKeysAreGivenOnce(fx *fixture) {
	v := fx.save(erasable)
	const keys, each = 16, 4
	var won [keys]atomic.Int64
	var all []func()
	var changes []*app.RunChange
	for i := range keys * each {
		c := fx.newRun(v)
		if i/keys%2 == 0 {
			c = fx.draft("x")
		}
		key := i % keys
		c.Receipt = receipt(fmt.Sprint("key", key), fx.Now())
		c.Receipt.Entity = audit.Run(c.After.ID)
		changes = append(changes, c)
		all = append(all, func() {
			switch err := fx.Runs.Append(fx.ctx(), *c); {
			case err == nil:
				won[key].Add(1)
			case !isTaken(err):
				fx.Errorf("key %d: %v", key, err)
			}
		})
	}
	together(all...)
	for key := range won {
		require.EqualValues(fx, 1, won[key].Load(), "key %d", key)
	}
	for _, c := range changes { // the receipt that is stored belongs to the change that was written
		found, ok, err := fx.Receipts.Find(fx.ctx(), c.Receipt.ReceiptKey, runtest.Epoch)
		require.NoError(fx, err)
		require.True(fx, ok)
		head, err := fx.Runs.Head(fx.ctx(), c.After.ID)
		isWritten := err == nil && head == c.Head()
		require.Equal(fx, isWritten, found.Entity == c.Receipt.Entity)
	}
	fx.requireVerified()
}

// cancelledChangesAreWhole cancels changes while they wait or are written. A change is stored if Append returned no
// error. Otherwise it is stored as a whole or not at all, and the same change can be appended again.
func cancelledChangesAreWhole(fx *fixture) {
	fx.save(erasable)
	var all []func()
	var changes [writers]*app.RunChange
	var errs [writers]error
	for i := range changes {
		changes[i] = fx.draft("x")
		if i%2 == 0 {
			all = append(all, func() { errs[i] = fx.Runs.Append(fx.ctx(), *changes[i]) })
			continue
		}
		ctx, cancel := context.WithCancel(fx.ctx())
		all = append(all, func() { errs[i] = fx.Runs.Append(ctx, *changes[i]) }, cancel)
	}
	together(all...)
	for i, c := range changes {
		if i%2 == 0 {
			require.NoError(fx, errs[i], "nobody else is disturbed")
		}
		if errs[i] != nil {
			err := fx.Runs.Append(fx.ctx(), *c)
			require.True(fx, err == nil || isMoved(err), "%v", err)
		}
		require.Empty(fx, projection.Differences(c.After, fx.load(c.After.ID).Run))
	}
	fx.requireVerified()
}

// crowdsDoNotHarmOthers executes commands on one run from many goroutines, and one command on each of several other
// runs at the same moment. All are executed.
func crowdsDoNotHarmOthers(fx *fixture) {
	fx.save(erasable)
	crowded := fx.start("p").ID
	var all []func()
	execute := func(id string, i int) func() {
		return func() {
			c := run.Draft{Submission: submission("s", "name", fmt.Sprintf(`"%d"`, i))}
			if _, err := fx.execute(id, c); err != nil {
				fx.Errorf("writer %d: %v", i, err)
			}
		}
	}
	var others []string
	for i := range writers {
		all = append(all, execute(crowded, i))
		if i%4 == 0 {
			others = append(others, fx.start("p").ID)
			all = append(all, execute(others[i/4], i))
		}
	}
	together(all...)
	require.EqualValues(fx, writers+1, fx.load(crowded).Run.Revision)
	for _, id := range others {
		require.EqualValues(fx, 2, fx.load(id).Run.Revision)
	}
	fx.requireVerified()
}
