package witness_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/procedo/procedo/adapters/witness"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/audit/audittest"
)

const checkpoint = "example.com/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— log AAAAAEFB\n"

var (
	at    = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	first = audittest.NewWitness("witness.example", "first")
	other = audittest.NewWitness("other.example", "other")
)

// serve returns a witness at a server.
func serve(t *testing.T, answer http.HandlerFunc, keys ...audit.WitnessKey) *witness.Witness {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	w, err := witness.New(server.URL+"/a%20path", keys)
	require.NoError(t, err)
	return w
}

// answering returns a handler that gives one answer.
func answering(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestTheRequestIsThatOfTheProtocol(t *testing.T) {
	var method, path, body string
	line := first.Cosign(checkpoint, at)
	w := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err == nil {
			method, path, body = r.Method, r.URL.EscapedPath(), string(text)
		}
		_, _ = io.WriteString(w, line)
	})
	lines, err := w.Cosign(t.Context(), checkpoint, 2, []audit.Hash{{1}, tlog.Hash{31: 2}})
	require.NoError(t, err)
	require.Equal(t, line, lines)
	require.Equal(t, http.MethodPost, method)
	require.Equal(t, "/a%20path/add-checkpoint", path)
	require.Equal(t, "old 2\nAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=\n\n"+
		checkpoint, body)
	_, err = w.Cosign(t.Context(), checkpoint, 0, nil)
	require.NoError(t, err)
	require.Equal(t, "old 0\n\n"+checkpoint, body)
	_, err = w.Cosign(t.Context(), checkpoint, 1, make([]audit.Hash, 64))
	require.EqualError(t, err, "the proof has more than 63 hashes")
}

func TestEachRefusalHasItsMeaning(t *testing.T) {
	const size = "text/x.tlog.size"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		is     error  // the error, or one that it wraps
		text   string // of the error, if there is no other
	}{
		"another size":       {answering(409, size, "12\n"), app.WitnessedSizeError{Size: 12}, ""},
		"no log yet":         {answering(409, size, "0\n"), app.WitnessedSizeError{}, ""},
		"with a parameter":   {answering(409, "Text/X.tlog.size; charset=utf-8", "12"), app.WitnessedSizeError{Size: 12}, ""},
		"another root":       {answering(409, "", ""), app.ErrInconsistent, ""},
		"another root, text": {answering(409, "text/plain", "12\n"), app.ErrInconsistent, ""},
		"an invalid proof":   {answering(422, "", ""), app.ErrInconsistent, ""},
		"no size":            {answering(409, size, ""), nil, "it answers 409 without the size of the log"},
		"a negative size":    {answering(409, size, "-1\n"), nil, "it answers 409 without the size of the log"},
		"a padded size":      {answering(409, size, "012\n"), nil, "it answers 409 without the size of the log"},
		"a signed size":      {answering(409, size, "+12\n"), nil, "it answers 409 without the size of the log"},
		"too large a size":   {answering(409, size, "9223372036854775808\n"), nil, "it answers 409 without the size of the log"},
		"an unknown log": {
			answering(404, "", ""), nil,
			"it does not know this log (404): it must be told the origin and the key of the log",
		},
		"an unknown key": {answering(403, "", ""), nil, "it does not know the key that signed the checkpoint (403)"},
		"a bad request":  {answering(400, "", "x"), nil, "it answers 400 Bad Request"},
		"too many":       {answering(429, "", "x"), nil, "it answers 429 Too Many Requests"},
		"a failure":      {answering(500, "", "x"), nil, "it answers 500 Internal Server Error"},
		"another code":   {answering(299, "", first.Cosign(checkpoint, at)), nil, "it answers 299"},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := serve(t, c.answer).Cosign(t.Context(), checkpoint, 2, []audit.Hash{{1}})
			require.Empty(t, lines)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			} else {
				require.EqualError(t, err, c.text)
			}
		})
	}
}

func TestOnlyLinesWithSignaturesAreAccepted(t *testing.T) {
	line := first.Cosign(checkpoint, at)
	for name, c := range map[string]struct{ body, text string }{
		"nothing":            {"", "its answer does not consist of lines with signatures"},
		"a page":             {"<html>welcome</html>\n", "its answer does not consist of lines with signatures"},
		"no end of line":     {strings.TrimSuffix(line, "\n"), "its answer does not consist of lines with signatures"},
		"an empty line":      {line + "\n", "its answer does not consist of lines with signatures"},
		"something after":    {line + "x\n", "its answer does not consist of lines with signatures"},
		"other line breaks":  {strings.ReplaceAll(line, "\n", "\r\n"), "its answer does not consist of lines with signatures"},
		"65 lines":           {strings.Repeat("— w AAAAAEFB\n", 65), "its answer does not consist of lines with signatures"},
		"more than is read":  {strings.Repeat(line, 200), "its answer is longer than 16384 bytes"},
		"without an end":     {strings.Repeat("x", 1<<20), "its answer is longer than 16384 bytes"},
		"a note, not a line": {checkpoint, "its answer does not consist of lines with signatures"},
	} {
		for _, keys := range [][]audit.WitnessKey{nil, {first.Key}} {
			_, err := serve(t, answering(200, "", c.body), keys...).Cosign(t.Context(), checkpoint, 0, nil)
			require.EqualError(t, err, c.text, name)
		}
	}
}

func TestWithKeysOnlyTheirValidLinesAreAccepted(t *testing.T) {
	good := first.Cosign(checkpoint, at)
	later := first.Cosign(strings.Replace(checkpoint, "\n3\n", "\n4\n", 1), at) // of another checkpoint
	second := other.Cosign(checkpoint, at)
	sameName := audittest.NewWitness(first.Name, "another key").Cosign(checkpoint, at)
	for name, c := range map[string]struct {
		answer string
		keys   []audit.WitnessKey
		want   string // empty if the answer is refused
	}{
		"without keys, all":           {later + second, nil, later + second},
		"the line of the key":         {good, []audit.WitnessKey{first.Key}, good},
		"one of two keys":             {good, []audit.WitnessKey{other.Key, first.Key}, good},
		"both keys":                   {second + good, []audit.WitnessKey{first.Key, other.Key}, second + good},
		"one without a key":           {second + good, []audit.WitnessKey{first.Key}, good},
		"one valid, one not":          {later + good + second, []audit.WitnessKey{first.Key, other.Key}, good + second},
		"the name of the key only":    {sameName, []audit.WitnessKey{first.Key}, ""},
		"of another checkpoint":       {later, []audit.WitnessKey{first.Key}, ""},
		"of a key that was not given": {good, []audit.WitnessKey{other.Key}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := serve(t, answering(200, "", c.answer), c.keys...).Cosign(t.Context(), checkpoint, 0, nil)
			require.Equal(t, c.want, lines)
			if c.want == "" {
				require.EqualError(t, err, "none of its signatures is valid and from a given key")
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		followed = true
		_, _ = io.WriteString(w, first.Cosign(checkpoint, at))
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		_, err := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, status)
		}).Cosign(t.Context(), checkpoint, 0, nil)
		require.EqualError(t, err, fmt.Sprintf("it answers %d %s", status, http.StatusText(status)))
	}
	require.False(t, followed)
}

func TestARequestEndsWithItsContext(t *testing.T) {
	for name, begun := range map[string]string{"before the answer": "", "within the answer": "— "} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client has gone
				if begun != "" {
					_, _ = io.WriteString(w, begun)
					_ = http.NewResponseController(w).Flush()
				}
				cancel()
				<-r.Context().Done()
			}).Cosign(ctx, checkpoint, 0, nil)
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

// answerRaw serves one answer, byte by byte as given, to each connection. It returns the address.
func answerRaw(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// TestNoErrorHoldsMoreThanAFewWordsOfAnAnswer puts a long text into each part of an answer.
func TestNoErrorHoldsMoreThanAFewWordsOfAnAnswer(t *testing.T) {
	long := strings.Repeat("long", 3000)
	for name, answer := range map[string]string{
		"no HTTP":         long + "\r\n\r\n",
		"the version":     "HTTP/" + long + " 200 OK\r\n\r\n",
		"the status":      "HTTP/1.1 " + long + " OK\r\n\r\n",
		"the reason":      "HTTP/1.1 418 " + long + "\r\nContent-Length: 0\r\n\r\n",
		"no header":       "HTTP/1.1 200 OK\r\n" + long + "\r\n\r\n",
		"a header":        "HTTP/1.1 200 OK\r\nX: " + strings.Repeat(long, 10) + "\r\n\r\n",
		"the location":    "HTTP/1.1 302 Found\r\nLocation: :" + long + "\r\nContent-Length: 0\r\n\r\n",
		"the length":      "HTTP/1.1 200 OK\r\nContent-Length: " + long + "\r\n\r\n",
		"the encoding":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + long + "\r\n\r\n",
		"a chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + long + "\r\n",
		"the body":        "HTTP/1.1 200 OK\r\nContent-Length: 12000\r\n\r\n" + long,
		"a short body":    "HTTP/1.1 200 OK\r\nContent-Length: 12001\r\n\r\n" + long,
		"a size":          "HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 12000\r\n\r\n" + long,
		"a type":          "HTTP/1.1 409 Conflict\r\nContent-Type: " + long + "\r\nContent-Length: 0\r\n\r\n",
		"a failure":       "HTTP/1.1 500 X\r\nContent-Length: 12000\r\n\r\n" + long,
		"an unknown code": "HTTP/1.1 999 " + long + "\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			w, err := witness.New(answerRaw(t, answer), nil)
			require.NoError(t, err)
			_, err = w.Cosign(t.Context(), checkpoint, 0, nil)
			require.Error(t, err)
			require.LessOrEqual(t, len(err.Error()), 250, err)
		})
	}
}

func TestAddressesOfWitnesses(t *testing.T) {
	for _, address := range []string{
		"", "witness.example", "//witness.example", "ftp://witness.example", "https://", "https:///path", "http:host",
		"https://user@witness.example", "https://user:word@witness.example", "https://witness.example/?a=b",
		"https://witness.example/?", "https://witness.example/#x", "https://witness.example/%zz", "https://a b/",
	} {
		_, err := witness.New(address, nil)
		require.Error(t, err, address)
	}
	for address, name := range map[string]string{
		"https://witness.example":         "https://witness.example",
		"https://witness.example/":        "https://witness.example",
		"http://127.0.0.1:8080/a/b":       "http://127.0.0.1:8080/a/b",
		"https://witness.example/a%20b/":  "https://witness.example/a%20b",
		"https://[::1]:8443/prefix/5+6/x": "https://[::1]:8443/prefix/5+6/x",
	} {
		w, err := witness.New(address, nil)
		require.NoError(t, err)
		require.Equal(t, name, w.Name())
	}
}
