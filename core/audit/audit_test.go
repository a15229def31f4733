package audit_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	gojson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
)

var at = time.Date(2026, 11, 23, 10, 30, 0, 123456000, time.FixedZone("", 3600))

func seal(t *testing.T, head audit.Head, e audit.Entry) audit.Event {
	t.Helper()
	if e.Typed == nil {
		e.Typed = audit.NewCommitter(func() commitment.Salt { return commitment.Salt{7} })
	}
	sealed, err := audit.Seal(audit.Run("run-é"), head, e)
	require.NoError(t, err)
	return sealed
}

func TestCanonicalBytesAreRFC8785JSON(t *testing.T) {
	e := seal(t, audit.Head{}, audit.Entry{
		Action: "run.created", Actor: "claire \"<\u2028", OccurredAt: at,
		Payload: []byte(`{"z":1.0,"a":[true,"é"]}`), RequestID: "req-1",
	})
	sum := sha256.Sum256(append(append([]byte{7}, make([]byte, 15)...), `"req-1"`...))
	independent, err := json.Marshal(map[string]any{
		"v": 2, "id": "run-é/1", "entity_type": "run", "entity_id": "run-é", "seq": 1,
		"action": "run.created", "actor": "claire \"<\u2028", "occurred_at": "2026-11-23T09:30:00.123456Z",
		"payload": map[string]any{
			"z": 1, "a": []any{true, "é"},
			"request_id": map[string]any{"sha256": base64.RawURLEncoding.EncodeToString(sum[:])},
		},
	})
	require.NoError(t, err)
	want := jsontext.Value(independent)
	require.NoError(t, want.Canonicalize())
	require.Equal(t, string(want), e.Canonical)
}

func TestHashCoversPreviousHashAndCanonicalBytes(t *testing.T) {
	first := seal(t, audit.Head{}, audit.Entry{Action: "a", OccurredAt: at, Payload: []byte(`{}`)})
	require.Equal(t, strings.Repeat("0", 64), first.PrevHash)
	sum := sha256.Sum256(append(make([]byte, 32), first.Canonical...))
	require.Equal(t, hex.EncodeToString(sum[:]), first.Hash)
	second := seal(t, first.Head(), audit.Entry{
		Action: "b", OccurredAt: at, Payload: []byte(`{}`), RequestID: "r",
	})
	prev, err := hex.DecodeString(first.Hash)
	require.NoError(t, err)
	sum = sha256.Sum256(append(prev, second.Canonical...))
	require.Equal(t, hex.EncodeToString(sum[:]), second.Hash)
	require.EqualValues(t, 2, second.Seq)
	require.Equal(t, "run-é/2", second.ID())
	require.JSONEq(t, `{"request_id":"r"}`, string(second.Open().Payload))
}

func TestSealRefusesAnInvalidPayloadAndAnInvalidHead(t *testing.T) {
	_, err := audit.Seal(audit.Run("x"), audit.Head{}, audit.Entry{Payload: []byte(`{"a":1,"a":2}`)})
	require.Error(t, err)
	_, err = audit.Seal(audit.Run("x"), audit.Head{Seq: 1, Hash: "short"}, audit.Entry{Payload: []byte(`{}`)})
	require.Error(t, err)
}

func TestChainReportsInvalidEvents(t *testing.T) {
	first := seal(t, audit.Head{}, audit.Entry{Action: "a", Actor: "x", OccurredAt: at, Payload: []byte(`{"n":1}`)})
	second := seal(t, first.Head(), audit.Entry{Action: "b", Actor: "x", OccurredAt: at, Payload: []byte(`{}`)})
	check := func(events ...audit.Event) string {
		c := audit.Chain{Entity: audit.Run("run-é")}
		var all []string
		for _, e := range events {
			_, findings := c.Check(&e)
			for _, f := range findings {
				all = append(all, i18n.Accept("en").Finding(f))
			}
		}
		return strings.Join(all, "\n")
	}
	require.Empty(t, check(first, second))
	require.Contains(t, check(second), "event 2: the sequence number should be 1")
	forged := second
	forged.Actor = "y"
	require.Contains(t, check(first, forged), "event 2: a copied column differs")
	forged = second
	forged.PrevHash = second.Hash
	require.Contains(t, check(first, forged), "prev_hash is not")
	forged = second
	forged.Hash = first.Hash
	require.Contains(t, check(first, forged), "the hash does not match")
	foreign := second
	foreign.Entity.ID = "other"
	require.Contains(t, check(first, foreign), "the event belongs to run other")
	unknown := audit.Finding{Entity: audit.Run("r"), Problem: audit.Wrong("gone", "place", "/a")}
	require.Equal(t, "run r event 0: gone map[place:/a]", unknown.String())
	require.True(t, unknown.Equal(unknown))
	require.False(t, unknown.Equal(audit.Finding{Entity: audit.Run("r"), Problem: audit.Wrong("gone", "place", "/b")}))
}

func TestEventIsMarshalledAndUnmarshalled(t *testing.T) {
	e := seal(t, audit.Head{}, audit.Entry{Action: "a", Actor: "x", OccurredAt: at, Payload: []byte(`{"n":[1,null]}`)})
	doc, err := gojson.Marshal(e)
	require.NoError(t, err)
	var back audit.Event
	require.NoError(t, gojson.Unmarshal(doc, &back))
	require.Empty(t, new(audit.Checker).Check(&back).Flaws)
	require.Equal(t, e.Canonical+e.Disclosures+e.PrevHash+e.Hash, back.Canonical+back.Disclosures+back.PrevHash+back.Hash)
	for _, bad := range []string{
		`[]`,
		strings.Replace(string(doc), "2026-11-23T", "yesterday ", 1),
		strings.Replace(string(doc), `é/1"`, `é/2"`, 1),
	} {
		require.Error(t, gojson.Unmarshal([]byte(bad), &back), bad)
	}
}

func TestParseTimeAcceptsTheExactFormOnly(t *testing.T) {
	got, err := audit.ParseTime("2026-11-23T09:30:00.123456Z")
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 23, 9, 30, 0, 123456000, time.UTC), got)
	for _, text := range []string{
		"", "2026-11-23T09:30:00Z", "2026-11-23T09:30:00,123456Z", "2026-11-23T09:30:00.+12345Z",
		"2026-11-23T09:30:00.12345Z0", "2026-11-23T09:30:60.123456Z", "2026-11-23 09:30:00.123456Z",
	} {
		_, err := audit.ParseTime(text)
		require.Error(t, err, text)
	}
}

// longEvent returns an event whose canonical bytes are about 800 bytes.
func longEvent(b *testing.B) audit.Event {
	b.Helper()
	by := audit.NewCommitter(func() commitment.Salt { return commitment.Salt{7} })
	e, err := audit.Seal(audit.Run("01a20950-0000-7000-8000-000000000000"), audit.Head{}, audit.Entry{
		Typed:  by,
		Action: "step.committed", Actor: "claire", OccurredAt: at, RequestID: "req-1",
		Payload: []byte(`{"slots":{"note":` + string(by.Commit("/slots/note", []byte(`"`+strings.Repeat("x", 400)+`"`))) +
			`,"on":` + string(by.Commit("/slots/on", []byte(`"2025-03-14"`))) + `},"step":"receive"}`),
	})
	require.NoError(b, err)
	return e
}

func BenchmarkCheck(b *testing.B) {
	e := longEvent(b)
	b.Run("one checker", func(b *testing.B) {
		var c audit.Checker
		b.ReportAllocs()
		for b.Loop() {
			c.Check(&e)
		}
	})
	b.Run("a checker per event", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			new(audit.Checker).Check(&e)
		}
	})
}

func BenchmarkUnmarshalEvent(b *testing.B) {
	doc, err := gojson.Marshal(longEvent(b))
	require.NoError(b, err)
	indented := jsontext.Value(doc).Clone()
	require.NoError(b, indented.Indent())
	for name, doc := range map[string][]byte{"as exported": doc, "indented": indented} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var e audit.Event
				if err := gojson.Unmarshal(doc, &e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
