package main

type auditCmd struct {
	Verify     verifyCmd     `cmd:"" help:"Check every trail, and compare the stored rows with the events."`
	Export     exportCmd     `cmd:"" help:"Write every event, as JSON Lines or CSV."`
	Checkpoint checkpointCmd `cmd:"" help:"Sign the head of every trail that has changed since the last checkpoint."`
	Keygen     keygenCmd     `cmd:"" help:"Generate a key to sign checkpoints with."`
	Erase      eraseCmd      `cmd:"" help:"Erase what somebody typed from a run; the trail records it and still verifies."`
	Withhold   withholdCmd   `cmd:"" help:"Write a bundle without a part of what somebody typed; it still verifies."`
}
