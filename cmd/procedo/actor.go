package main

import (
	"errors"
	"os/user"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/blank"
)

// systemPrincipal returns the principal of a command that works on a database directly. Its actor stands behind
// access.SystemPrefix in the trail, beside the name of the operating system's user, if it is known.
func systemPrincipal(actor string) access.Principal {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return access.System(actor, name)
}

// servicePrincipal returns the principal of the service itself.
func servicePrincipal() *access.Principal {
	p := access.System("procedo", "")
	return &p
}

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
