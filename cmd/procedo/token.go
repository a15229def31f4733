package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
)

type tokenCmd struct {
	Name     string   `arg:"" help:"Name of the token: the actor is token:NAME."`
	Roles    []string `help:"Roles, separated by commas; without any, the token may do nothing." placeholder:"ROLE"`
	Groups   []string `help:"Groups, separated by commas." placeholder:"NAME"`
	NotAfter string   `help:"Time from which the token is refused, such as 2030-01-31T18:00:00Z." placeholder:"TIME"`
	Agent    bool     `help:"The token is for an assistant: its values have the origin agent."`
}

// Help is shown by --help below the summary.
func (tokenCmd) Help() string {
	return "It prints the token, which cannot be shown again, and below it the entry for the file of serve --tokens. " +
		"The entry has only the SHA-256 of the token. Nothing is stored. " +
		"The file is a JSON array of such entries; serve reads it again on SIGHUP."
}

// entry is an entry of the token file.
type entry struct {
	Name     string   `json:"name"`
	SHA256   string   `json:"sha256"`
	Roles    []string `json:"roles"`
	Groups   []string `json:"groups,omitempty"`
	NotAfter string   `json:"not_after,omitempty"`
	Agent    bool     `json:"agent,omitzero"`
}

// Run prints a new API token and the entry for it.
func (c tokenCmd) Run(_ context.Context, m *Main) error {
	if !identity.NameForm.MatchString(c.Name) {
		return failure("token_name", fault.Params{"given": c.Name})
	}
	for _, name := range c.Roles {
		if _, ok := access.ParseRole(name); !ok {
			return failure("token_role", fault.Params{"given": name, "allowed": access.AllRoles.String()})
		}
	}
	if end, err := time.Parse(time.RFC3339, c.NotAfter); c.NotAfter != "" && (err != nil || !end.After(time.Now())) {
		return failure("token_time", fault.Params{"given": c.NotAfter})
	}
	secret, digest := identity.NewSecret()
	text, err := json.Marshal(entry{
		Name: c.Name, SHA256: digest, Roles: c.Roles, Groups: c.Groups, NotAfter: c.NotAfter, Agent: c.Agent,
	})
	if err != nil {
		return err
	}
	if err := identity.CheckEntry(text); err != nil {
		return identityFailure(err)
	}
	m.warn(say("token_made", fault.Params{"name": c.Name}))
	_, err = fmt.Fprintf(m.data(), "%s\n%s\n", secret, text)
	return err
}
