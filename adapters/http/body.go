package http

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

// MaxBody is the largest request body, in bytes.
const MaxBody = 1 << 20

// jsonBody is the media type of all request bodies.
const jsonBody = "application/json"

// readBody returns the body of a request as bytes and as a tree. It must be strict JSON of at most MaxBody bytes and
// jsondoc.MaxValues values. If the body is empty and not required, readBody returns nil.
func readBody(w http.ResponseWriter, r *http.Request, required bool) ([]byte, *jsondoc.Node, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	switch {
	case err != nil:
		return nil, nil, unreadable(err)
	case len(body) == 0 && !required:
		return nil, nil, nil
	case len(body) > 0:
		if err := checkEncoding(r.Header); err != nil {
			return nil, nil, err
		}
	}
	if jsondoc.CountValues(body) > jsondoc.MaxValues {
		return nil, nil, malformed(&jsondoc.Error{Reason: jsondoc.Values})
	}
	document, err := jsondoc.Parse(body)
	if err != nil {
		return nil, nil, malformed(err)
	}
	return body, document, nil
}

// unreadable returns the error for a body that cannot be read to its end.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return protocolError{http.StatusRequestEntityTooLarge, "request.too_large", fault.Params{"max": MaxBody}}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return protocolError{http.StatusRequestTimeout, "request.timeout", nil}
	}
	return malformed(&jsondoc.Error{Reason: jsondoc.Syntax})
}

// encodingRefused is the code of the refusal of an encoded body.
const encodingRefused = "request.content_encoding"

// checkEncoding returns an error unless the header of a request says that its body is JSON in UTF-8, and not
// compressed.
func checkEncoding(h http.Header) error {
	const status = http.StatusUnsupportedMediaType
	for _, coding := range splitElements(strings.Join(h["Content-Encoding"], ",")) {
		if coding = trimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return protocolError{status, encodingRefused, nil}
		}
	}
	contentType := h.Get("Content-Type")
	if contentType == jsonBody {
		return nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != jsonBody {
		return protocolError{status, "request.media_type", fault.Params{"expected": jsonBody}}
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return protocolError{status, "request.charset", nil}
	}
	return nil
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
