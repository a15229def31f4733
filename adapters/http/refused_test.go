package http_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
)

func TestOnlyTheRefusalsOfTheServerAreReplaced(t *testing.T) {
	const plain = "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nrefused"
	for response, field := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n" + plain:                                                           `"header"`,
		"HTTP/1.1 501 Not Implemented\r\n" + plain:                                                       `"header.Transfer-Encoding"`,
		"HTTP/1.0 417 Expectation Failed\r\nConnection: close\r\nDate: now\r\n\r\n":                      `"header.Expect"`,
		"HTTP/1.1 200 OK\r\n" + plain:                                                                    "",
		"HTTP/1.1 400 Bad Request\r\nDate: now\r\n" + plain:                                              "",
		"HTTP/1.1 417 Expectation Failed\r\nContent-Type: application/problem+json\r\nDate: now\r\n\r\n": "",
		"HTTP/1.1 4": "", "HTTP/1.": "", "HTTP/1.1 417\r\n": "", "\r\n": "", "": "",
	} {
		problem := string(httpadapter.ProblemForRefused([]byte(response)))
		if field == "" {
			require.Empty(t, problem, "%q", response)
			continue
		}
		require.True(t, strings.HasPrefix(problem, "HTTP/1.1 400 Bad Request\r\n"), "%q", response)
		require.Contains(t, problem, `"field":`+field, "%q", response)
	}
}
