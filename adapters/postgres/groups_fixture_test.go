package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

const twoSteps = `{"id":"two","name":"Two","steps":[
	{"key":"s","title":"S","slots":[{"name":"v","type":"text"},{"name":"n","type":"number","required":false},
		{"name":"pin","type":"string","sensitive":true,"required":false}],
		"checklist_items":[{"key":"i","label":"I","required":false}]},
	{"key":"t","title":"T","slots":[{"name":"v","type":"text"}]}]}`

// groupFixture is a service whose changes are kept instead of written.
type groupFixture struct {
	testing.TB
	db      *postgres.DB
	store   storage.Storage
	service *app.UseCases
	kept    *keptRuns
}

// keptRuns keeps the changes that it is given, if keep is set.
type keptRuns struct {
	app.Runs
	keep    bool
	changes []app.RunChange
}

func (k *keptRuns) Append(ctx context.Context, c app.RunChange) error {
	if !k.keep {
		return k.Runs.Append(ctx, c)
	}
	k.changes = append(k.changes, c)
	return nil
}

func newGroupFixture(t testing.TB, db *postgres.DB, options ...storage.Option) *groupFixture {
	fx := &groupFixture{TB: t, db: db, store: openStorage(db, options...)}
	fx.kept = &keptRuns{Runs: fx.store.App.Runs}
	p := fx.store
	p.App.Runs = fx.kept
	fx.service = serviceOver(p)
	doc, err := jsondoc.Parse([]byte(twoSteps))
	require.NoError(t, err)
	_, err = fx.service.SaveDefinition(t.Context(), ann, doc)
	require.NoError(t, err)
	return fx
}

// decided returns the changes that fn makes, which are not written.
func (fx *groupFixture) decided(fn func()) (changes []app.RunChange) {
	fx.kept.keep, fx.kept.changes = true, nil
	fn()
	fx.kept.keep = false
	return fx.kept.changes
}

func (fx *groupFixture) start(req app.Request) (id string) {
	started, err := fx.service.StartRun(fx.Context(), req, app.StartInput{ProcedureID: "two"})
	require.NoError(fx, err)
	return started.ID
}

func (fx *groupFixture) starts(n int) []app.RunChange {
	return fx.decided(func() {
		for i := range n {
			fx.start(withReceipt(fmt.Sprint("start", i)))
		}
	})
}

// commits returns commits of the first steps of new runs.
func (fx *groupFixture) commits(n int) []app.RunChange {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fx.start(ann)
	}
	return fx.decided(func() {
		for i, id := range ids {
			_, err := fx.service.Execute(fx.Context(), withReceipt(fmt.Sprint(n, "commit", i)), id, commitTwo())
			require.NoError(fx, err)
		}
	})
}

func commitTwo() run.Command {
	return run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{
		"v": []byte(`"x"`), "n": []byte("1.50"), "pin": []byte(`"1234"`),
	}}}
}

// withReceipt returns a request with an idempotency key.
func withReceipt(key string) app.Request {
	req := ann
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey: app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Reply:      func(run.Run) app.Reply { return app.Reply{Status: 200} },
	}
	return req
}

func (fx *groupFixture) requireWritten(changes ...app.RunChange) {
	fx.Helper()
	for _, c := range changes {
		head, err := fx.store.App.Runs.Head(fx.Context(), c.After.ID)
		require.NoError(fx, err)
		require.Equal(fx, c.Head(), head)
	}
}

func (fx *groupFixture) requireVerified() {
	fx.Helper()
	_, err := verify.New(fx.store.Verify).All(fx.Context(), verify.Options{Rules: true},
		func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}
