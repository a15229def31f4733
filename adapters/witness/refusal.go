package witness

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/app"
)

// sizeType is the media type of an answer with the size of the log that a witness has cosigned.
const sizeType = "text/x.tlog.size"

// refusal returns the error that an answer without signatures means.
func refusal(response *http.Response, text string) error {
	switch response.StatusCode {
	case http.StatusConflict:
		kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
		if err != nil || kind != sizeType {
			return app.ErrInconsistent // the size is the same, but the roots differ
		}
		text = strings.TrimSuffix(text, "\n")
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil || size < 0 || strconv.FormatInt(size, 10) != text {
			return errors.New("it answers 409 without the size of the log")
		}
		return app.WitnessedSizeError{Size: size}
	case http.StatusUnprocessableEntity:
		return app.ErrInconsistent
	case http.StatusNotFound:
		return errors.New("it does not know this log (404): it must be told the origin and the key of the log")
	case http.StatusForbidden:
		return errors.New("it does not know the key that signed the checkpoint (403)")
	}
	return fmt.Errorf("it answers %s",
		strings.TrimSpace(fmt.Sprint(response.StatusCode, " ", http.StatusText(response.StatusCode))))
}

// requestError is the error of a request. Its text does not contain the URL, and is cut, because it may contain parts
// of the answer.
type requestError struct{ cause error }

func (e requestError) Error() string {
	const maxText = 200 // bytes
	cause := e.cause
	if failed, ok := errors.AsType[*url.Error](cause); ok {
		cause = failed.Err
	}
	text := cause.Error()
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

func (e requestError) Unwrap() error { return e.cause }
