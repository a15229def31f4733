package http

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slowConnection is a ResponseWriter whose deadlines can be read. Each write needs a deadline of its own.
type slowConnection struct {
	*httptest.ResponseRecorder
	t        *testing.T
	deadline time.Time // of the next write
	writes   int
	err      error // what writes return
}

func (c *slowConnection) SetWriteDeadline(at time.Time) error {
	c.deadline = at
	return nil
}

func (c *slowConnection) SetReadDeadline(at time.Time) error {
	require.Zero(c.t, at, "while a response is sent, the client need not send anything")
	return nil
}

func (c *slowConnection) Write(data []byte) (int, error) {
	c.writes++
	require.LessOrEqual(c.t, len(data), chunkSize)
	require.InDelta(c.t, chunkTimeout.Seconds(), time.Until(c.deadline).Seconds(), 5, "write %d", c.writes)
	c.deadline = time.Time{}
	if c.err != nil {
		return 0, c.err
	}
	return c.ResponseRecorder.Write(data)
}

// send sends a response to a request with the method, and returns the connection.
func send(t *testing.T, method string, failing error, write func(io.Writer) error) (*slowConnection, error) {
	t.Helper()
	c := &slowConnection{ResponseRecorder: httptest.NewRecorder(), t: t, err: failing}
	ctx := context.WithValue(t.Context(), callKey{}, &call{method: method})
	s := streamed{ctx: ctx, log: slog.New(slog.DiscardHandler), write: write}
	return c, s.VisitGetRunBundleResponse(c)
}

// text returns a function that writes a text in pieces of a size.
func text(all string, size int) func(io.Writer) error {
	return func(to io.Writer) error {
		for rest := all; rest != ""; {
			n := min(size, len(rest))
			if _, err := io.WriteString(to, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	}
}

func TestAStreamedResponseHasADeadlineForEachChunk(t *testing.T) {
	for _, length := range []int{chunkSize + 1, 2 * chunkSize, 10*chunkSize + 7} {
		for _, size := range []int{1, 1000, chunkSize, length} {
			if size == 1 && length > 2*chunkSize {
				continue // slow
			}
			want := strings.Repeat("0123456789", length/10+1)[:length]
			c, err := send(t, http.MethodGet, nil, text(want, size))
			require.NoError(t, err)
			require.Equal(t, want, c.Body.String())
			require.Equal(t, (length+chunkSize-1)/chunkSize, c.writes)
			require.Equal(t, "application/json", c.Header().Get("Content-Type"))
		}
	}
}

func TestAStreamedResponseThatFailsIsNeverTakenAsWhole(t *testing.T) {
	errGone := errors.New("gone")
	for _, length := range []int{chunkSize + 1, 3 * chunkSize} {
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			_, _ = send(t, http.MethodGet, nil, func(to io.Writer) error {
				return errors.Join(text(strings.Repeat("x", length), 100)(to), errGone)
			})
		})
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			_, _ = send(t, http.MethodGet, errGone, text(strings.Repeat("x", length), 100))
		}, "the client has gone, or does not read")
	}
	c, err := send(t, http.MethodGet, nil, func(to io.Writer) error {
		return errors.Join(text(strings.Repeat("x", chunkSize), 100)(to), errGone)
	})
	require.ErrorIs(t, err, errGone, "nothing was sent: the error can become a problem document")
	require.Zero(t, c.writes)
	require.Empty(t, c.Header())
}

func TestTheResponseToHEADEndsWithTheHeader(t *testing.T) {
	asked := 0
	c, err := send(t, http.MethodHead, nil, func(to io.Writer) error {
		for ; asked < 100; asked++ {
			if _, err := to.Write(make([]byte, chunkSize)); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Zero(t, c.writes)
	require.LessOrEqual(t, asked, 1, "the rest of the body is not made")
	require.Equal(t, http.StatusOK, c.Code)
	require.Equal(t, "application/json", c.Header().Get("Content-Type"))
}
