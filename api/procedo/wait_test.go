package procedo_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// waiter counts the calls of the functions for WithWait.
type waiter struct {
	waits, backs int
	failure      error // of back
}

func (w *waiter) option(t *testing.T) procedo.Option {
	t.Helper()
	wait := func(_ context.Context, attempt int, _ error) error {
		require.Equal(t, w.waits, attempt)
		w.waits++
		return nil
	}
	return procedo.WithWait(wait, func() error { w.backs++; return w.failure })
}

func TestAClientThatWaitsRepeatsUntilTheServiceAnswers(t *testing.T) {
	for _, failure := range []error{nil, errors.New("no console")} {
		d := &doer{do: func(_ *http.Request, nth int) (*http.Response, error) {
			switch {
			case nth > 30:
				return answer(201, anyRun, http.Header{}), nil
			case nth%3 == 0:
				return nil, io.ErrUnexpectedEOF
			case nth%3 == 1:
				return answer(503, "{}", http.Header{"Retry-After": {"600"}}), nil
			}
			return answer(409, `{"code":"idempotency.in_progress"}`, http.Header{}), nil
		}}
		w := &waiter{failure: failure}
		c := newClient(t, procedo.WithHTTPClient(d), procedo.WithRetries(0, 0), w.option(t))
		_, err := c.Start(t.Context(), client.RunStart{ProcedureID: "p"})
		require.ErrorIs(t, err, failure)
		require.Equal(t, waiter{30, 1, failure}, *w)
		require.NotEmpty(t, d.keys()[0])
		require.Len(t, slices.Compact(d.keys()), 1)
	}
}

func TestAClientThatWaitsReturnsAnswersAndWhatItMustNotRepeat(t *testing.T) {
	tag := `"1", "2"`
	for name, row := range map[string]struct {
		status int // 0: no answer
		body   string
		call   func(c *procedo.Client) (*http.Response, error)
	}{
		"too many requests": {429, "{}", func(c *procedo.Client) (*http.Response, error) {
			return c.API.GetRun(t.Context(), "r", nil)
		}},
		"another conflict": {409, `{"code":"run.state"}`, func(c *procedo.Client) (*http.Response, error) {
			return c.API.FailRun(t.Context(), "r", nil, client.RunFailure{})
		}},
		"a draft with several tags": {0, "", func(c *procedo.Client) (*http.Response, error) {
			return c.API.SaveDraft(t.Context(), "r", "s", &client.SaveDraftParams{IfMatch: &tag}, client.StepDraft{})
		}},
		"a reveal": {503, "{}", func(c *procedo.Client) (*http.Response, error) {
			return c.API.RevealSlot(t.Context(), "r", "s", "n", client.RevealSlotJSONRequestBody{})
		}},
	} {
		d := &doer{do: func(*http.Request, int) (*http.Response, error) {
			if row.status == 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return answer(row.status, row.body, http.Header{}), nil
		}}
		w := &waiter{}
		res, err := row.call(newClient(t, procedo.WithHTTPClient(d), w.option(t)))
		require.Equal(t, waiter{}, *w, name)
		require.Len(t, d.sent, 1, name)
		if row.status == 0 {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, res.Body.Close())
		require.Equal(t, row.status, res.StatusCode, name)
		require.Equal(t, name == "another conflict", d.keys()[0] != "", name)
	}
}
