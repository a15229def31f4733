package identity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/fault"
)

// Error says what is wrong with a setting, or with the file of API tokens. The command line has a text for each Reason.
type Error struct {
	Reason string
	Params fault.Params
}

// The reasons of errors.
const (
	// Settings.
	BadAlias        = "alias"
	DuplicateIssuer = "duplicate_issuer"
	BadIssuer       = "issuer"
	MissingAudience = "audience_missing"
	BadType         = "typ"
	BadPointer      = "pointer"
	BadRoleMap      = "role_map"
	NeedsIssuer     = "needs_issuer"
	UnknownRole     = "role"
	// The file of API tokens.
	BadFile          = "file"
	BadEntry         = "entry"
	UnknownMember    = "member"
	MissingMember    = "member_missing"
	BadMember        = "member_value"
	DuplicateName    = "duplicate_name"
	DuplicateDigest  = "duplicate_sha256"
	UnknownEntryRole = "entry_role"
)

// Reasons returns all reasons.
func Reasons() []string {
	return []string{
		BadAlias, DuplicateIssuer, BadIssuer, MissingAudience, BadType, BadPointer, BadRoleMap, NeedsIssuer, UnknownRole,
		BadFile, BadEntry, UnknownMember, MissingMember, BadMember, DuplicateName, DuplicateDigest, UnknownEntryRole,
	}
}

// Error returns the error as the log shows it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("authentication: " + e.Reason)
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%q", name, fmt.Sprint(e.Params[name]))
	}
	return b.String()
}

func refuse(reason string, params fault.Params) error { return &Error{Reason: reason, Params: params} }
