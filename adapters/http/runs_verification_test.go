package http_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

func TestARunIsVerified(t *testing.T) {
	srv := newTestServer(t)
	path := "/runs/" + srv.startTwoSteps()
	r := srv.call("GET", path+"/verification", "")
	require.Equal(t, 200, r.status)
	require.Equal(t, true, r.body["valid"])
	require.Equal(t, object{"events": 2.0, "erased": 0.0, "unread": 0.0, "sealed": 0.0}, r.body.object("counts"))
	require.Equal(t, object{"events": 2.0, "from_seq": 1.0, "to_seq": 2.0}, r.body.object("uncovered"))
	require.Nil(t, r.body["checkpoint"])

	private, public, err := audit.GenerateKey(rand.Reader, "alice")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	_, err = srv.service.MakeCheckpoints(t.Context(), keys, "")
	require.NoError(t, err)
	require.Equal(t, 200, srv.call("POST", path+"/steps/first/commit", commitFirst).status)
	r = srv.call("GET", path+"/verification", "")
	require.Equal(t, []any{public}, r.body.object("checkpoint")["keys"])
	require.EqualValues(t, 2, r.body.object("checkpoint")["seq"])
	require.Equal(t, object{"events": 3.0, "from_seq": 3.0, "to_seq": 5.0}, r.body.object("uncovered"))

	require.Equal(t, 200, srv.call("HEAD", path+"/verification", "").status)
	require.Equal(t, 404, srv.call("GET", "/runs/none/verification", "").status)
	require.Equal(t, 404, srv.call("GET", "/runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/verification", "").status)
	require.Equal(t, 405, srv.call("POST", path+"/verification", "{}").status)
}

// fakeVerifier is a verifier that reports findings. Before that, it takes a time, unless the request is stopped.
type fakeVerifier struct {
	findings int
	takes    time.Duration
	began    chan struct{} // receives when a verification begins; may be nil
}

func (v fakeVerifier) Run(
	ctx context.Context, id string, o verify.Options, report func(audit.Finding),
) (verify.Counts, error) {
	if v.began != nil {
		v.began <- struct{}{}
	}
	select {
	case <-time.After(v.takes):
	case <-ctx.Done():
		return verify.Counts{}, ctx.Err()
	}
	for i := range min(v.findings, o.MaxFindings) {
		report(audit.Finding{Entity: audit.Run(id), Seq: int64(i), Problem: audit.Wrong("seq_expected", "seq", i)})
	}
	return verify.Counts{Runs: 1, Unlisted: max(0, v.findings-o.MaxFindings)}, nil
}

// A verification may take longer than other requests: neither the deadline of the work nor those of the connection end
// it. The next one waits for its turn, but not longer than other requests wait.
func TestAVerificationOutlivesTheDeadlinesAndOthersWaitForTheirTurn(t *testing.T) {
	const within = 200 * time.Millisecond
	began := make(chan struct{}, 10)
	verifier := fakeVerifier{takes: 4 * within, began: began}
	srv := newTestServerOf(t, limits{}, func(p *app.Ports) { p.Verifier = verifier },
		func(c *httpadapter.Config) { c.RequestTimeout = within })
	path := "/runs/" + srv.startTwoSteps() + "/verification"
	done := make(chan int, 2)
	for range cap(done) {
		go func() {
			res, err := http.Get(srv.base + path)
			if assert.NoError(t, err) {
				res.Body.Close()
				done <- res.StatusCode
			}
		}()
		<-began
	}
	third := srv.call("GET", path, "")
	require.Equal(t, 503, third.status)
	require.NotEmpty(t, third.header.Get("Retry-After"))
	for range cap(done) {
		require.Equal(t, 200, <-done)
	}
	require.Equal(t, 200, srv.call("GET", path, "").status)
}

func TestTheFindingsOfAVerificationAreBoundedAndCounted(t *testing.T) {
	srv := newTestServerLimited(t, limits{}, func(p *app.Ports) { p.Verifier = fakeVerifier{findings: 1000} })
	r := srv.call("GET", "/runs/"+srv.startTwoSteps()+"/verification", "")
	require.Equal(t, false, r.body["valid"])
	require.Len(t, r.body["findings"], 256)
	require.EqualValues(t, 1000, r.body["finding_count"])
	require.Equal(t, object{
		"seq": nil, "code": "seq_expected", "problem": "the sequence number should be 0", "warning": false,
	}, r.body.objects("findings")[0])
	require.EqualValues(t, 1, r.body.objects("findings")[1]["seq"])
}
