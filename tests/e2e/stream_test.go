package e2e

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// readStream opens the stream of a run's events, starting after the event with the given id, and reads the given number
// of events. It returns their ids, and a function that discards the stream until it ends.
func (s *server) readStream(run, after string, want int) (ids []string, rest func()) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/runs/"+run+"/events/stream", nil)
	require.NoError(s.t, err)
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", after)
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	for len(ids) < want && lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
	}
	return ids, func() {
		for lines.Scan() {
		}
	}
}

func TestAStreamHasEventsOfOtherReplicasAndContinuesOnAnotherServer(t *testing.T) {
	flags := append([]string{"--demo", "--migrate"}, deployments(t)["PostgreSQL and Valkey"]...)
	first, second := serve(t, t.TempDir(), flags...), serve(t, t.TempDir(), flags...)
	id := first.startRun(demo)
	seen := make(chan []string)
	go func() { ids, _ := first.readStream(id, "0", 4); seen <- ids }()
	second.commitDemoStep(id, 0)
	require.Equal(t, []string{"1", "2", "3", "4"}, <-seen)
	first.signal(syscall.SIGKILL)
	second.commitDemoStep(id, 1)
	third := serve(t, t.TempDir(), flags...)
	got, err := third.client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	var want []string
	for seq := 5; seq <= int(got.JSON200.Seq); seq++ {
		want = append(want, strconv.Itoa(seq))
	}
	ids, rest := third.readStream(id, "4", len(want))
	require.Equal(t, want, ids, "every event after the last id, once")
	ended := make(chan struct{})
	go func() { rest(); close(ended) }()
	require.Zero(t, third.signal(syscall.SIGTERM), "open streams do not keep the server from stopping")
	<-ended
}
