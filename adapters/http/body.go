package http

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// MaxBody is the largest request body, in bytes.
const MaxBody = 1 << 20

// readBody reads and returns the body of a request: at most MaxBody bytes of strict JSON, or nil if it is empty and not
// required. Afterwards the body of the request can be read again.
func readBody(w http.ResponseWriter, r *http.Request, required bool) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, protocolError{http.StatusRequestEntityTooLarge, "request.too_large", fault.Params{"max": MaxBody}}
	case err != nil:
		return nil, malformed(&jsondoc.Error{Reason: jsondoc.Syntax})
	case len(body) == 0 && !required:
		r.Body = http.NoBody
		return nil, nil
	}
	const expected = "application/json"
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(body) > 0 && (err != nil || media != expected) {
		params := fault.Params{"expected": expected}
		return nil, protocolError{http.StatusUnsupportedMediaType, "request.media_type", params}
	}
	if err := jsondoc.Check(body); err != nil {
		return nil, malformed(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// malformed returns the fault of a body that is not strict JSON, with the reason and the place.
func malformed(err error) error {
	params := fault.Params{}
	var at *jsondoc.Error
	if errors.As(err, &at) {
		params = fault.Params{"reason": at.Reason, "offset": at.Offset}
		if at.Pointer != "" {
			params["pointer"] = at.Pointer
		}
	}
	return fault.New(fault.Malformed, "request.malformed", params)
}
