package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
)

// apiAnswer is a response of the API whose body has been read. The generated readers of responses are not used:
// they decode every problem of every operation and would add 2 MB to the program.
type apiAnswer struct {
	*http.Response
	body []byte
}

// read reads and closes the body of a response. It takes the results of a method of the client.
func read(response *http.Response, err error) (apiAnswer, error) {
	if err != nil {
		return apiAnswer{}, err
	}
	body, err := io.ReadAll(response.Body)
	return apiAnswer{response, body}, errors.Join(err, response.Body.Close())
}

// bodyOf returns the body of a response with the status 200. It returns the problem in another response as an error.
func bodyOf(response *http.Response, err error) ([]byte, error) {
	a, err := read(response, err)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK {
		return nil, responseError(a.Status, a.body)
	}
	return a.body, nil
}

// decode returns the JSON in a response, which must have the given status. It returns the problem in another response
// as an error.
func decode[T any](a apiAnswer, status int) (*T, error) {
	if a.StatusCode != status || !strings.Contains(a.Header.Get("Content-Type"), "json") {
		return nil, responseError(a.Status, a.body)
	}
	value := new(T)
	return value, json.Unmarshal(a.body, value)
}

// page returns a page of a list. It takes the results of a method of the client.
func page[T any](response *http.Response, err error) (*T, error) {
	a, err := read(response, err)
	if err != nil {
		return nil, err
	}
	return decode[T](a, http.StatusOK)
}

// runIn returns the run in a response, which must have the given status.
func runIn(status int, response *http.Response, err error) (*terminal.Run, error) {
	a, err := read(response, err)
	if err != nil {
		return nil, err
	}
	run, err := decode[client.Run](a, status)
	if err != nil {
		return nil, err
	}
	return &terminal.Run{Run: run, Tag: a.Header.Get("ETag")}, nil
}
