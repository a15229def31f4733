package mcp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
)

// What identifies the caller of the tools goes no further: the API learns who calls from the context of the request.
func TestNeitherTokensNorCookiesArePassedOn(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	_, answer := f.rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_runs"}}`,
		"Authorization", "Bearer secret", "Cookie", "s=secret", "X-Actor", "robot", "Accept-Language", "fr")
	require.Contains(t, answer, `"items":[]`)
	require.NotEmpty(t, f.passed)
	for _, h := range f.passed {
		for _, name := range []string{"Authorization", "Cookie", "X-Actor", "X-Forwarded-For"} {
			require.Empty(t, h.Values(name), name)
		}
		require.Equal(t, "fr", h.Get("Accept-Language"))
		require.Equal(t, "numbers=string", h.Get("Prefer"))
	}
}
