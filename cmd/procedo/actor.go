package main

import (
	"errors"

	"github.com/procedo/procedo/core/blank"
)

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
