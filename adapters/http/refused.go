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

// Each text with which net/http itself refuses a request has a status line and then exactly these lines. No response of
// a handler does, because all have a Date. No handler answers 417, with which net/http refuses an expectation.
var (
	refusalStart     = []byte("HTTP/1.")
	refusalLines     = []byte("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")
	expectationLines = []byte("Connection: close\r\n")
)

// refusalOf returns the problem of a response with which net/http itself refuses a request, and nil for any other
// response. The statuses 417, 501 and 505 become 400, which every operation declares.
func refusalOf(response []byte) error {
	if !bytes.HasPrefix(response, refusalStart) { // such as a part of a body
		return nil
	}
	line, rest, _ := bytes.Cut(response, []byte("\r\n"))
	if len(line) < len("HTTP/1.1 400") {
		return nil
	}
	status, field := string(line[len("HTTP/1.1 "):len("HTTP/1.1 400")]), "header"
	switch {
	case status == "417" && bytes.HasPrefix(rest, expectationLines):
		field = "header.Expect"
	case status < "400" || !bytes.HasPrefix(rest, refusalLines):
		return nil
	case status == "431":
		return protocolError{
			http.StatusRequestHeaderFieldsTooLarge, "request.headers_too_large", fault.Params{"max": maxHeaderBytes},
		}
	case status == "501":
		field = "header.Transfer-Encoding"
	}
	return invalidRequest([]fault.Issue{{Field: field, Code: "request.value"}})
}

// ProblemForRefused returns a response with a problem document if the given response is the one with which net/http
// refuses a request before a handler sees it, or nil if it is any other. The problem is in English, because net/http
// does not say which language the request asks for.
func ProblemForRefused(response []byte) []byte {
	refusal := refusalOf(response)
	if refusal == nil {
		return nil
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
