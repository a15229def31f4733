package main

import (
	"context"
	"time"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// maxPause is the longest time between two attempts to reach a server.
const maxPause = 5 * time.Second

// waitingAt makes a client repeat requests until the server answers, and tell the person at the console about it.
func waitingAt(console terminal.Console) procedo.Option {
	wait := func(ctx context.Context, attempt int, err error) error {
		if attempt == 0 {
			terminal.Say(console, say("server_away", fault.Params{"reason": unavailableReason(err)}))
			if err := console.Wait(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(time.Duration(attempt+1)*time.Second/2, maxPause)):
			return nil
		}
	}
	return procedo.WithWait(wait, func() error {
		discarded, err := console.Resume()
		terminal.Say(console, say("server_back", nil))
		if discarded {
			terminal.Say(console, say("typed_discarded", nil))
		}
		return err
	})
}
