package simulation

// Plant is a fault of the store, the cache or their use that a simulation can have, to show that the invariants find
// it.
type Plant string

// The planted faults.
const (
	Nothing         Plant = ""
	LostBatch       Plant = "a lost batch"           // a change is acknowledged and not written
	StaleRead       Plant = "a stale read"           // a cached run is returned without asking for its head
	DoubleReceipt   Plant = "a double receipt"       // a receipt is not found, and is written over
	TornAppend      Plant = "a torn append"          // half of the events are written, or events without rows
	LostUpdate      Plant = "a lost update"          // a change is written although the run has moved
	ClockBack       Plant = "a clock that goes back" // the time of the last event is not read
	SilentRefusal   Plant = "a silent refusal"       // a refused command is not recorded
	PlainSecret     Plant = "a secret in the trail"  // a sensitive value is written as it was typed
	ForgottenAnswer Plant = "a forgotten answer"     // a repeat shows the present state, not the one of the first answer
)

// Plants are all faults that can be planted.
var Plants = []Plant{
	LostBatch, StaleRead, DoubleReceipt, TornAppend, LostUpdate, ClockBack, SilentRefusal, PlainSecret, ForgottenAnswer,
}
