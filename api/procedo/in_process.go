package procedo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/procedo/procedo/api/client"
)

// InProcess is the address for a client of a service in the same process. No request is sent to it; see Handler.
const InProcess = "http://procedo.local"

// Handler returns what sends requests directly to a handler in this process, without a socket. Answers are kept in
// memory; event streams cannot be read this way.
func Handler(h http.Handler) client.HttpRequestDoer { return handlerDoer{h} }

type handlerDoer struct{ http.Handler }

// Do answers a request.
func (h handlerDoer) Do(r *http.Request) (*http.Response, error) {
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(rec, r)
	if err := r.Context().Err(); err != nil {
		return nil, err // as over a socket: nobody waits for the answer
	}
	return &http.Response{
		StatusCode: rec.status, Status: fmt.Sprintf("%d %s", rec.status, http.StatusText(rec.status)), Header: rec.header,
		Body: io.NopCloser(&rec.body), ContentLength: int64(rec.body.Len()), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// recorder is an http.ResponseWriter that keeps the response in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (rec *recorder) Header() http.Header         { return rec.header }
func (rec *recorder) WriteHeader(status int)      { rec.status = status }
func (rec *recorder) Write(p []byte) (int, error) { return rec.body.Write(p) }
