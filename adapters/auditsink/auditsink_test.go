package auditsink_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

var secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("twenty-four bytes of key"))

// trail returns feed records for the first n events of a run.
func trail(t testing.TB, id string, n int) (all []audit.FeedRecord) {
	t.Helper()
	var head audit.Head
	for i := range n {
		e, err := audit.Seal(audit.Run(id), head, audit.Entry{
			Action: "step.draft_saved", Actor: "ann", OccurredAt: time.Date(2026, 11, 24, 9, 0, i, 1000, time.UTC),
			Payload: []byte(`{"step":"é"}`),
		})
		require.NoError(t, err)
		head = e.Head()
		cursor := audit.Cursor{Position: int64(i), Entity: e.Entity, Seq: e.Seq}
		all = append(all, audit.FeedRecord{Cursor: cursor, Event: &e})
	}
	return all
}

// checkpoint returns the feed record of a checkpoint.
func checkpoint(number int64) audit.FeedRecord {
	cursor := audit.Cursor{Entity: audit.CheckpointNumbered(number), Seq: number}
	return audit.FeedRecord{Cursor: cursor, Note: "procedo-checkpoint/1\n"}
}

func open(t testing.TB, address string, o auditsink.Options) app.Sink {
	t.Helper()
	sink, err := auditsink.Open(address, o)
	require.NoError(t, err)
	return sink
}

func deliver(t testing.TB, sink app.Sink, records ...audit.FeedRecord) {
	t.Helper()
	n, err := sink.Deliver(t.Context(), records)
	require.NoError(t, err)
	require.Equal(t, len(records), n)
}

// linesOf returns the lines of JSON that sinks must write for records.
func linesOf(t testing.TB, records ...audit.FeedRecord) string {
	t.Helper()
	var all strings.Builder
	for _, r := range records {
		line, err := json.Marshal(r.Line())
		require.NoError(t, err)
		fmt.Fprintf(&all, "%s\n", line)
	}
	return all.String()
}

func TestOpenRefusesInvalidURLsWithoutShowingSecrets(t *testing.T) {
	for _, address := range []string{
		"", "ftp://h/", "file:", "file://host/x", "file:x?max_megabytes=-1", "file:x?max_megabytes=x",
		"file:x?max_size=1", "syslog://h", "syslog+tcp://", "syslog+tcp://h/path", "syslog+udp://h?x=1",
		"http:///x", "https://u:hidden@", "http://u:hid\x00den@h/", "\x00",
	} {
		_, err := auditsink.Open(address, auditsink.Options{Secrets: []string{secret}})
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "hidden")
	}
	for _, secrets := range [][]string{
		nil, {"x"}, {"whsec_!"}, {"whsec_c2hvcnQ="}, {secret, "hidden"}, {strings.TrimPrefix(secret, "whsec_")},
	} {
		_, err := auditsink.Open("https://example.org/", auditsink.Options{Secrets: secrets})
		require.ErrorContains(t, err, "PROCEDO_AUDIT_SINK_SECRET", secrets)
		require.NotContains(t, err.Error(), "hidden")
	}
}

func TestNamesOfSinksShowNoSecrets(t *testing.T) {
	o := auditsink.Options{Secrets: []string{secret}}
	for address, want := range map[string]string{
		"file:a.jsonl?max_megabytes=5":        "file:a.jsonl",
		"file:a.jsonl?max_megabytes=5&name=b": "file:a.jsonl?name=b",
		"stdout:":                             "stdout:",
		"syslog+tcp://h:1":                    "syslog+tcp://h:1",
	} {
		t.Run(address, func(t *testing.T) { require.Equal(t, want, open(t, address, o).Name()) })
	}
	for _, address := range []string{
		"https://u:hidden@h/p", "https://hidden@h/p", "https://h/services/hidden", "https://h/#hidden",
	} {
		require.Regexp(t, `^https://h/#[0-9a-f]{8}$`, open(t, address, o).Name())
	}
	_, err := auditsink.Open("htps://h/?token=hidden", o)
	require.ErrorContains(t, err, "htps:…")
	require.NotContains(t, err.Error(), "hidden")
	a, b := open(t, "https://h/p?token=hidden", o).Name(), open(t, "https://h/p?token=other", o).Name()
	require.NotContains(t, a, "hidden")
	require.NotEqual(t, a, b)
}

func TestStandardOutputReceivesLines(t *testing.T) {
	var out bytes.Buffer
	records := append(trail(t, "r", 2), checkpoint(1))
	deliver(t, open(t, "stdout:", auditsink.Options{Stdout: &out}), records...)
	require.Equal(t, linesOf(t, records...), out.String())
	n, err := open(t, "stdout:", auditsink.Options{Stdout: closedWriter{}}).Deliver(t.Context(), records)
	require.Error(t, err)
	require.Zero(t, n)
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestBackoffDoublesUpToAnHourAndIsRandom(t *testing.T) {
	boom := errors.New("boom")
	for failures, longest := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 12: 2048 * time.Second, 13: time.Hour, 1 << 40: time.Hour,
	} {
		t.Run(strconv.Itoa(failures), func(t *testing.T) {
			seen := map[time.Duration]bool{}
			for range 20 {
				wait := auditsink.Backoff(failures, boom)
				require.GreaterOrEqual(t, wait, longest/2)
				require.LessOrEqual(t, wait, longest)
				seen[wait] = true
			}
			require.Greater(t, len(seen), 1)
		})
	}
	refused := &auditsink.RefusedError{RetryAfter: 30 * time.Minute}
	require.Equal(t, 30*time.Minute, auditsink.Backoff(1, fmt.Errorf("x: %w", refused)))
}
