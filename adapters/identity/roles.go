package identity

import (
	"strings"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
)

// RoleMap says which roles the names in the claims of a token stand for.
type RoleMap map[string]access.Roles

// ParseRoleMap parses entries such as operator=grp-a,grp-b: a role, and the names that stand for it. It returns nil if
// there are none.
func ParseRoleMap(entries []string) (RoleMap, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	m := RoleMap{}
	for _, entry := range entries {
		role, names, ok := strings.Cut(entry, "=")
		if !ok {
			return nil, refuse(BadRoleMap, fault.Params{"given": entry})
		}
		r, ok := access.ParseRole(strings.TrimSpace(role))
		if !ok {
			return nil, refuse(UnknownRole, fault.Params{"given": role, "allowed": access.AllRoles.String()})
		}
		for name := range strings.SplitSeq(names, ",") {
			if name = strings.TrimSpace(name); name == "" {
				return nil, refuse(BadRoleMap, fault.Params{"given": entry})
			}
			m[name] |= access.RolesOf(r)
		}
	}
	return m, nil
}

// roles returns the roles of a principal with the given roles and groups of the claims.
func (m RoleMap) roles(roles, groups []string) (set access.Roles) {
	if m == nil {
		for _, name := range roles {
			if r, ok := access.ParseRole(name); ok {
				set |= access.RolesOf(r)
			}
		}
		return set
	}
	for _, name := range roles {
		set |= m[name]
	}
	for _, name := range groups {
		set |= m[name]
	}
	return set
}
