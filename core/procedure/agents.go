package procedure

import "github.com/procedo/procedo/core/fault"

// Agents is the value of a step's member agents: what an assistant or a program may do with the step. It restricts
// nobody else. The zero Agents is AgentsCommit.
type Agents uint8

// The values of agents.
const (
	AgentsCommit Agents = iota // everything that a person with the same role may do; the default
	AgentsDraft                // save drafts and check a commit
	AgentsNone                 // only read
)

var agentsNames = []string{AgentsCommit: "commit", AgentsDraft: "draft", AgentsNone: "none"}

func (a Agents) String() string { return agentsNames[a] }

// Allow reports whether an agent may do what needs the given value: AgentsDraft to save a draft or to check a commit,
// AgentsCommit for all else that changes a run or shows a sensitive value.
func (a Agents) Allow(need Agents) bool { return a <= need }

// agents reads the member agents. An unknown value allows nothing.
func (o object) agents() Agents {
	text := o.text("agents")
	if text == "" {
		return AgentsCommit
	}
	for _, a := range []Agents{AgentsCommit, AgentsDraft, AgentsNone} {
		if a.String() == text {
			return a
		}
	}
	o.find("agents", "unknown_value", fault.Params{"allowed": agentsNames})
	return AgentsNone
}
