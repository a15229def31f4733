package auditsink_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/api/apitest"
	"github.com/procedo/procedo/core/audit"
)

// TestDeliveriesAreThoseOfTheContract compares requests of each kind with the webhooks of the contract. The events of
// the program itself are compared in tests/e2e.
func TestDeliveriesAreThoseOfTheContract(t *testing.T) {
	checker, err := apitest.New()
	require.NoError(t, err)
	var failures, ids []string
	received := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		ids = append(ids, r.Header.Get("webhook-id"))
		kind := "auditEvent"
		if strings.HasPrefix(r.Header.Get("webhook-id"), audit.CheckpointEntity+"/") {
			kind = "checkpoint"
		}
		received[kind]++
		if err := checker.CheckDelivery(kind, r.Header, body); err != nil {
			failures = append(failures, err.Error())
		}
	}))
	defer server.Close()
	traced := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled,
	}))
	options := auditsink.Options{Secrets: []string{secret, secondSecret}, AllowPrivate: true}
	sink := open(t, strings.Replace(server.URL, "http://", "http://u:p@", 1)+"/hook", options)
	records := append(trail(t, "a", 2), checkpoint(1), checkpoint(2))
	for i := range records { // one after another, so that the receiver needs no lock
		_, err := sink.Deliver(traced, records[i:i+1])
		require.NoError(t, err)
	}
	require.Equal(t, map[string]int{"auditEvent": 2, "checkpoint": 2}, received)
	require.Empty(t, failures)
	require.Equal(t, []string{
		records[0].DeliveryID(), records[1].DeliveryID(), records[2].DeliveryID(), records[3].DeliveryID(),
	}, ids)

	// The check fails for what the contract does not declare.
	event := linesOf(t, records[0])
	valid := http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {"a/1"}, "Webhook-Timestamp": {"1795512660"},
		"Webhook-Signature": {"v1,x"},
	}
	require.NoError(t, checker.CheckDelivery("auditEvent", valid, []byte(event)))
	for name, value := range map[string]string{
		"Webhook-Id": "", "Webhook-Timestamp": "now", "X-Other": "x", "Content-Type": "text/plain",
	} {
		header := valid.Clone()
		header.Set(name, value)
		if value == "" {
			header.Del(name)
		}
		require.Error(t, checker.CheckDelivery("auditEvent", header, []byte(event)), name)
	}
	for _, member := range []string{"seq", "hash", "payload"} {
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(event), &body))
		delete(body, member)
		less, err := json.Marshal(body)
		require.NoError(t, err)
		require.Error(t, checker.CheckDelivery("auditEvent", valid, less), member)
	}
	require.Error(t, checker.CheckDelivery("other", valid, []byte(event)))
}
