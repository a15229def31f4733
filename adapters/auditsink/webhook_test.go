package auditsink_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

var secondSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("another twenty-four bytes"))

// receiver is a webhook's receiver. It verifies the signatures of requests and records their bodies.
type receiver struct {
	mu     sync.Mutex
	bodies map[string][]string // bodies of the accepted requests, by entity
	// refuse, if set, is called for every request. To refuse the request, it writes a response with the header X-Refused.
	refuse          func(id string, w http.ResponseWriter)
	signatureErrors []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range []string{secret, secondSecret} {
		verifier, err := standardwebhooks.NewWebhook(s)
		if err == nil {
			err = verifier.Verify(body, req.Header)
		}
		if err != nil {
			r.signatureErrors = append(r.signatureErrors, err.Error())
		}
	}
	id := req.Header.Get("webhook-id")
	entity, _, _ := strings.Cut(id, "/")
	if r.refuse != nil {
		if r.refuse(id, w); w.Header().Get("X-Refused") != "" {
			return
		}
	}
	r.bodies[entity] = append(r.bodies[entity], string(body)+"\n")
}

// newReceiver starts a receiver and returns it together with a sink that sends to it.
func newReceiver(t *testing.T) (*receiver, app.Sink) {
	t.Helper()
	r := &receiver{bodies: map[string][]string{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return r, open(t, server.URL+"/hook", auditsink.Options{Secrets: []string{secret, secondSecret}, AllowPrivate: true})
}

func TestWebhookSignsWithEverySecretAndKeepsTheOrderOfEachEntity(t *testing.T) {
	r, sink := newReceiver(t)
	var all []audit.FeedRecord
	trails := map[string][]audit.FeedRecord{}
	for i := range 12 {
		id := "run-" + strconv.Itoa(i)
		trails[id] = trail(t, id, 5)
	}
	for seq := range 5 {
		for i := range 12 {
			all = append(all, trails["run-"+strconv.Itoa(i)][seq])
		}
	}
	all = append(all, checkpoint(1))
	deliver(t, sink, all...)
	require.Empty(t, r.signatureErrors)
	for id, records := range trails {
		t.Run(id, func(t *testing.T) {
			require.Equal(t, linesOf(t, records...), strings.Join(r.bodies[id], ""))
		})
	}
	require.Equal(t, []string{linesOf(t, checkpoint(1))}, r.bodies["checkpoint"])
}

func TestARefusedRecordIsSentAgainBeforeLaterRecordsOfItsEntity(t *testing.T) {
	r, sink := newReceiver(t)
	r.refuse = func(id string, w http.ResponseWriter) {
		if strings.HasPrefix(id, "a/2/") {
			w.Header().Set("X-Refused", "yes")
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	records := trail(t, "a", 3)
	n, err := sink.Deliver(t.Context(), records)
	require.Equal(t, 1, n)
	var refused *auditsink.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, auditsink.RefusedError{ID: "a/2", Status: 503, RetryAfter: 2 * time.Minute}, *refused)
	require.Equal(t, linesOf(t, records[0]), strings.Join(r.bodies["a"], ""))
	r.refuse = nil
	deliver(t, sink, records[n:]...)
	require.Equal(t, linesOf(t, records...), strings.Join(r.bodies["a"], ""))
}

func TestWebhookDoesNotFollowRedirects(t *testing.T) {
	r, sink := newReceiver(t)
	r.refuse = func(_ string, w http.ResponseWriter) {
		w.Header().Set("X-Refused", "yes")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	n, err := sink.Deliver(t.Context(), trail(t, "a", 1))
	require.Zero(t, n)
	require.ErrorContains(t, err, "status 307")
}

func TestPrivateAddressesAreRefusedByAddressAndByName(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, address := range []string{
		server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "http://10.0.0.1:9/?token=hidden",
		"http://192.168.1.1:9/", "http://169.254.169.254/", "http://[::1]:9/", "http://[fd00::1]:9/", "http://[fe80::1]:9/",
		"http://100.64.0.1:9/", "http://0.0.0.0:9/", "http://[::ffff:127.0.0.1]:9/", "http://[64:ff9b::a00:1]:9/",
		"http://224.0.0.1:9/",
		"syslog+tcp://127.0.0.1:9", "syslog+udp://10.0.0.1:9",
	} {
		n, err := open(t, address, auditsink.Options{Secrets: []string{secret}}).Deliver(t.Context(), trail(t, "a", 1))
		require.Zero(t, n, address)
		require.ErrorContains(t, err, "--audit-sink-allow-private", address)
		require.NotContains(t, err.Error(), "hidden")
	}
}
