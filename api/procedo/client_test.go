package procedo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/docs"
)

// doer is a function that sends requests. It gets the number of the request, from 1.
type doer struct {
	do   func(r *http.Request, nth int) (*http.Response, error)
	sent []*http.Request
}

func (d *doer) Do(r *http.Request) (*http.Response, error) {
	d.sent = append(d.sent, r)
	return d.do(r, len(d.sent))
}

func (d *doer) keys() (keys []string) {
	for _, r := range d.sent {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
	}
	return keys
}

func newClient(t *testing.T, options ...procedo.Option) *procedo.Client {
	t.Helper()
	c, err := procedo.New(server, append([]procedo.Option{procedo.WithActor("claire")}, options...)...)
	require.NoError(t, err)
	return c
}

func startDemo(t *testing.T) *procedo.Run {
	t.Helper()
	run, err := newClient(t).Start(t.Context(), client.RunStart{ProcedureID: docs.DemoID})
	require.NoError(t, err)
	return run
}

func TestTheDemoIsCompletedAndARefusedCommitIsReadAsData(t *testing.T) {
	var answers []struct {
		client.StepCommit
		Step    string
		Refused bool
	}
	require.NoError(t, json.Unmarshal(docs.DemoAnswers, &answers))
	c, run, refused := newClient(t, procedo.WithLanguage("fr")), startDemo(t), 0
	for _, a := range answers {
		next, err := c.Commit(t.Context(), run.ID, a.Step, run.Tag, a.StepCommit)
		if a.Refused {
			var problem *procedo.Problem
			require.ErrorAs(t, err, &problem)
			require.True(t, procedo.HasCode(err, "values.invalid"))
			require.Equal(t, "fr", problem.Header.Get("Content-Language"))
			require.NotEmpty(t, problem.Issues)
			require.Contains(t, err.Error(), problem.Issues[0].Message)
			refused++
			continue
		}
		require.NoError(t, err)
		run = next
	}
	require.Equal(t, 1, refused)
	require.Equal(t, client.RunStateCompleted, run.State)
	var seq int64
	for e, err := range c.Events(t.Context(), run.ID) {
		require.NoError(t, err)
		seq++
		require.Equal(t, seq, e.Seq)
		require.Equal(t, "claire", e.Actor)
	}
	require.EqualValues(t, run.Seq, seq)
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	c := newClient(t)
	document := `{"id":"digits","name":"Digits","steps":[{"key":"s","title":"S",
		"slots":[{"name":"n","type":"integer","max":12345678901234567890}]}]}`
	_, err := procedo.Read(
		c.API.CreateProcedureWithBody(t.Context(), nil, "application/json", strings.NewReader(document)),
	)
	require.NoError(t, err)
	run, err := c.Start(t.Context(), client.RunStart{ProcedureID: "digits"})
	require.NoError(t, err)
	run, err = c.Commit(t.Context(), run.ID, "s", "", client.StepCommit{Slots: values(`{"n":12345678901234567890}`)})
	require.NoError(t, err)
	require.Equal(t, "12345678901234567890", string(run.Steps[0].Slots["n"]))

	refuses := &doer{do: func(*http.Request, int) (*http.Response, error) {
		return answer(422, `{"code":"c","params":{"n":12345678901234567890},
			"issues":[{"code":"i","params":{"n":0.12345678901234567890123}}]}`, nil), nil
	}}
	_, err = newClient(t, procedo.WithHTTPClient(refuses)).Run(t.Context(), run.ID)
	var problem *procedo.Problem
	require.ErrorAs(t, err, &problem)
	require.Equal(t, json.Number("12345678901234567890"), problem.Params["n"])
	require.Equal(t, json.Number("0.12345678901234567890123"), problem.Issues[0].Params["n"])
}

func TestARequestWhoseAnswerWasLostIsRepeatedAndStoredOnce(t *testing.T) {
	for name, lose := range map[string]func(*http.Response) (*http.Response, error){
		"no answer": func(res *http.Response) (*http.Response, error) {
			res.Body.Close()
			return nil, io.ErrUnexpectedEOF
		},
		"half an answer": func(res *http.Response) (*http.Response, error) {
			res.Body = io.NopCloser(io.MultiReader(io.LimitReader(res.Body, 10), failing{}))
			return res, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			loses := &doer{do: func(r *http.Request, nth int) (*http.Response, error) {
				res, err := http.DefaultClient.Do(r)
				if nth == 1 && err == nil {
					return lose(res)
				}
				return res, err
			}}
			c := newClient(t, procedo.WithHTTPClient(loses), procedo.WithRetries(1, time.Millisecond))
			reference := "lost " + name
			run, err := c.Start(t.Context(), client.RunStart{ProcedureID: docs.DemoID, Reference: &reference})
			require.NoError(t, err)
			require.Len(t, loses.sent, 2)
			require.NotEmpty(t, loses.keys()[0])
			require.Len(t, slices.Compact(loses.keys()), 1)
			var ids []string
			for r, err := range newClient(t).Runs(t.Context(), client.ListRunsParams{Reference: &reference}) {
				require.NoError(t, err)
				ids = append(ids, r.ID)
			}
			require.Equal(t, []string{run.ID}, ids)
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// answer returns an answer with a status and a body.
func answer(status int, body string, header http.Header) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(strings.NewReader(body)),
	}
}

const anyRun = `{"id":"r","state":"pending"}`

func TestATemporaryRefusalIsRepeatedAfterThePauseThatTheServiceAsksFor(t *testing.T) {
	for name, refusal := range map[string]func() *http.Response{
		"429": func() *http.Response { return answer(429, "{}", http.Header{"Retry-After": {"7"}}) },
		"503": func() *http.Response { return answer(503, "{}", http.Header{"Retry-After": {"7"}}) },
		"until a date": func() *http.Response { // by the clock of the server
			return answer(503, "{}", http.Header{
				"Retry-After": {"Mon, 30 Nov 2026 12:00:07 GMT"}, "Date": {"Mon, 30 Nov 2026 12:00:00 GMT"},
			})
		},
		"until a date by the clock of the client": func() *http.Response {
			return answer(503, "{}", http.Header{"Retry-After": {time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)}})
		},
		"in progress": func() *http.Response {
			return answer(409, `{"code":"idempotency.in_progress"}`, http.Header{"Retry-After": {"7"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &doer{do: func(_ *http.Request, nth int) (*http.Response, error) {
					if nth < 3 {
						return refusal(), nil
					}
					return answer(201, anyRun, http.Header{}), nil
				}}
				began := time.Now()
				_, err := newClient(t, procedo.WithHTTPClient(d)).Start(t.Context(), client.RunStart{ProcedureID: "p"})
				require.NoError(t, err)
				require.Equal(t, 14*time.Second, time.Since(began))
				require.Len(t, d.sent, 3)
				require.Len(t, slices.Compact(d.keys()), 1)
			})
		})
	}
}

func TestRepeatsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := client.RunStart{ProcedureID: "p"}
		refuses := func(after string) *doer {
			return &doer{do: func(*http.Request, int) (*http.Response, error) {
				return answer(503, "{}", http.Header{"Retry-After": {after}}), nil
			}}
		}
		d := refuses("1")
		_, err := newClient(t, procedo.WithHTTPClient(d), procedo.WithRetries(2, time.Minute)).Start(t.Context(), start)
		var status *procedo.StatusError
		require.ErrorAs(t, err, &status)
		require.Len(t, d.sent, 3)

		d = refuses("600")
		_, err = newClient(t, procedo.WithHTTPClient(d)).Start(t.Context(), start)
		require.ErrorAs(t, err, &status)
		require.Len(t, d.sent, 1)

		d = refuses("9")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = newClient(t, procedo.WithHTTPClient(d)).Start(ctx, start)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Len(t, d.sent, 1)
	})
}

// A write that the service may have carried out is repeated only if that changes nothing more.
func TestWhatIsRepeatedWhenTheAnswerIsLost(t *testing.T) {
	tag, tags, all := `"1"`, `"1", "2"`, "*"
	for name, row := range map[string]struct {
		call     func(c *procedo.Client, ctx context.Context) (*http.Response, error)
		repeated bool
		hasKey   bool
	}{
		"read": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.GetRun(ctx, "r", nil)
		}, true, false},
		"draft": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.SaveDraft(ctx, "r", "s", nil, client.StepDraft{})
		}, true, false},
		"draft with the tag of one revision": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.SaveDraft(ctx, "r", "s", &client.SaveDraftParams{IfMatch: &tag}, client.StepDraft{})
		}, true, false},
		"draft with several tags": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.SaveDraft(ctx, "r", "s", &client.SaveDraftParams{IfMatch: &tags}, client.StepDraft{})
		}, false, false},
		"draft with any tag": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.SaveDraft(ctx, "r", "s", &client.SaveDraftParams{IfMatch: &all}, client.StepDraft{})
		}, false, false},
		"publication": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.PublishProcedureWithBody(ctx, "p", &client.PublishProcedureParams{IfMatch: tag}, "application/json",
				strings.NewReader("{}"))
		}, false, false},
		"commit with If-Match": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.CommitStep(ctx, "r", "s", &client.CommitStepParams{IfMatch: &tag}, client.StepCommit{})
		}, true, true},
		"check": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.CheckStep(ctx, "r", "s", client.StepCommit{})
		}, true, false},
		"a body that cannot be read again": {func(c *procedo.Client, ctx context.Context) (*http.Response, error) {
			return c.API.CommitStepWithBody(ctx, "r", "s", nil, "application/json", io.MultiReader(strings.NewReader("{}")))
		}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := &doer{do: func(r *http.Request, _ int) (*http.Response, error) {
				if r.Body != nil {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				return nil, io.ErrUnexpectedEOF
			}}
			c := newClient(t, procedo.WithHTTPClient(d), procedo.WithRetries(1, time.Millisecond))
			res, err := row.call(c, t.Context())
			if err == nil {
				res.Body.Close()
			}
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.Equal(t, row.repeated, len(d.sent) == 2)
			require.Equal(t, row.hasKey, d.keys()[0] != "")
		})
	}
}

// The client and the contract agree on the operations that take an Idempotency-Key.
func TestEveryPostThatTakesAnIdempotencyKeyGetsOne(t *testing.T) {
	var contract struct {
		Paths map[string]struct {
			Post *struct{ Parameters []map[string]any }
		}
	}
	require.NoError(t, json.Unmarshal(api.ContractJSON, &contract))
	for path, item := range contract.Paths {
		if item.Post == nil {
			continue
		}
		takes := slices.ContainsFunc(item.Post.Parameters, func(p map[string]any) bool {
			return p["$ref"] == "#/components/parameters/IdempotencyKey"
		})
		d := &doer{do: func(*http.Request, int) (*http.Response, error) { return answer(200, "{}", nil), nil }}
		c := newClient(t, procedo.WithHTTPClient(d))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server+path, http.NoBody)
		require.NoError(t, err)
		res, err := c.API.Client.Do(r)
		require.NoError(t, err)
		res.Body.Close()
		require.Equal(t, takes, d.keys()[0] != "", path)
	}
}

func TestAStreamResumesAfterTheLastEventWhenItBreaks(t *testing.T) {
	run := startDemo(t)
	breaks := &doer{do: func(r *http.Request, nth int) (*http.Response, error) {
		res, err := http.DefaultClient.Do(r)
		if err == nil && nth < 3 { // the retry line, an empty one, an event of two lines, and the id of the next
			res.Body = &cutAfter{ReadCloser: res.Body, lines: 6}
		}
		return res, err
	}}
	c := newClient(t, procedo.WithHTTPClient(breaks))
	var seqs []int64
	for e, err := range c.Follow(t.Context(), run.ID, 0) {
		require.NoError(t, err)
		if seqs = append(seqs, e.Seq); e.Seq == 2 {
			_, err := newClient(t).Fail(t.Context(), run.ID, "A test")
			require.NoError(t, err)
		}
		if e.Action == "run.failed" {
			break
		}
	}
	require.Equal(t, []int64{1, 2, 3}, seqs)
	require.Len(t, breaks.sent, 3)
	require.Equal(t, "2", breaks.sent[2].Header.Get("Last-Event-ID"))
}

// cutAfter is a body of which only some lines can be read, and half of the next.
type cutAfter struct {
	io.ReadCloser
	lines int
}

func (c *cutAfter) Read(p []byte) (int, error) {
	if c.lines <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.ReadCloser.Read(p[:1])
	if n == 1 && p[0] == '\n' {
		c.lines--
	}
	return n, err
}

func TestAStreamEndsWithItsContextOrARefusal(t *testing.T) {
	run := startDemo(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range newClient(t).Follow(ctx, run.ID, 0) {
		cancel()
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)

	last = nil
	for _, err := range newClient(t).Follow(t.Context(), "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f", 0) {
		last = err
	}
	require.True(t, procedo.HasCode(last, "run.not_found"))
}

func TestAnErrorEndsAList(t *testing.T) {
	var all []error
	for _, err := range newClient(t).Runs(t.Context(), client.ListRunsParams{Limit: new(201)}) {
		all = append(all, err)
	}
	require.Len(t, all, 1)
	require.True(t, procedo.HasCode(all[0], "request.invalid"))
	require.False(t, procedo.HasCode(errors.New("other"), "request.invalid"))
}

// A proxy may answer 200 with a page of its own, to sign in for example.
func TestASuccessThatIsNotJSONIsAStatusError(t *testing.T) {
	d := &doer{do: func(*http.Request, int) (*http.Response, error) {
		return answer(200, "<html>Sign in</html>", http.Header{"Content-Type": {"text/html"}}), nil
	}}
	_, err := newClient(t, procedo.WithHTTPClient(d)).Run(t.Context(), "r")
	var status *procedo.StatusError
	require.ErrorAs(t, err, &status)
	require.Equal(t, 200, status.Code)
	require.ErrorContains(t, err, "not with what was asked for")
	require.Len(t, d.sent, 1)
}
