package e2e

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// player sends requests to the API of a server, and runs commands on the server's database.
type player struct {
	t        *testing.T
	server   *server
	dir      string
	database []string     // the flags that select the database
	client   *http.Client // nil: one that checks the answers
}

// answer is a response of the server.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request. Headers are pairs of a name and a value.
func (p player) call(method, path, body string, headers ...string) answer {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("X-Actor", "claire")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := p.client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// must sends a request, requires the given status of the response, and decodes the response.
func (p player) must(status int, method, path, body string, headers ...string) (decoded map[string]any) {
	p.t.Helper()
	r := p.call(method, path, body, headers...)
	require.Equal(p.t, status, r.status, "%s %s %.300s: %s", method, path, body, r.body)
	require.NoError(p.t, json.Unmarshal([]byte(r.body), &decoded))
	return decoded
}

// send sends a request about a run, written as in oldRun. The verb "erase" runs the command "audit erase" instead.
func (p player) send(run, text string) {
	p.t.Helper()
	status := http.StatusOK
	verb, rest, _ := strings.Cut(text, " ")
	if n, err := strconv.Atoi(verb); err == nil {
		status = n
		verb, rest, _ = strings.Cut(rest, " ")
	}
	path := "/runs/" + run
	switch verb {
	case "fail":
		p.must(status, "POST", path+"/fail", rest)
		return
	case "erase":
		p.erase(run, rest)
		return
	}
	step, body, _ := strings.Cut(rest, " ")
	path += "/steps/" + step
	switch verb {
	case "draft":
		p.must(status, "PATCH", path, body)
	case "race":
		p.race(path)
	default:
		p.must(status, "POST", path+"/"+verb, body)
	}
}

func (p player) erase(run, slot string) {
	p.t.Helper()
	args := append([]string{"audit", "erase", "--run", run, "--slot", slot, "--yes", "--reason", "Asked for"}, p.database...)
	_, stderr, status := procedo(p.t, p.dir, args...)
	require.Zero(p.t, status, stderr)
}

// race sends requests to skip a step in parallel, each with a different reason.
func (p player) race(path string) {
	p.t.Helper()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			p.call("POST", path+"/skip", `{"reason":"`+strconv.Itoa(i)+`"}`)
		})
	}
	all.Wait()
}

// Keys and bodies of requests with an Idempotency-Key. They were sent to the last release, and repeatRequests sends
// them again to the present program.
const (
	startKey, commitKey = "start-1", "commit-1"
	startBody           = `{"procedure_id":"versions","reference":"receipt"}`
	commitBody          = `{"slots":{"x":"1"}}`
)
