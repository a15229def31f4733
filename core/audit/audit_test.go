package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	gojson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

var at = time.Date(2026, 11, 23, 10, 30, 0, 123456000, time.FixedZone("", 3600))

func seal(t *testing.T, head audit.Head, e audit.Entry) audit.Event {
	t.Helper()
	sealed, err := audit.Seal(audit.Run("run-é"), head, e)
	require.NoError(t, err)
	return sealed
}

func TestTheHashedBytesAreTheRFC8785FormOfTheNamedMembers(t *testing.T) {
	e := seal(t, audit.Head{}, audit.Entry{Action: "run.created", Actor: "claire \"<\u2028", OccurredAt: at, Payload: []byte(`{"z":1.0,"a":[true,"é"]}`), RequestID: "req-1"})
	independent, err := json.Marshal(map[string]any{
		"v": 1, "id": "run-é/1", "entity_type": "run", "entity_id": "run-é", "seq": 1, "action": "run.created", "actor": "claire \"<\u2028",
		"occurred_at": "2026-11-23T09:30:00.123456Z", "payload": map[string]any{"z": 1, "a": []any{true, "é"}, "request_id": "req-1"},
	})
	require.NoError(t, err)
	want := jsontext.Value(independent)
	require.NoError(t, want.Canonicalize())
	require.Equal(t, string(want), e.Canonical)
}

func TestTheHashCoversThePreviousHashAndTheCanonicalBytes(t *testing.T) {
	first := seal(t, audit.Head{}, audit.Entry{Action: "a", OccurredAt: at, Payload: []byte(`{}`)})
	require.Equal(t, strings.Repeat("0", 64), first.PrevHash)
	sum := sha256.Sum256(append(make([]byte, 32), first.Canonical...))
	require.Equal(t, hex.EncodeToString(sum[:]), first.Hash)
	second := seal(t, first.Head(), audit.Entry{Action: "b", OccurredAt: at, Payload: []byte(`{}`), RequestID: "r"})
	prev, err := hex.DecodeString(first.Hash)
	require.NoError(t, err)
	sum = sha256.Sum256(append(prev, second.Canonical...))
	require.Equal(t, hex.EncodeToString(sum[:]), second.Hash)
	require.EqualValues(t, 2, second.Seq)
	require.Equal(t, "run-é/2", second.ID())
	require.JSONEq(t, `{"request_id":"r"}`, string(second.Payload))
}

func TestSealingRefusesAPayloadThatIsNoJSONAndAHeadThatIsNoHash(t *testing.T) {
	_, err := audit.Seal(audit.Run("x"), audit.Head{}, audit.Entry{Payload: []byte(`{"a":1,"a":2}`)})
	require.Error(t, err)
	_, err = audit.Seal(audit.Run("x"), audit.Head{Seq: 1, Hash: "short"}, audit.Entry{Payload: []byte(`{}`)})
	require.Error(t, err)
}

func TestAChainSaysWhatIsWrongAndWhere(t *testing.T) {
	first := seal(t, audit.Head{}, audit.Entry{Action: "a", Actor: "x", OccurredAt: at, Payload: []byte(`{"n":1}`)})
	second := seal(t, first.Head(), audit.Entry{Action: "b", Actor: "x", OccurredAt: at, Payload: []byte(`{}`)})
	check := func(events ...audit.Event) string {
		c := audit.Chain{Entity: audit.Run("run-é")}
		var all []string
		for _, e := range events {
			for _, f := range c.Check(&e) {
				all = append(all, f.String())
			}
		}
		return strings.Join(all, "\n")
	}
	require.Empty(t, check(first, second))
	require.Contains(t, check(second), "event 2: out of order: event 1 was expected")
	forged := second
	forged.Actor = "y"
	require.Contains(t, check(first, forged), "event 2: a copied column differs")
	forged = second
	forged.PrevHash = second.Hash
	require.Contains(t, check(first, forged), "prev_hash is not")
	forged = second
	forged.Hash = first.Hash
	require.Contains(t, check(first, forged), "hash is not that")
	stranger := second
	stranger.Entity.ID = "other"
	require.Contains(t, check(first, stranger), "belongs to run other")
	require.Equal(t, "run r: gone", audit.Finding{Entity: audit.Entity{Type: "run", ID: "r"}, Problem: "gone"}.String())
}

func TestAnEventsDocumentReadsBackToTheSameEvent(t *testing.T) {
	e := seal(t, audit.Head{}, audit.Entry{Action: "a", Actor: "x", OccurredAt: at, Payload: []byte(`{"n":[1,null]}`)})
	doc, err := gojson.Marshal(e)
	require.NoError(t, err)
	var back audit.Event
	require.NoError(t, gojson.Unmarshal(doc, &back))
	back.OccurredAt, e.OccurredAt = back.OccurredAt.UTC(), e.OccurredAt.UTC()
	require.Equal(t, e, back)
	for _, bad := range []string{
		`[]`, strings.Replace(string(doc), "2026-11-23T", "yesterday ", 1), strings.Replace(string(doc), `é/1"`, `é/2"`, 1),
	} {
		require.Error(t, gojson.Unmarshal([]byte(bad), &back), bad)
	}
}
