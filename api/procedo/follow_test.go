package procedo_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/procedo"
)

// streaming answers each request with an event stream.
func streaming(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, body)
	}
}

// lastOf follows a run and returns the seqs of its events and the error that ended them.
func lastOf(ctx context.Context, t *testing.T, address string, options ...procedo.Option) (seqs []int64, last error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	c, err := procedo.New(address, options...)
	require.NoError(t, err)
	for e, err := range c.Follow(ctx, "r", 0) {
		if last = err; err == nil {
			seqs = append(seqs, e.Seq)
		}
	}
	return seqs, last
}

func TestAnErrorThatWouldOccurAgainEndsAStream(t *testing.T) {
	s := httptest.NewServer(streaming("data: {\"seq\":1}\n\ndata: {\n\n"))
	defer s.Close()
	seqs, err := lastOf(t.Context(), t, s.URL)
	require.Equal(t, []int64{1}, seqs)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)

	s = httptest.NewServer(streaming("data: {\"seq\":\"first\"}\n\n"))
	defer s.Close()
	var wrong *json.UnmarshalTypeError
	_, err = lastOf(t.Context(), t, s.URL)
	require.ErrorAs(t, err, &wrong)

	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<title>Please sign in</title>")
	}))
	defer s.Close()
	_, err = lastOf(t.Context(), t, s.URL)
	require.ErrorContains(t, err, `"text/html"`)
	_, err = lastOf(t.Context(), t, strings.Replace(s.URL, "http:", "https:", 1))
	require.ErrorIs(t, err, http.ErrSchemeMismatch)

	s = httptest.NewUnstartedServer(streaming(""))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	var untrusted *tls.CertificateVerificationError
	_, err = lastOf(t.Context(), t, s.URL)
	require.ErrorAs(t, err, &untrusted)

	signedOut := errors.New("signed out")
	_, err = lastOf(t.Context(), t, s.URL, procedo.WithToken(func(context.Context) (string, error) {
		return "", signedOut
	}))
	require.ErrorIs(t, err, signedOut)
}

func TestAStreamIsOpenedAgainAfterAnErrorOfTheNetwork(t *testing.T) {
	s := httptest.NewServer(streaming("data: {\"seq\":1}\n\n"))
	defer s.Close()
	asked := 0
	c, err := procedo.New(s.URL, procedo.WithToken(func(context.Context) (string, error) {
		if asked++; asked == 1 {
			return "", &net.DNSError{}
		}
		return "token", nil
	}))
	require.NoError(t, err)
	for e, err := range c.Follow(t.Context(), "r", 0) {
		require.NoError(t, err)
		require.EqualValues(t, 1, e.Seq)
		break
	}
	require.Equal(t, 2, asked)
}

func TestAClientNeedsAnAddressOfHTTP(t *testing.T) {
	for _, address := range []string{
		"", "localhost:8080", "127.0.0.1:8080", "ftp://example.com", "http://", "http:secret", "https:///api", "//a.example",
	} {
		_, err := procedo.New(address)
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "secret")
	}
	for _, address := range []string{server, procedo.InProcess, "HTTPS://[::1]:8443/api/", "https://example.com"} {
		_, err := procedo.New(address)
		require.NoError(t, err, address)
	}
}
