package main

type auditCmd struct {
	Verify     verifyCmd     `cmd:"" help:"Check sequence, hashes and copies of every trail, and compare what the events say with the stored rows."`
	Export     exportCmd     `cmd:"" help:"Write every event, as a line of JSON or of a table."`
	Checkpoint checkpointCmd `cmd:"" help:"Sign where every trail ends that has changed since the last checkpoint."`
	Keygen     keygenCmd     `cmd:"" help:"Make a key that signs checkpoints."`
	Erase      eraseCmd      `cmd:"" help:"Remove the plain value of a sensitive slot; the trail records it and still verifies."`
}
