package access

import (
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/fault"
)

// Permission is something that a use case asks for. The set is closed, and each use case asks for exactly one.
type Permission uint8

// The permissions. The zero Permission is not among them.
const (
	_                Permission = iota
	Identify                    // learn who one is
	Read                        // read definitions, runs, and the trail, exceptions and verification of a run
	WriteDefinitions            // write, archive, lint and simulate definitions
	Work                        // start a run; check, draft, commit, skip and amend its steps
	Fail                        // end a run as failed
	Reveal                      // read a sensitive value
	ReadTrail                   // read the events of all entities, and exports
	TakeBundle                  // take everything that the verification of a run elsewhere needs
	Erase                       // erase typed values and texts
	permissions
)

// table holds the name of each permission and the roles that have it, in the order in which they are asked. The page
// docs/security.md shows the same table.
var table = [permissions]struct {
	name  string
	roles []Role
}{
	Identify:         {"identify", nil}, // every principal, also one without a role
	Read:             {"read", []Role{Operator, Reviewer, Auditor, Author, Admin}},
	WriteDefinitions: {"write_definitions", []Role{Author, Admin}},
	Work:             {"work", []Role{Operator}},
	Fail:             {"fail", []Role{Operator, Admin}},
	Reveal:           {"reveal", []Role{Operator, Reviewer}},
	ReadTrail:        {"read_trail", []Role{Reviewer, Auditor, Admin}},
	TakeBundle:       {"take_bundle", []Role{Reviewer, Auditor, Author, Admin}},
	Erase:            {"erase", []Role{Admin}},
}

// Permissions returns all permissions.
func Permissions() []Permission {
	all := make([]Permission, 0, permissions-1)
	for p := Identify; p < permissions; p++ {
		all = append(all, p)
	}
	return all
}

// ParsePermission returns the permission with the given name.
func ParsePermission(name string) (Permission, error) {
	for p := Identify; p < permissions; p++ {
		if table[p].name == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("%q is not a permission", name)
}

// String returns the name of the permission, as the contract has it under x-permission.
func (p Permission) String() string { return table[p].name }

// Roles returns the roles that have the permission. Identify needs no role.
func (p Permission) Roles() []Role { return slices.Clone(table[p].roles) }

// Denied is the code of the error of a principal without the permission.
const Denied = "access.denied"

// Admit returns the principal with the entry that admits them. It returns fault.Forbidden with code Denied if none of
// their roles has the permission.
func (p Principal) Admit(to Permission) (Principal, error) {
	switch {
	case p.Via == "":
		return p, denied(to)
	case to == Identify:
		return p, nil
	case p.Via == ViaSystem:
		p.As = "" // who works on the database needs no role
		return p, nil
	}
	for _, r := range table[to].roles {
		if !p.Roles.Has(r) {
			continue
		}
		if p.IsProven() {
			p.As = admittedAs[r]
		}
		return p, nil
	}
	return p, denied(to)
}

// admittedAs holds the entries of the roles, so that none is put together at each request.
var admittedAs = func() (entries [roles]string) {
	for r := range roles {
		entries[r] = RolePrefix + r.String()
	}
	return entries
}()

// RolePrefix precedes the name of a role in an entry that admits principals.
const RolePrefix = "role:"

// Admits reports whether an entry that admitted a principal, such as role:operator, has the permission.
func (p Permission) Admits(entry string) bool {
	return slices.ContainsFunc(table[p].roles, func(r Role) bool { return admittedAs[r] == entry })
}

func denied(to Permission) error {
	return fault.New(fault.Forbidden, Denied, fault.Params{"permission": to.String()})
}
