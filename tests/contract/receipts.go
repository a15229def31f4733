package contract

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// receipt returns a receipt with the given key.
func receipt(key string, at time.Time) *app.Receipt {
	return &app.Receipt{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f", Answer: []byte("answer\x00\xff"), CreatedAt: at,
	}
}

func receiptsAreStored(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	r := receipt("k", fx.Now())
	c := fx.decide(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	c.Receipt = r
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c))
	found, ok, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.True(fx, ok)
	require.Equal(fx, r.Answer, found.Answer)
	require.Equal(fx, r.Fingerprint, found.Fingerprint)
	require.True(fx, r.CreatedAt.Equal(found.CreatedAt))

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

	_, ok, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, r.CreatedAt.Add(time.Microsecond))
	require.NoError(fx, err)
	require.False(fx, ok, "it has expired")
	late := receipt("k", r.CreatedAt.Add(app.ReceiptLife+time.Microsecond))
	late.Answer = []byte("later")
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *late), "an expired one is replaced")
	found, _, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.Equal(fx, "later", string(found.Answer))
	require.NoError(fx, fx.Receipts.Prune(fx.ctx(), late.CreatedAt))
	_, ok, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.True(fx, ok)
	require.NoError(fx, fx.Receipts.Prune(fx.ctx(), late.CreatedAt.Add(time.Microsecond)))
	_, ok, err = fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(fx, err)
	require.False(fx, ok)
}

// receiptOf returns a receipt whose answer shows a run as it is now.
func (fx *fixture) receiptOf(runID, key string, at time.Time) *app.Receipt {
	r := receipt(key, at)
	r.RunID, r.Seq = runID, fx.load(runID).Run.Seq
	return r
}

// receiptsShowThePresentRun checks that the receipt of a request that changed nothing is stored only if its answer
// shows the run as it is: otherwise, it could show what was erased meanwhile.
func receiptsShowThePresentRun(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	old := fx.receiptOf(id, "old", fx.Now())
	fx.mustExecute(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	unknown := *old
	unknown.RunID = "01980000-0000-7000-8000-999999999999"
	for _, r := range []app.Receipt{*old, unknown} {
		require.ErrorIs(fx, fx.Receipts.Save(fx.ctx(), r), app.ErrMoved)
		_, found, err := fx.Receipts.Find(fx.ctx(), r.ReceiptKey, runtest.Epoch)
		require.NoError(fx, err)
		require.False(fx, found)
	}
	require.NoError(fx, fx.Receipts.Save(fx.ctx(), *fx.receiptOf(id, "present", fx.Now())))
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
