package api

import (
	"io"
	"net/http"
)

// ParsedBody is the body of a request that has been parsed and checked before a generated handler gets it.
type ParsedBody interface {
	io.ReadCloser
	// Decode stores the body in the value that a pointer points to.
	Decode(pointer any) error
}

// decodeBody stores the body of a request, which must be a ParsedBody, in the value that a pointer points to. It
// returns io.EOF if the request has no body.
func decodeBody(r *http.Request, pointer any) error {
	body, ok := r.Body.(ParsedBody)
	if !ok {
		return io.EOF
	}
	return body.Decode(pointer)
}
