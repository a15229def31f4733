package access

import "strings"

// Role is a set of things that a principal may do. The set of roles is closed.
type Role uint8

// The roles.
const (
	Author   Role = iota // writes definitions
	Operator             // starts runs and works on them
	Reviewer             // looks at what was done, and at exceptions
	Auditor              // reads the trail of everything
	Admin                // manages definitions and runs, but does not work on them
	roles
)

var roleNames = [roles]string{"author", "operator", "reviewer", "auditor", "admin"}

// String returns the name of the role.
func (r Role) String() string { return roleNames[r] }

// ParseRole returns the role with the given name.
func ParseRole(name string) (Role, bool) {
	for r, n := range roleNames {
		if n == name {
			return Role(r), true
		}
	}
	return 0, false
}

// Roles is a set of roles. The zero value is the empty set.
type Roles uint8

// AllRoles is the set of all roles.
const AllRoles Roles = 1<<roles - 1

// RolesOf returns the set of the given roles.
func RolesOf(list ...Role) (s Roles) {
	for _, r := range list {
		s |= 1 << r
	}
	return s
}

// Has reports whether the set contains the role.
func (s Roles) Has(r Role) bool { return s&(1<<r) != 0 }

// Names returns the names of the roles in the set, in the order of their declaration.
func (s Roles) Names() []string {
	names := []string{}
	for r := range roles {
		if s.Has(r) {
			names = append(names, r.String())
		}
	}
	return names
}

// String returns the names of the roles, separated by commas.
func (s Roles) String() string { return strings.Join(s.Names(), ",") }
