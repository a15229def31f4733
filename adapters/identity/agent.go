package identity

import (
	"strings"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/jsondoc"
)

// maxActors is the maximum depth of the claim act: the agent, and those that acted before it.
const maxActors = 4

// readAgent returns the agent that acts for the subject of a token: the claim act (RFC 8693, section 4.1). It returns
// nil if the subject acts without an agent.
func readAgent(issuer string, act *jsondoc.Node) (*access.Agent, error) {
	if act == nil {
		return nil, nil
	}
	var agent access.Agent
	for depth := 1; act != nil; depth++ {
		if depth > maxActors {
			return nil, invalid("the claim act has more than %d levels", maxActors)
		}
		if act.Kind != jsondoc.Object {
			return nil, invalid("the claim act is not an object")
		}
		subject, ok := identifierOf(act.Get("sub"))
		if !ok {
			return nil, invalid("the subject of the claim act is not a single line of visible characters")
		}
		if depth > 1 {
			agent.Chain = append(agent.Chain, subject)
		} else {
			agent.Issuer, agent.Subject, agent.Name = issuer, subject, nameOf(act.Get("name"))
			if iss := act.Get("iss"); iss != nil {
				if agent.Issuer, ok = identifierOf(iss); !ok {
					return nil, invalid("the issuer of the claim act is not a single line of visible characters")
				}
			}
		}
		act = act.Get("act")
	}
	return &agent, nil
}

// identifierOf returns the text of a string that is an identifier, and whether it is one.
func identifierOf(n *jsondoc.Node) (string, bool) {
	text, ok := lineOf(n)
	return text, ok && isIdentifier(text)
}

// lineOf returns the text of a string that is a single line, and whether it is one.
func lineOf(n *jsondoc.Node) (string, bool) {
	if n == nil || n.Kind != jsondoc.String || !isSingleLine(n.Text) {
		return "", false
	}
	return strings.Clone(n.Text), true
}

// nameOf returns a name as a single line. It returns an empty text if there is none, or something else than a string.
func nameOf(n *jsondoc.Node) string {
	if n == nil || n.Kind != jsondoc.String {
		return ""
	}
	return oneLine(n.Text)
}
