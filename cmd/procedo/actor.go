package main

import (
	"cmp"
	"errors"
	"os/user"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/blank"
)

// systemPrincipal returns the principal of a command that works on a database directly. Its actor stands behind
// access.SystemPrefix in the trail, beside the name of the operating system's user, if it is known.
func systemPrincipal(actor string) access.Principal {
	return access.System(actor, loginName())
}

// loginName returns the name of the operating system's user, or an empty string if it is not known.
func loginName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// servicePrincipal returns the principal of the service itself.
func servicePrincipal() access.Principal { return access.System("procedo", "") }

// actor is the value of --actor: the name that the audit trail shows.
type actor string

// UnmarshalText refuses a name without a visible character.
func (a *actor) UnmarshalText(text []byte) error {
	if blank.Is(string(text)) {
		return errors.New(say("blank_actor", nil))
	}
	*a = actor(text)
	return nil
}

// orLogin returns the actor or, if none is given, the login name.
func (a actor) orLogin() string { return cmp.Or(string(a), loginName()) }
