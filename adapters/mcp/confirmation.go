package mcp

import "context"

// confirmation says who commits the open step, and where.
type confirmation struct {
	By string  `json:"by"` // person or assistant
	At *string `json:"at"` // the address of the run in the console; nil if no console is offered
}

// confirmation returns who commits a step of a run, by what its definition allows assistants.
func (s *Server) confirmation(ctx context.Context, run, agents string) confirmation {
	c := confirmation{By: "person"}
	if s.Mode == Act && agents == mayCommit {
		c.By = "assistant"
	}
	if address := s.runAddress(ctx, run); address != "" {
		c.At = &address
	}
	return c
}

// runAddress returns the address of a run in the console, or an empty string if no console is offered.
func (s *Server) runAddress(ctx context.Context, run string) string {
	if s.Console == nil {
		return ""
	}
	console := s.Console(ctx)
	if console == "" {
		return ""
	}
	return console + "runs/" + run
}
