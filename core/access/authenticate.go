package access

import (
	"errors"
	"fmt"
)

// ErrInvalidToken is the error of every bearer token that is refused. Whoever sent the token must not learn why: the
// cause, which wraps this error, is only for the log.
var ErrInvalidToken = errors.New("invalid token")

// ErrUnknownKey is the error of a token that is signed with a key that is not known. It wraps ErrInvalidToken, since
// anybody can invent such a token. But for one that comes from its issuer, only the key may be too new.
var ErrUnknownKey = fmt.Errorf("%w: the key is not known", ErrInvalidToken)

// Unavailable is the code of the error of a token that cannot be verified now, because its issuer does not answer.
const Unavailable = "auth.unavailable"
