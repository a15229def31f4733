package main

type auditCmd struct {
	Verify     verifyCmd     `cmd:"" help:"Check every trail, and compare the stored rows with the events."`
	Export     exportCmd     `cmd:"" help:"Write every event, as JSON Lines or CSV."`
	Checkpoint checkpointCmd `cmd:"" help:"Sign the head of every trail that has changed since the last checkpoint."`
	Keygen     keygenCmd     `cmd:"" help:"Generate a key to sign checkpoints with."`
	Erase      eraseCmd      `cmd:"" help:"Erase the value of a sensitive slot; the trail records it and still verifies."`
}
