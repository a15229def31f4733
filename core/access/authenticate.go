package access

import "errors"

// ErrInvalidToken is the error of every bearer token that is refused. Whoever sent the token must not learn why: the
// cause, which wraps this error, is only for the log.
var ErrInvalidToken = errors.New("invalid token")

// Unavailable is the code of the error of a token that cannot be verified now, because its issuer does not answer.
const Unavailable = "auth.unavailable"
