// Package access says who acts and what they may do: the principal of a request, the roles, and the table of what each
// role may do. How a principal is authenticated is the business of adapters.
package access

import (
	"slices"
	"time"
)

// Via says how a principal was authenticated.
type Via string

// The ways of authentication.
const (
	ViaNone   Via = "none"   // not at all: the actor is the caller's own word
	ViaOIDC   Via = "oidc"   // a bearer token of an OpenID Connect issuer
	ViaToken  Via = "token"  // an API token of the service
	ViaSystem Via = "system" // the command line on a database, or the service itself
)

// Prefixes of the actors that no issuer knows. An issuer cannot have one of them as its alias.
const (
	TokenPrefix  = "token:"
	SystemPrefix = "system:"
)

// Principal is who acts. The zero Principal may do nothing.
type Principal struct {
	ID     string // the actor in the trail: ALIAS:SUB, token:NAME, system:NAME; with ViaNone, what the caller said
	Name   string // the person's name as the issuer gave it; may be empty
	Issuer string // URL of the issuer; empty unless Via is ViaOIDC
	Via    Via
	Roles  Roles
	Groups []string // as the issuer names them; never recorded
	// As is the entry that admitted the principal, such as role:operator; see Admit. It is empty before, and for a
	// principal that was not authenticated.
	As string
	// Agent is the assistant or program that acts for the principal; nil if they act themselves.
	Agent *Agent
	// Expires is the time after which the authentication is no longer valid; zero if it does not end.
	Expires time.Time
}

// Agent is an assistant or a program that acts for a person (RFC 8693, section 4.1), or for itself.
type Agent struct {
	Issuer  string `json:"iss,omitempty"`
	Subject string `json:"sub"`
	Name    string `json:"name,omitempty"`
	// Chain are the subjects of those that acted before this agent, the latest first.
	Chain []string `json:"chain,omitempty"`
}

// Unproven returns the principal of a caller that was not authenticated. It has all roles.
func Unproven(actor string) Principal { return Principal{ID: actor, Via: ViaNone, Roles: AllRoles} }

// System returns the principal of the service itself, or of somebody who works on its database. It has all roles. The
// name is that of the operating system's user; it may be empty.
func System(actor, name string) Principal {
	return Principal{ID: SystemPrefix + actor, Name: name, Via: ViaSystem, Roles: AllRoles}
}

// IsProven reports whether the principal was authenticated.
func (p *Principal) IsProven() bool { return p.Via != ViaNone && p.Via != "" }

// IsAgent reports whether an assistant or a program acts.
func (p *Principal) IsAgent() bool { return p.Agent != nil }

// Key identifies the principal together with its agent. Receipts and limits belong to it. It is the ID unless there is
// an agent.
func (p *Principal) Key() string {
	if p.Agent == nil {
		return p.ID
	}
	return keyOf(p.ID, p.Agent.Issuer, p.Agent.Subject)
}

// Equal reports whether two principals are the same in everything that is recorded.
func (p *Principal) Equal(other *Principal) bool {
	a, b := p.Agent, other.Agent
	if (a == nil) != (b == nil) {
		return false
	}
	same := p.ID == other.ID && p.Name == other.Name && p.Issuer == other.Issuer && p.Via == other.Via && p.As == other.As
	return same && (a == nil || a.Issuer == b.Issuer && a.Subject == b.Subject && a.Name == b.Name &&
		slices.Equal(a.Chain, b.Chain))
}
