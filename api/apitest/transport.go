package apitest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// Transport checks the answers of Procedo that it transports. An answer that violates the contract is an error of the
// request. Streams are passed on unchecked, and so are the answers of other servers.
type Transport struct {
	Base http.RoundTripper
}

// RoundTrip sends a request and checks the answer.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.Base.RoundTrip(r)
	if err != nil || res.Header.Get("X-Request-Id") == "" || strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res, err
	}
	c, err := New()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil { // an answer that was broken off, which the caller expects or not
		res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
		return res, nil
	}
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.Check(r.Method, r.URL.Path, res.StatusCode, res.Header, body); err != nil {
		return nil, err
	}
	return res, nil
}

// broken is the end of a body that could not be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
