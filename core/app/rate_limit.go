package app

import (
	"errors"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// RateLimit limits how often something may happen, for each actor and for each network address.
type RateLimit interface {
	// Take counts one occurrence for the caller's actor and address. If one of them has used up its allowance, Take
	// counts nothing and returns what was exceeded. Otherwise exceeded is nil, and undo takes the occurrence back.
	Take(c Caller) (undo func(), exceeded *Exceeded)
}

// Caller is the sender of a request.
type Caller struct {
	Actor   string // see access.Principal.Key
	Address string // network address; empty for a call within the process
}

// Exceeded describes an allowance that is used up.
type Exceeded struct {
	Per        string // PerActor or PerAddress
	Limit      int    // occurrences a minute
	RetryAfter time.Duration
}

// The values of Exceeded.Per.
const (
	PerActor   = "actor"
	PerAddress = "address"
)

// Fault returns the error for the caller. Its params hold the limit, and the time to wait in whole seconds.
func (e Exceeded) Fault(code string) *fault.Error {
	wait := int64((e.RetryAfter + time.Second - 1) / time.Second)
	return fault.New(fault.Limited, code, fault.Params{
		"limit": e.Limit, "per": e.Per, "retry_after": max(1, wait),
	})
}

// WithRefusalLimit limits the refusals of commands on runs. Beyond the limit, a command that would be refused gets a
// Limited error instead of the refusal, and nothing is recorded. Accepted commands are not limited.
func WithRefusalLimit(l RateLimit) Option { return func(s *Service) { s.refusalLimit = l } }

// countRefusal counts the refusal of the command, once for all attempts. It returns an error if the caller's allowance
// is used up. A lost race is not counted: an earlier attempt was accepted, but the run had changed meanwhile.
func (e *execution) countRefusal(refusal error) error {
	if e.service.refusalLimit == nil || e.uncount != nil || e.lostRace || !run.IsRefusal(refusal) {
		return nil
	}
	undo, exceeded := e.service.refusalLimit.Take(Caller{Actor: e.req.by.Key(), Address: e.req.Address})
	if exceeded != nil {
		return exceeded.Fault("rate.refusals")
	}
	e.uncount = undo
	return nil
}

// noteMoved is called with the error of an attempt to append the result of the command.
func (e *execution) noteMoved(err error) error {
	e.lostRace = e.lostRace || e.verdict.changes() && errors.Is(err, ErrMoved)
	return err
}

// settleCount takes the counted refusal back if, after all attempts, the command was not refused, lost a race, or
// failed with err.
func (e *execution) settleCount(err error) {
	if e.uncount != nil && (err != nil || e.verdict.refusal == nil || e.lostRace) {
		e.uncount()
	}
}
