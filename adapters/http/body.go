package http

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// MaxBody is the largest request body, in bytes.
const MaxBody = 1 << 20

// readBody returns the body of a request, which must be strict JSON of at most MaxBody bytes and
// jsondoc.MaxValues values. If the body is empty and
// not required, readBody returns nil. It resets r.Body, so that the body can be read again.
func readBody(w http.ResponseWriter, r *http.Request, required bool) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, protocolError{http.StatusRequestEntityTooLarge, "request.too_large", fault.Params{"max": MaxBody}}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, protocolError{http.StatusRequestTimeout, "request.timeout", nil}
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
	if jsondoc.CountValues(body) > jsondoc.MaxValues {
		return nil, malformed(&jsondoc.Error{Reason: jsondoc.Values})
	}
	if err := jsondoc.Check(body); err != nil {
		return nil, malformed(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// malformed returns the fault for a body that is not strict JSON. Its parameters are the reason and the position.
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
