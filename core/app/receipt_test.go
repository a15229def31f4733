package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// withKey returns a request of ann with an idempotency key.
func withKey(key string, reply app.Reply) app.Request {
	req := ann
	receiptKey, fingerprint := app.ReceiptKey{Actor: "ann", Operation: "op", Key: key}, app.NewFingerprint(nil, nil, nil)
	req.RunReceipt = &app.NewReceipt[run.Run]{receiptKey, fingerprint, func(run.Run) app.Reply { return reply }}
	req.SavedReceipt = &app.NewReceipt[app.Saved]{receiptKey, fingerprint, func(app.Saved) app.Reply { return reply }}
	return req
}

// replay returns what a repeat of the request with the key is answered with.
func (fx *fixture) replay(key string) app.Replayed {
	fx.t.Helper()
	req := withKey(key, app.Reply{})
	replayed, ok, err := fx.Replay(fx.t.Context(), access.Work, req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
	require.NoError(fx.t, err)
	require.True(fx.t, ok)
	return replayed
}

func TestReceiptIsStoredWithTheChangeAndReplayed(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	req := withKey("k", app.Reply{Status: 200, Location: "/x", Language: "fr"})
	_, ok, err := fx.Replay(t.Context(), access.Work, req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
	require.NoError(t, err)
	require.False(t, ok)
	first, err := fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.NoError(t, err)
	replayed := fx.replay("k")
	require.Equal(t, req.RunReceipt.Reply(first), replayed.Reply)
	require.Equal(t, first.Seq, replayed.Run.Seq)
	_, _, err = fx.Replay(t.Context(), access.Work, req.RunReceipt.ReceiptKey, app.NewFingerprint(nil, nil, []byte("other")))
	require.Equal(t, "idempotency.mismatch", fault.From(err).Code)

	_, err = fx.Execute(t.Context(), req, id, draft(`"y"`))
	require.ErrorIs(t, err, app.ErrRepeated, "a request with this key has finished")
	_, err = fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.ErrorIs(t, err, app.ErrRepeated, "even if nothing would change")
}

// A repeat shows the run as it was after the first request, whatever has happened to it since.
func TestARepeatShowsTheRunAsItWasThen(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	first, err := fx.Execute(t.Context(), withKey("first", app.Reply{Status: 200}), id, draft(`"x"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, id, commit(`"y"`))
	require.NoError(t, err)
	unchanged, err := fx.Execute(t.Context(), withKey("unchanged", app.Reply{Status: 200}), id, commit(`"y"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, id, run.Fail{Reason: "r"})
	require.NoError(t, err)
	for key, want := range map[string]run.Run{"first": first, "unchanged": unchanged} {
		replayed := fx.replay(key)
		require.Equal(t, want.Seq, replayed.Run.Seq, key)
		require.Equal(t, want.Revision, replayed.Run.Revision, key)
		require.Equal(t, want.State, replayed.Run.State, key)
		require.Equal(t, want.Steps[0].Slots, replayed.Run.Steps[0].Slots, key)
		require.Nil(t, replayed.Run.Failure, key)
		require.False(t, replayed.ErasedSince, key)
	}
}

// A repeat shows the version and the status that the procedure had after the first request.
func TestARepeatShowsTheProcedureAsItWasThen(t *testing.T) {
	fx := newFixture(t)
	first, second := parse(t, document), parse(t, strings.Replace(document, `"P"`, `"Q"`, 1))
	saves := []func(app.Request) (app.Saved, error){
		func(r app.Request) (app.Saved, error) { return fx.CreateProcedure(t.Context(), r, first) },
		func(r app.Request) (app.Saved, error) { return fx.SaveDefinition(t.Context(), r, second) },
		func(r app.Request) (app.Saved, error) { return fx.ArchiveProcedure(t.Context(), r, "p") },
		func(r app.Request) (app.Saved, error) { return fx.ArchiveProcedure(t.Context(), r, "p") }, // no change
		func(r app.Request) (app.Saved, error) { return fx.UnarchiveProcedure(t.Context(), r, "p") },
		func(r app.Request) (app.Saved, error) { return fx.SaveDefinition(t.Context(), r, second) }, // no change
		func(r app.Request) (app.Saved, error) { return fx.SaveDefinition(t.Context(), r, first) },
		func(r app.Request) (app.Saved, error) { return fx.ArchiveProcedure(t.Context(), r, "p") },
	}
	var saved []app.Saved
	for i, save := range saves {
		s, err := save(withKey(string(rune('a'+i)), app.Reply{Status: 200}))
		require.NoError(t, err)
		saved = append(saved, s)
	}
	for i, s := range saved {
		replayed := fx.replay(string(rune('a' + i)))
		require.Nil(t, replayed.Run)
		require.Equal(t, s.View.Record, replayed.Procedure.Record, "request %d", i)
		require.Equal(t, s.View.Definition.Name, replayed.Procedure.Definition.Name)
	}
	require.Equal(t, procedure.Archived, saved[2].View.Record.Status)
	require.Equal(t, 3, saved[6].View.Record.Version)
}

// Long lists of warnings and long language tags must not make a receipt large.
func TestReceiptsAreBounded(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	var all fault.IssueList
	warnings := make([]fault.Issue, 5000)
	for i := range warnings {
		warnings[i] = fault.Issue{Field: "/steps/" + strings.Repeat("é", i%300), Code: "definition.dropped"}
		all.Add(warnings[i])
	}
	reply := app.Reply{Status: 200, Language: strings.Repeat("x-abcdefgh", 100), Warnings: all}
	_, err := fx.Execute(t.Context(), withKey("k", reply), id, draft(`"x"`))
	require.NoError(t, err)
	replayed := fx.replay("k")
	require.Empty(t, replayed.Language)
	kept := len(replayed.Warnings.First) - 1
	require.Positive(t, kept)
	require.Equal(t, warnings[:kept], replayed.Warnings.First[:kept])
	left := fault.Issue{Code: "receipt.warnings_omitted", Params: fault.Params{"count": int64(len(warnings) - kept)}}
	require.Equal(t, left, replayed.Warnings.First[kept])

	one := app.Reply{Status: 200, Warnings: fault.IssueList{
		First: []fault.Issue{{Field: strings.Repeat("x", 20000), Code: "definition.dropped"}}, Count: 1,
	}}
	_, err = fx.Execute(t.Context(), withKey("one", one), id, draft(`"y"`))
	require.NoError(t, err)
	require.Len(t, fx.replay("one").Warnings.First, 1)
	require.Equal(t, "receipt.warnings_omitted", fx.replay("one").Warnings.First[0].Code)
}

// TestReceiptsHoldAsMuchAsTheyMay: 255 bytes of a language, and 16 KiB of warnings, each with a comma.
func TestReceiptsHoldAsMuchAsTheyMay(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	warning := func(size int) fault.Issue { // of so many bytes of JSON
		w := fault.Issue{Code: "definition.dropped"}
		empty, err := json.Marshal(w)
		require.NoError(t, err)
		w.Code += strings.Repeat("x", size-len(empty))
		return w
	}
	for more, want := range map[int]int{0: 2, 1: 1} {
		reply := app.Reply{Status: 200, Language: strings.Repeat("x", 255+more)}
		reply.Warnings.Add(warning(1000), warning(16<<10-1000-2+more))
		key := fmt.Sprint("k", more)
		_, err := fx.Execute(t.Context(), withKey(key, reply), id, draft(`"`+key+`"`))
		require.NoError(t, err)
		replayed := fx.replay(key)
		require.Len(t, replayed.Language, 255*(1-more))
		whole := slices.DeleteFunc(replayed.Warnings.First, func(w fault.Issue) bool {
			return w.Code == "receipt.warnings_omitted"
		})
		require.Len(t, whole, want)
	}

	many := app.Reply{Status: 200}
	for range fault.MaxIssues + 44 {
		many.Warnings.Add(warning(50))
	}
	_, err := fx.Execute(t.Context(), withKey("many", many), id, draft(`"many"`))
	require.NoError(t, err)
	listed := fx.replay("many").Warnings
	require.Len(t, listed.First, fault.MaxIssues, "as a list of issues may have")
	require.Equal(t, fault.Params{"count": int64(45)}, listed.First[fault.MaxIssues-1].Params)
}

// On another replica, the first request may take effect after a repeat has looked for its receipt. What it has changed
// then is no reason to refuse the repeat.
func TestARepeatIsNotRefusedForWhatTheFirstRequestHasChanged(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	tag := fx.save(document).View.Record.Tag()
	revision := &app.Condition{Revisions: []int64{1}}
	for _, c := range []struct {
		name    string
		request func(app.Request) error
	}{
		{"a command with a precondition", func(req app.Request) error {
			req.IfMatch = revision
			_, err := fx.Execute(t.Context(), req, id, draft(`"x"`))
			if err == nil {
				_, err = fx.Execute(t.Context(), ann, id, draft(`"y"`))
			}
			return err
		}},
		{"a command that ends the run", func(req app.Request) error {
			_, err := fx.Execute(t.Context(), req, id, run.Fail{Reason: "r"})
			return err
		}},
		{"a new version", func(req app.Request) error {
			req.IfMatch = &app.Condition{Tags: []string{tag}}
			_, err := fx.PublishProcedure(t.Context(), req, "p", parse(t, `{"id":"p","name":"Q","steps":[{"key":"s","title":"S"}]}`))
			return err
		}},
		{"a new procedure, which then gets another version", func(req app.Request) error {
			_, err := fx.CreateProcedure(t.Context(), req, parse(t, `{"id":"q","name":"Q","steps":[{"key":"s","title":"S"}]}`))
			fx.save(`{"id":"q","name":"R","steps":[{"key":"s","title":"S"}]}`)
			return err
		}},
		{"a new run, whose procedure is then archived", func(req app.Request) error {
			_, err := fx.StartRun(t.Context(), req, app.StartInput{ProcedureID: "p"})
			_, failed := fx.ArchiveProcedure(t.Context(), ann, "p")
			require.NoError(t, failed)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := withKey(c.name, app.Reply{Status: 200})
			require.NoError(t, c.request(req))
			before := fx.actions(id)
			require.ErrorIs(t, c.request(req), app.ErrRepeated)
			require.Equal(t, before, fx.actions(id), "no refusal is recorded")
			require.Error(t, c.request(ann), "without the key, the same is refused")
		})
	}
}
