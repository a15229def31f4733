package app_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
)

// TestARepeatSaysThatSomethingIsErasedMeanwhile erases a value after the run has been loaded for the repeated answer,
// and before its events are read. The answer lacks the value, so it must not have the tag of the first answer.
func TestARepeatSaysThatSomethingIsErasedMeanwhile(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	key := app.ReceiptKey{Actor: "ann", Operation: "commit", Key: "k"}
	req := ann
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey: key, Fingerprint: app.NewFingerprint(nil, nil, nil),
		Reply: func(run.Run) app.Reply { return app.Reply{Status: 200} },
	}
	_, err := fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, id, commit(`"y"`))
	require.NoError(t, err)
	fx.faults.afterLoad = func() {
		_, _, err := fx.Erase(t.Context(), ann, id, run.Erase{
			Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked",
		})
		require.NoError(t, err)
	}
	r, found, err := fx.Replay(t.Context(), access.Work, key, app.NewFingerprint(nil, nil, nil))
	require.NoError(t, err)
	require.True(t, found)
	require.True(t, r.Run.Steps[0].Slots[0].IsErased())
	require.True(t, r.ErasedSince)
}

// TestNoReceiptShowsAValueThatIsErasedMeanwhile repeats a commit with new keys while a value of it is erased. No repeat
// may show the value afterwards.
func TestNoReceiptShowsAValueThatIsErasedMeanwhile(t *testing.T) {
	const value, clients = "Ada-4711", 20
	fx := newFixture(t)
	fx.rewire(func(p *app.Ports) { p.Runs = fx.faults.Runs }) // fx.faults counts calls without a lock
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},{"key":"t","title":"T"}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	commit := run.Commit{Submission: submissionOf("s", fmt.Sprintf(`a=%q`, value), nil)}
	_, err = fx.Execute(t.Context(), ann, started.ID, commit)
	require.NoError(t, err)

	key := func(i, n int) app.ReceiptKey {
		return app.ReceiptKey{Actor: "ann", Operation: "commit", Key: fmt.Sprintf("%d-%d", i, n)}
	}
	var clientsDone sync.WaitGroup
	begin, stop := make(chan struct{}), make(chan struct{})
	repeats := make([]int, clients)
	for i := range clients {
		clientsDone.Go(func() {
			<-begin
			for {
				select {
				case <-stop:
					return
				default:
				}
				req := ann
				req.RunReceipt = &app.NewReceipt[run.Run]{
					ReceiptKey:  key(i, repeats[i]),
					Fingerprint: app.NewFingerprint(nil, nil, nil),
					Reply:       func(run.Run) app.Reply { return app.Reply{Status: 200} },
				}
				_, _ = fx.Execute(t.Context(), req, started.ID, commit) // refused after the erasure
				repeats[i]++
			}
		})
	}
	close(begin)
	_, _, err = fx.Erase(t.Context(), ann, started.ID, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked",
	})
	require.NoError(t, err)
	close(stop)
	clientsDone.Wait()
	for i := range clients {
		for n := range repeats[i] {
			r, found, err := fx.Replay(t.Context(), access.Work, key(i, n), app.NewFingerprint(nil, nil, nil))
			require.NoError(t, err)
			if found {
				require.True(t, r.Run.Steps[0].Slots[0].IsErased(), "client %d, repeat %d", i, n)
			}
		}
	}
}
