package contract

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

func receipt(key string, at time.Time) *app.Receipt {
	return &app.Receipt{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f", Answer: []byte("answer\x00\xff"), CreatedAt: at,
	}
}

func receiptsAreStored(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	r := receipt("k", w.Now())
	c := w.change(id, run.Draft{Submission: say("s", "a", `"x"`)})
	c.Receipt = r
	require.NoError(w, w.Runs.Append(w.ctx(), c))
	found, ok, err := w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.True(w, ok)
	require.Equal(w, r.Answer, found.Answer)
	require.Equal(w, r.Fingerprint, found.Fingerprint)
	require.True(w, r.CreatedAt.Equal(found.CreatedAt))

	other := w.change(id, run.Draft{Submission: say("s", "a", `"y"`)})
	other.Receipt = r
	require.ErrorIs(w, w.Runs.Append(w.ctx(), other), app.ErrReceiptTaken)
	require.Equal(w, other.Before.Seq, w.load(id).Head.Seq, "and nothing else was written")
	require.ErrorIs(w, w.Receipts.Save(w.ctx(), *r), app.ErrReceiptTaken)
	for _, key := range []app.ReceiptKey{
		{Actor: "bob", Operation: "op", Key: "k"}, {Actor: "ann", Operation: "po", Key: "k"},
		{Actor: "ann", Operation: "op", Key: "K"},
	} {
		_, ok, err := w.Receipts.Find(w.ctx(), key, runtest.Epoch)
		require.NoError(w, err)
		require.False(w, ok, "a key belongs to an actor and an operation")
	}

	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, r.CreatedAt.Add(time.Microsecond))
	require.NoError(w, err)
	require.False(w, ok, "it has expired")
	late := receipt("k", r.CreatedAt.Add(app.ReceiptLife+time.Microsecond))
	late.Answer = []byte("later")
	require.NoError(w, w.Receipts.Save(w.ctx(), *late), "an expired one is replaced")
	found, _, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.Equal(w, "later", string(found.Answer))
	require.NoError(w, w.Receipts.Prune(w.ctx(), late.CreatedAt))
	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.True(w, ok)
	require.NoError(w, w.Receipts.Prune(w.ctx(), late.CreatedAt.Add(time.Microsecond)))
	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.False(w, ok)
}
