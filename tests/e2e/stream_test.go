package e2e

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// follow reads a run's events from a server until want of them have come, or the stream ends; it returns the last id.
func (s *serving) follow(run, after string, want int) (ids []string, rest func()) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/runs/"+run+"/events", nil)
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

func TestAStreamTellsWhatOtherReplicasWriteAndGoesOnAfterItsServerIsGone(t *testing.T) {
	flags := append([]string{"--demo", "--migrate"}, deployments(t)["PostgreSQL and Valkey"]...)
	first, second := serve(t, t.TempDir(), flags...), serve(t, t.TempDir(), flags...)
	started, err := first.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	id := started.JSON201.ID
	commit := func(s *serving, i int) {
		t.Helper()
		r, err := s.client().CommitStepWithResponse(t.Context(), id, demoSteps[i].key, nil, client.StepCommit{Slots: values(t, demoSteps[i].slots), Checklist: done(demoSteps[i].ticks...)})
		require.NoError(t, err)
		require.Equal(t, 200, r.StatusCode(), string(r.Body))
	}
	seen := make(chan []string)
	go func() { ids, _ := first.follow(id, "0", 4); seen <- ids }()
	commit(second, 0)
	require.Equal(t, []string{"1", "2", "3", "4"}, <-seen)
	first.signal(syscall.SIGKILL)
	commit(second, 1)
	third := serve(t, t.TempDir(), flags...)
	got, err := third.client().GetRunWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	var want []string
	for seq := 5; seq <= int(got.JSON200.Seq); seq++ {
		want = append(want, strconv.Itoa(seq))
	}
	ids, rest := third.follow(id, "4", len(want))
	require.Equal(t, want, ids, "from where it stopped, none twice, none left out")
	ended := make(chan struct{})
	go func() { rest(); close(ended) }()
	require.Zero(t, third.signal(syscall.SIGTERM), "a server that ends lets its streams go")
	<-ended
}
