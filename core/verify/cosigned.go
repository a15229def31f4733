package verify

import "github.com/procedo/procedo/core/audit"

// Cosigned is the last checkpoint that trusted witnesses have cosigned.
type Cosigned struct {
	Number int64
	By     []audit.Cosignature // at least one
	Later  int64               // number of checkpoints after it
}

// cosignatures verifies the cosignatures of trusted witnesses under a note. It calls addFinding for those that are not
// valid.
func (t Trust) cosignatures(n audit.StoredNote, addFinding func(audit.Problem)) []audit.Cosignature {
	valid, invalid := audit.Cosignatures(n.Note, t.Witnesses)
	for _, name := range invalid {
		addFinding(audit.Wrong("cosignature", "name", name))
	}
	return valid
}
