package http

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// Authenticator verifies bearer tokens.
type Authenticator interface {
	// Authenticate returns the principal of a token. It returns an error that wraps access.ErrInvalidToken if the token
	// is not accepted for any reason, and fault.Unavailable with code auth.unavailable if this cannot be decided now.
	Authenticate(ctx context.Context, token string) (access.Principal, error)
}

// Sessions finds the access tokens of people who are signed in with a browser.
type Sessions interface {
	// Token returns the token of the session that a request belongs to; it is empty if the request has no session. It
	// returns an error that wraps access.ErrInvalidToken if the session has ended, and fault.Unavailable if this cannot be
	// decided now.
	Token(r *http.Request) (string, error)
	// Clear makes the browser forget its session.
	Clear(w http.ResponseWriter)
}

// Codes of the problems with status 401.
const (
	tokenMissing = "token.missing"
	tokenInvalid = "token.invalid"
)

// errNoToken means that a request shows no token.
var errNoToken = errors.New("no token")

// errNoBearer is the cause of a refusal without a token that could be verified, for the log.
var errNoBearer = fmt.Errorf("%w: the header Authorization is not one bearer token", access.ErrInvalidToken)

// as returns the use cases as the caller may call them.
func (s *server) as(ctx context.Context) *app.UseCases { return callOf(ctx).useCases }

// authenticate sets the principal of the call. If a token is not accepted, the call has a principal that may do
// nothing; only operations that need a token refuse it.
func (s *server) authenticate(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	if s.authenticator != nil {
		c.token = s.tokenOf(r)
		p, err := s.verifyToken(w, r)
		c.unproven = err
		c.actAs(p, s.service)
	} else {
		c.actAs(s.principal(c.principal.ID), s.service)
	}
}

// actAs sets the principal of the call and the use cases as they may call them.
func (c *call) actAs(p access.Principal, service *app.Service) {
	c.principal, c.useCases = p, service.As(p)
}

// tokenOf returns a function that returns the token that a request shows: that of its Authorization header, or else
// that of its session. A session can end, or get another token, while a request is answered.
func (s *server) tokenOf(r *http.Request) func() (string, error) {
	given := r.Header.Values("Authorization")
	if len(given) > 0 || s.sessions == nil || !s.needsSession(r) {
		return func() (string, error) { return bearerToken(given) }
	}
	return func() (string, error) {
		token, err := s.sessions.Token(r)
		if err == nil && token == "" {
			err = errNoToken
		}
		return token, err
	}
}

// needsSession reports whether a request may be for an operation that needs to know who the caller is. Files and health
// checks do not wait for the database.
func (s *server) needsSession(r *http.Request) bool {
	_, mounted := s.mountOf(r.URL.Path)
	return !mounted && !isProbe(r)
}

// verifyToken returns the principal of the request's token, and the zero Principal if there is no valid one.
func (s *server) verifyToken(w http.ResponseWriter, r *http.Request) (access.Principal, error) {
	c, p := callOf(r.Context()), access.Principal{}
	token, err := c.token()
	if err == nil {
		p, err = s.authenticator.Authenticate(r.Context(), token)
	}
	switch {
	case err == nil:
		return p, nil
	case errors.Is(err, errNoToken):
		return access.Principal{}, protocolError{http.StatusUnauthorized, tokenMissing, nil}
	case errors.Is(err, access.ErrInvalidToken):
		if s.sessions != nil && len(r.Header.Values("Authorization")) == 0 {
			s.sessions.Clear(w)
		}
		s.log.InfoContext(r.Context(), "token refused", "cause", err, "address", c.address, "request_id", c.requestID)
		return access.Principal{}, protocolError{http.StatusUnauthorized, tokenInvalid, nil}
	}
	return access.Principal{}, err
}

// mayStillRead returns an error if the token of a stream's reader was withdrawn, the session has ended, or the
// permission to read was lost. A token that cannot be verified now stays valid.
func (s *server) mayStillRead(ctx context.Context) error {
	if s.authenticator == nil {
		return nil
	}
	token, err := callOf(ctx).token()
	p := access.Principal{}
	if err == nil {
		p, err = s.authenticator.Authenticate(ctx, token)
	}
	if fault.Is(err, fault.Unavailable) {
		return nil
	}
	if err == nil {
		_, err = p.Admit(access.Read)
	}
	return err
}

// bearerToken returns the token of an Authorization header (RFC 6750, section 2.1). The scheme is not case-sensitive
// (RFC 9110, section 11.1).
func bearerToken(values []string) (token string, err error) {
	if len(values) == 0 {
		return "", errNoToken
	}
	scheme, token, found := strings.Cut(values[0], " ")
	token = strings.TrimLeft(token, " ")
	if len(values) > 1 || !found || !strings.EqualFold(scheme, "Bearer") || token == "" ||
		strings.ContainsAny(token, " ,\t") {
		return "", errNoBearer
	}
	return token, nil
}

// requireToken returns an error if an operation needs a permission and the request has no principal, if an
// authenticated request also names an actor, or if the request expects another one. The use case asks whether the
// principal has the permission.
func (s *server) requireToken(r *http.Request, permission access.Permission) error {
	callOf(r.Context()).permission = permission
	if permission == 0 {
		return nil
	}
	if s.authenticator == nil {
		return requireExpected(r)
	}
	if err := callOf(r.Context()).unproven; err != nil {
		return err
	}
	if len(r.Header.Values("X-Actor")) > 0 {
		return invalidRequest([]fault.Issue{{Field: "header.X-Actor", Code: "request.unexpected_header"}})
	}
	return requireExpected(r)
}

// requireExpected returns an error if a request expects another actor than its own. A page that Ann left open sends
// Bob's session once Bob has signed in with the same browser.
func requireExpected(r *http.Request) error {
	actor := callOf(r.Context()).principal.ID
	for _, expected := range r.Header.Values("X-Expected-Actor") {
		if expected != actor {
			return protocolError{http.StatusForbidden, "access.other_actor", fault.Params{"actor": actor}}
		}
	}
	return nil
}

// setChallenge sets WWW-Authenticate (RFC 6750, section 3, and RFC 9728, section 5.1) on a refusal that concerns who
// the caller is.
func (s *server) setChallenge(r *http.Request, h http.Header, code string) {
	challenge := `Bearer realm="procedo"`
	switch {
	case s.authenticator == nil:
		return
	case code == tokenInvalid:
		challenge += `, error="invalid_token"`
	case code == access.Denied:
		challenge += `, error="insufficient_scope"`
	case code != tokenMissing:
		return // another refusal with the same status
	}
	h.Set("WWW-Authenticate", challenge+`, resource_metadata="`+s.metadataOf(r)+`"`)
}
