package contract

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// receipt returns a receipt with the given key, for the answer to a request that saved a procedure.
func receipt(key string, at time.Time) *app.Receipt {
	return &app.Receipt{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f", CreatedAt: at, Entity: audit.Procedure("p"), Seq: 1,
		Reply: app.Reply{
			Status: 201, Location: "/procedures/p", Language: "fr",
			Warnings: fault.IssueList{Count: 2, First: []fault.Issue{
				{Field: "/x", Code: "definition.dropped"},
				{Code: "definition.unchanged", Params: fault.Params{"version": int64(12345678), "name": "x", "size": 1.5}},
			}},
		},
	}
}

// answerReceipt returns a receipt of the form of earlier releases, which holds the whole answer. runID is empty if the
// answer shows a procedure.
func answerReceipt(key, runID string, at time.Time) *app.Receipt {
	r := &app.Receipt{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f", CreatedAt: at, Answer: []byte("answer\x00\xff"),
	}
	if runID != "" {
		r.Entity = audit.Run(runID)
	}
	return r
}

// requireStored requires that a receipt comes back as it was written.
func (fx *fixture) requireStored(r *app.Receipt) {
	fx.Helper()
	found, ok, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.True(fx, ok)
	require.True(fx, r.CreatedAt.Equal(found.CreatedAt))
	found.CreatedAt = r.CreatedAt
	require.Equal(fx, *r, found)
}

// receiptsKeepWhatTheyHold checks that every member of a receipt is stored, in today's form and in that of earlier
// releases.
func receiptsKeepWhatTheyHold(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	bare := fx.receiptOf(id, "bare", fx.Now())
	bare.Reply = app.Reply{Status: 200}
	for _, r := range []*app.Receipt{
		receipt("procedure", fx.Now()), fx.receiptOf(id, "run", fx.Now()), bare,
		answerReceipt("answer", id, fx.Now()), answerReceipt("procedure's answer", "", fx.Now()),
	} {
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *r), r.Key)
		fx.requireStored(r)
	}
	c := fx.decide(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	c.Receipt = fx.receiptOf(id, "change", fx.Now())
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c))
	fx.requireStored(c.Receipt)

	late := receipt("answer", fx.Now().Add(app.ReceiptLife+time.Microsecond))
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *late), "it replaces an expired one of earlier releases")
	fx.requireStored(late)
}

func receiptsAreStored(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	r := receipt("k", fx.Now())
	c := fx.decide(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	c.Receipt = r
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c))
	fx.requireStored(r)

	other := fx.decide(id, run.Draft{Submission: submission("s", "a", `"y"`)})
	other.Receipt = r
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), other), app.ErrReceiptTaken)
	require.Equal(fx, other.Before.Seq, fx.load(id).Head.Seq, "the change was not written either")
	require.ErrorIs(fx, fx.Receipts.Save(fx.ctx(), *r), app.ErrReceiptTaken)
	for _, key := range []app.ReceiptKey{
		{Actor: "bob", Operation: "op", Key: "k"}, {Actor: "ann", Operation: "po", Key: "k"},
		{Actor: "ann", Operation: "op", Key: "K"},
	} {
		_, ok, err := fx.Receipts.Find(fx.ctx(), key, runtest.Epoch)
		require.NoError(fx, err)
		require.False(fx, ok, "a key belongs to an actor and an operation")
	}

	_, ok, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, r.CreatedAt.Add(time.Microsecond))
	require.NoError(fx, err)
	require.False(fx, ok, "it has expired")
	late := receipt("k", r.CreatedAt.Add(app.ReceiptLife+time.Microsecond))
	late.Reply = app.Reply{Status: 200, Language: "en"}
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *late), "an expired one is replaced")
	fx.requireStored(late)
	require.NoError(fx, fx.Receipts.Prune(fx.ctx(), late.CreatedAt, late.CreatedAt))
	_, ok, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.True(fx, ok)
	require.NoError(fx, fx.Receipts.Prune(fx.ctx(), late.CreatedAt.Add(time.Microsecond), late.CreatedAt.Add(time.Hour)))
	_, ok, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.False(fx, ok)
}

// receiptsFromTheFutureExpire checks that receipts which a clock wrote before it was set back are kept for ReceiptLife,
// and no longer.
func receiptsFromTheFutureExpire(fx *fixture) {
	now := fx.Now()
	for _, ahead := range []time.Duration{time.Second, time.Hour, 10 * 365 * 24 * time.Hour} {
		r := receipt(ahead.String(), now.Add(ahead))
		require.NoError(fx, fx.Receipts.Save(fx.ctx(), *r))
		exists := func() bool {
			_, ok, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
			require.NoError(fx, err)
			return ok
		}
		require.NoError(fx, fx.Receipts.Prune(fx.ctx(), now.Add(-app.ReceiptLife), now))
		require.True(fx, exists(), "it is not lost early")
		later := now.Add(app.ReceiptLife)
		require.NoError(fx, fx.Receipts.Prune(fx.ctx(), later.Add(-app.ReceiptLife), later))
		require.True(fx, exists())
		later = later.Add(time.Microsecond)
		require.NoError(fx, fx.Receipts.Prune(fx.ctx(), later.Add(-app.ReceiptLife), later))
		require.False(fx, exists(), "nor kept for as long as the clock was set back")
	}
}

// receiptOf returns a receipt whose answer shows a run as it is now.
func (fx *fixture) receiptOf(runID, key string, at time.Time) *app.Receipt {
	r := receipt(key, at)
	r.Entity, r.Seq = audit.Run(runID), fx.load(runID).Run.Seq
	r.Reply = app.Reply{Status: 200, Language: "fr"}
	return r
}

// receiptsOfPastStatesAreSaved checks that the receipt of a request that changed nothing is stored although the run has
// changed since: it holds nothing that could have been erased meanwhile.
func receiptsOfPastStatesAreSaved(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	old := fx.receiptOf(id, "old", fx.Now())
	fx.mustExecute(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *old))
	fx.requireStored(old)
}

func serviceKeysAreRead(fx *fixture) {
	key, err := fx.storage.Keys.ServiceKey(fx.ctx(), app.HMACKey)
	require.NoError(fx, err)
	require.Len(fx, key, app.ServiceKeySize)
	again, err := fx.storage.Keys.ServiceKey(fx.ctx(), app.HMACKey)
	require.NoError(fx, err)
	require.Equal(fx, key, again)
	_, err = fx.storage.Keys.ServiceKey(fx.ctx(), "unknown")
	require.ErrorIs(fx, err, app.ErrNoServiceKey)
}
