package main

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"syscall"

	"github.com/procedo/procedo/core/fault"
)

// failure returns an error with a text of the command line, in the language of the terminal.
func failure(id string, params fault.Params) error { return errors.New(say(id, params)) }

// errorText returns the message of an error in the language of the terminal. A server that cannot be reached is named
// without the request that failed.
func errorText(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return pathText(path)
	}
	var request *url.Error
	if !errors.As(err, &request) {
		return err.Error()
	}
	server, _ := url.Parse(request.URL)
	if server == nil {
		return err.Error()
	}
	return say("no_server", fault.Params{"server": server.Scheme + "://" + server.Host, "reason": awayReason(request.Err)})
}

// pathText returns the message of an error about a file, in the language of the terminal.
func pathText(err *fs.PathError) string {
	params := fault.Params{"path": err.Path}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return say("path_missing", params)
	case errors.Is(err, fs.ErrExist):
		return say("path_exists", params)
	case errors.Is(err, fs.ErrPermission):
		return say("path_denied", params)
	}
	return err.Path + ": " + err.Err.Error()
}

// awayReason returns why a server does not answer, as a code where there is a text for it.
func awayReason(err error) string {
	var request *url.Error
	var name *net.DNSError
	var timeout net.Error
	switch {
	case err == nil:
		return "unavailable"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection_refused"
	case errors.As(err, &name):
		return "unknown_host"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF):
		return "connection_lost"
	case errors.As(err, &request): // without the request that failed
		return request.Err.Error()
	}
	return err.Error()
}
