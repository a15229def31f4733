package mcp_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
)

// strange are lines that are no messages, with the code and the id of the answer.
var strange = map[string]struct {
	code int
	id   string
}{
	`hello`:                       {-32700, "null"},
	strings.Repeat("[", 5000):     {-32700, "null"},
	`[]`:                          {-32600, "null"},
	`7`:                           {-32600, "null"},
	`{}`:                          {-32600, "null"},
	`{"id":1,"method":"ping"}`:    {-32600, "1"},
	`{"jsonrpc":"2.0","id":1.5}`:  {-32600, "null"},
	`{"jsonrpc":"2.0","id":{}}`:   {-32600, "null"},
	`{"jsonrpc":"2.0","id":null}`: {-32600, "null"},
	`{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}`:                                                          {-32600, "null"},
	`{"jsonrpc":"2.0","id":"a","method":7}`:                                                                               {-32600, `"a"`},
	`{"jsonrpc":"2.0","id":2,"method":"tools/list","params":[]}`:                                                          {-32600, "2"},
	`{"jsonrpc":"2.0","id":2,"id":3,"method":"ping"}`:                                                                     {-32700, "3"},
	`[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]`:                                 {-32600, "null"},
	`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":1,"arguments":{"a":"8642097531"}}}`:                   {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_run","_meta":"8642097531"}}`:                     {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_run","arguments":8642097531}}`:                   {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"procedo://runs/\u0000"}}`:                         {-32700, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"procedo://runs/\udb40\udc01"}}`:                   {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"nothing://\u0007"}}`:                              {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"nothing://é"}}`:                                   {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":7}}`:                                               {-32602, "2"},
	`{"jsonrpc":"2.0","id":2,"method":"prompts/get","params":{"name":"follow_procedure","arguments":{"procedure_id":7}}}`: {-32602, "2"},
}

// requireRefusal fails if an answer is not an error with a code, or quotes the secret.
func requireRefusal(t *testing.T, line, answer string) {
	t.Helper()
	var got struct {
		ID    json.RawMessage
		Error struct{ Code int }
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &got), "%s answered %q", line, answer)
	require.Equal(t, strange[line].code, got.Error.Code, "%s answered %s", line, answer)
	require.Equal(t, strange[line].id, string(got.ID), line)
	require.NotContains(t, answer, secret)
}

func TestWhatIsNoMessageIsRefusedOverHTTP(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	for line := range strange {
		status, answer := f.rpc(line)
		require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, status)
		requireRefusal(t, line, answer)
	}
	status, _ := f.rpc(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _ = f.rpc(`{"jsonrpc":"2.0","id":1,"method":"ping"}`, "Content-Type", "text/plain")
	require.Equal(t, http.StatusUnsupportedMediaType, status)
}

// A client that starts the program sends a line that is no message: the next ones are answered all the same.
func TestWhatIsNoMessageDoesNotEndTheProgram(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	in, send := io.Pipe()
	receive, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- f.tools.Serve(t.Context(), in, out) }()
	answers := bufio.NewReader(receive)
	exchange := func(line string) string {
		_, err := fmt.Fprintln(send, line)
		require.NoError(t, err)
		answer, err := answers.ReadString('\n')
		require.NoError(t, err)
		return answer
	}
	const hello = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",` +
		`"capabilities":{},"clientInfo":{"name":"tests","version":"1"}}}`
	require.Contains(t, exchange(hello), `"serverInfo"`)
	_, err := fmt.Fprintln(send, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	require.NoError(t, err)
	for line := range strange {
		requireRefusal(t, line, exchange(line))
	}
	long := exchange(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`)
	require.Contains(t, long, "-32600")
	require.Contains(t, exchange(`  {"jsonrpc":"2.0","id":7,"method":"ping"}  `), `"id":7`)
	require.NoError(t, send.Close())
	require.NoError(t, <-done)
}
