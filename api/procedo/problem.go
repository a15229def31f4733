package procedo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/procedo/procedo/api/client"
)

// Problem is the error for a request that the service refused or could not carry out (RFC 9457). Code identifies the
// problem, Issues lists what is wrong with the submitted data. Numbers in Params are of type json.Number, with all
// their digits.
type Problem struct { //nolint:errname // the word of RFC 9457
	client.Problem
	Header http.Header // of the answer
}

// Error returns the title, the detail and the issues, in the language of the client.
func (p *Problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", p.Title, p.Detail)
	for _, issue := range p.Issues {
		fmt.Fprintf(&text, "\n  %s: %s (%s)", issue.Field, issue.Message, issue.Code)
	}
	return text.String()
}

// HasCode reports whether an error is a problem with this code, such as "values.invalid".
func HasCode(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == code
}

// IsRefused reports whether an error is an answer of the server: a *Problem or a *StatusError.
func IsRefused(err error) bool {
	var p *Problem
	var s *StatusError
	return errors.As(err, &p) || errors.As(err, &s)
}

// StatusError is the error for an answer that the service cannot have given, such as the page of a proxy: a failure
// without a problem document, or a success that is not JSON.
type StatusError struct {
	Status string // such as "502 Bad Gateway"
	Code   int
}

func (e *StatusError) Error() string {
	if e.Code < http.StatusMultipleChoices {
		return "the server answered " + e.Status + ", but not with what was asked for"
	}
	return "the server answered " + e.Status
}

// Read returns the body of a successful answer. It takes the results of a method of Client.API. The error is a *Problem
// if the service refused the request.
func Read(res *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, problemIn(res, body)
	}
	return body, nil
}

// Decode is like Read, and decodes the JSON. Numbers without a type of their own become json.Number.
func Decode[T any](res *http.Response, err error) (*T, error) {
	body, err := Read(res, err)
	if err != nil {
		return nil, err
	}
	value := new(T)
	if err := decode(body, value); err != nil {
		if !json.Valid(body) {
			return nil, &StatusError{res.Status, res.StatusCode}
		}
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	return value, nil
}

func decode(body []byte, value any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(value)
}

// problemIn returns the error for a failed answer.
func problemIn(res *http.Response, body []byte) error {
	p := &Problem{Header: res.Header}
	if err := decode(body, &p.Problem); err != nil || p.Code == "" {
		return &StatusError{res.Status, res.StatusCode}
	}
	return p
}
