package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// failure returns an error with the message command.ID of the catalogue, in the language of the terminal.
func failure(id string, params fault.Params) error { return errors.New(say(id, params)) }

// errorText returns the message of an error in the language of the terminal. If a server cannot be reached, the message
// names the server but not the request.
func errorText(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		texts := make([]string, 0, len(joined.Unwrap()))
		for _, one := range joined.Unwrap() {
			texts = append(texts, errorText(one))
		}
		return strings.Join(texts, "; ")
	}
	if fork, ok := errors.AsType[app.ForkError](err); ok {
		return say("witness_fork", fault.Params{"witness": fork.Witness, "size": fork.Size})
	}
	if log, ok := errors.AsType[sqlite.LogError](err); ok {
		return say("log_unreadable", fault.Params{"file": log.Log})
	}
	if errors.Is(err, sqlite.ErrChanged) {
		return say("database_changed", nil)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return pathText(path)
	}
	if problem, held := audit.HeldProblem(err); held && errors.Unwrap(err) == nil { // nothing is said around it
		return terminalLocale().Wrong(problem)
	}
	if unavailable, ok := errors.AsType[*fault.Error](err); ok {
		return unavailableText(err, unavailable)
	}
	var request *url.Error
	if !errors.As(err, &request) {
		return err.Error()
	}
	server, _ := url.Parse(request.URL)
	if server == nil {
		return err.Error()
	}
	return say("no_server", fault.Params{
		"server": server.Scheme + "://" + server.Host, "reason": unavailableReason(request.Err),
	})
}

// unavailableText returns the message of an error whose cause is the database. What is said around the cause, such as
// the name of the database, stays. Other errors keep their message.
func unavailableText(err error, f *fault.Error) string {
	around, ok := strings.CutSuffix(err.Error(), f.Error())
	cause := f.Unwrap()
	if !ok || cause == nil || errors.Is(err, context.Canceled) {
		return err.Error()
	}
	reason := reasonOf(cause)
	switch {
	case strings.HasPrefix(f.Code, "service.database_"):
		_, detail := terminalLocale().Problem(f.Code, f.Params)
		return around + say("database_failed", fault.Params{"detail": detail, "reason": reason})
	case f.Code == "service.unavailable":
		return around + say("no_database", fault.Params{"reason": reason})
	}
	return err.Error()
}

// reasonOf returns the text of a cause in one line. If several addresses were tried, it has several lines, some of them
// equal.
func reasonOf(cause error) string {
	var lines []string
	for line := range strings.Lines(cause.Error()) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}

// forLog returns an error as the log shows it: in English, and a problem with its words rather than its code.
func forLog(err error) error {
	if problem, held := audit.HeldProblem(err); held {
		return errors.New(i18n.Accept("en").Wrong(problem))
	}
	return err
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

// unavailableReason returns why a server does not answer: a code for which the catalogue has a text, or the error's own
// text.
func unavailableReason(err error) string {
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
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return "connection_lost"
	case errors.As(err, &request): // the reason alone, without the method and URL of the request
		return request.Err.Error()
	}
	return err.Error()
}
