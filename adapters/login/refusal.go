package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// RefusalError is why somebody cannot be signed in. Its page says no more than the person must know; the cause is for
// the log.
type RefusalError struct {
	status int
	reason string
	again  string // address of another attempt
	cause  error
}

// The reasons of refusals. There is a page for each.
const (
	Denied      = "denied"      // the person, or the issuer, has said no
	Lost        = "lost"        // the attempt is not known here: too old, of another browser, or used before
	Rejected    = "rejected"    // the token is not accepted
	Unreadable  = "unreadable"  // the issuer did not answer as agreed
	Unavailable = "unavailable" // the issuer, or the database, does not answer
)

// Refusals returns all reasons.
func Refusals() []string { return []string{Denied, Lost, Rejected, Unreadable, Unavailable} }

var statusOf = map[string]int{
	Denied: http.StatusForbidden, Lost: http.StatusBadRequest, Rejected: http.StatusForbidden,
	Unreadable: http.StatusBadGateway, Unavailable: http.StatusServiceUnavailable,
}

func refuse(reason, cause string, args ...any) *RefusalError {
	return &RefusalError{status: statusOf[reason], reason: reason, cause: fmt.Errorf(cause, args...)}
}

// Error returns the refusal as the log shows it.
func (r *RefusalError) Error() string { return r.reason + ": " + r.cause.Error() }

// Unwrap returns the cause.
func (r *RefusalError) Unwrap() error { return r.cause }

// Page returns what the person is shown: a page with a status and a text, from which a link leads to another attempt.
func (r *RefusalError) Page() (status int, text, again string) {
	return r.status, "page.login." + r.reason, r.again
}

// refusalOf returns an error as a refusal that leads to another attempt. A fault of the service itself stays as it is.
func refusalOf(err error, path string) error {
	var r *RefusalError
	if !errors.As(err, &r) {
		if !fault.Is(err, fault.Unavailable) && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		r = refuse(Unavailable, "%w", err)
	}
	r.again = strings.TrimPrefix(beginPath, "/") + "?" + url.Values{"return": {path}}.Encode()
	return r
}
