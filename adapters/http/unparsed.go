package http

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/fault"
)

// The text with which net/http itself refuses a request that it cannot parse begins with a status line and exactly
// these lines. No response of a handler does, because all have a Date.
var (
	refusalStart = []byte("HTTP/1.1 4")
	refusalLines = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")
)

// ProblemForUnparsed returns a response with a problem document if the given response is the text with which net/http
// refuses a request that it cannot parse, or nil if it is any other. The problem is in English, because the language of
// such a request is not known.
func ProblemForUnparsed(response []byte) []byte {
	if !bytes.HasPrefix(response, refusalStart) {
		return nil
	}
	line, rest, _ := bytes.Cut(response, []byte("\r\n"))
	if !bytes.HasPrefix(rest, refusalLines[2:]) {
		return nil
	}
	refusal := invalidRequest([]fault.Issue{{Field: "header", Code: "request.value"}})
	if bytes.HasPrefix(line, fmt.Appendf(nil, "HTTP/1.1 %d ", http.StatusRequestHeaderFieldsTooLarge)) {
		refusal = protocolError{
			http.StatusRequestHeaderFieldsTooLarge, "request.headers_too_large", fault.Params{"max": maxHeaderBytes},
		}
	}
	c := &call{locale: i18n.Accept("")}
	p := c.problem("", refusal)
	body, err := json.Marshal(p, json.Deterministic(true))
	if err != nil {
		return nil
	}
	header := http.Header{
		"Content-Type": {"application/problem+json"}, "Content-Language": {c.locale.Language()},
		"Content-Length": {strconv.Itoa(len(body))}, "Cache-Control": {"no-store"}, "Connection": {"close"},
		"Vary": {vary}, "X-Content-Type-Options": {"nosniff"}, "X-Request-Id": {uuid.NewString()},
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", p.Status, http.StatusText(p.Status))
	_ = header.Write(&out) // a buffer takes all
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}
