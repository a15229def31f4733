package mcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/procedo/procedo/core/jsondoc"
)

// parseError is the code of JSON-RPC 2.0, section 5.1, for a text that is no JSON.
const parseError = -32700

// messageError is the reason why a message is not passed on. It quotes nothing of the message, which may hold a
// sensitive value.
type messageError struct {
	Code    int64  `json:"code"`
	Message string `json:"message"`
}

// checkMessage returns why a message must not reach the library, or nil. The library reads messages less strictly: it
// would change ids beyond 64 bits, and quote what it cannot read. Several messages in one would count as one request;
// the protocol has had none since its revision 2025-06-18.
func checkMessage(text []byte) *messageError {
	if jsondoc.CountValues(text) > jsondoc.MaxValues {
		return invalidRequest("the message has too many values")
	}
	m, err := jsondoc.Parse(text)
	switch {
	case err != nil:
		return &messageError{parseError, "the message is not strict JSON: " + reasonOf(err)}
	case m.Kind == jsondoc.Array:
		return invalidRequest("send one message at a time")
	case m.Kind != jsondoc.Object || m.Get("jsonrpc") == nil || m.Get("jsonrpc").Text != "2.0":
		return invalidRequest(`the message is no object with "jsonrpc":"2.0"`)
	}
	if id := m.Get("id"); id != nil && !isID(id.Raw) {
		return invalidRequest("the id is neither a string nor an integer of 64 bits")
	}
	if method := m.Get("method"); method != nil && method.Kind != jsondoc.String {
		return invalidRequest("the method is no string")
	}
	return checkParams(m.Get("params"))
}

// reasonOf says why and where a text is no strict JSON, without a part of the text.
func reasonOf(err error) string {
	var at *jsondoc.Error
	if errors.As(err, &at) {
		return fmt.Sprintf("%s at byte %d", at.Reason, at.Offset)
	}
	return jsondoc.Syntax
}

// checkParams returns why parameters are not of the types that every method expects, or nil.
func checkParams(params *jsondoc.Node) *messageError {
	if params == nil {
		return nil
	}
	kinds := map[string]jsondoc.Kind{
		"name": jsondoc.String, "uri": jsondoc.String, "cursor": jsondoc.String, "requestState": jsondoc.String,
		"arguments": jsondoc.Object, "_meta": jsondoc.Object, "inputResponses": jsondoc.Object,
	}
	if params.Kind != jsondoc.Object {
		return invalidRequest("the params are no object")
	}
	for _, m := range params.Members {
		if kind, known := kinds[m.Name]; known && m.Value.Kind != kind {
			return &messageError{jsonrpc.CodeInvalidParams, "params." + m.Name + " has another type"}
		}
	}
	if uri := params.Get("uri"); uri != nil && !isPrintable(uri.Text) {
		return &messageError{jsonrpc.CodeInvalidParams, "params.uri has characters that no address has"}
	}
	return nil
}

// isPrintable reports whether Go quotes a text as JSON does. The library quotes addresses that it does not know.
func isPrintable(text string) bool { return json.Valid([]byte(strconv.Quote(text))) }

func invalidRequest(message string) *messageError {
	return &messageError{jsonrpc.CodeInvalidRequest, message}
}

// answer returns the error as a message, in answer to a text. Its id is that of the text, or null if that cannot be
// read (JSON-RPC 2.0, section 5).
func (e *messageError) answer(text []byte) []byte {
	var sent struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(text, &sent) != nil || !isID(sent.ID) {
		sent.ID = json.RawMessage("null")
	}
	answer, _ := json.Marshal(struct { // it holds nothing that cannot be encoded
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   *messageError   `json:"error"`
	}{"2.0", sent.ID, e})
	return append(answer, '\n')
}

// isID reports whether JSON is a string or an integer of 64 bits.
func isID(text json.RawMessage) bool {
	if len(text) > 0 && text[0] == '"' {
		return true
	}
	_, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil
}
