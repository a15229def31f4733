package verify

import (
	"fmt"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run/encoding"
)

// Verify checks a bundle without a database: the definition's digest, the chain, whether the events can be replayed,
// and the checkpoint that the bundle holds.
func (b Bundle) Verify(language condition.Language, o Options, report func(audit.Finding)) Counts {
	counts := Counts{Runs: 1, Events: len(b.Events)}
	entity := audit.Run(b.RunID)
	find := func(seq int64, problem string) {
		report(audit.Finding{Entity: entity, Seq: seq, Problem: problem})
	}
	version, err := procedure.Compile(b.Version, b.Canonical, language)
	if err != nil {
		find(0, err.Error())
	} else if version.ID != b.Version.ID {
		find(0, fmt.Sprintf("the definition is that of procedure %s, not %s", version.ID, b.Version.ID))
	}
	if len(b.Events) == 0 {
		find(0, "no events")
	}
	chain, run := audit.Chain{Entity: entity}, runVerifier{replay: encoding.NewReplay(version, b.RunID)}
	if o.Rules && version != nil {
		run.rules = newRuleCheck(version, nil, func(seq int64, problem string) {
			report(audit.Finding{Entity: entity, Seq: seq, Problem: problem, Warning: true})
		})
	}
	for i := range b.Events {
		e := &b.Events[i]
		for _, f := range chain.Link(e, b.eventFlaws(i)) {
			report(f)
		}
		run.next(e, find)
	}
	if run.rules != nil {
		run.rules.end(chain.Head().Seq)
	}
	if b.Proof != nil || len(o.Kept) > 0 || len(o.Keys) > 0 {
		counts.Checkpoints = b.checkProof(o.Trust, find)
	}
	return counts
}

// checkProof compares the proof with the events, and its checkpoint with what is trusted. It returns the number of
// checkpoints checked.
func (b Bundle) checkProof(t Trust, find findFunc) int {
	if b.Proof == nil {
		find(0, "it holds no checkpoint")
		return 0
	}
	c, err := b.Proof.Check(audit.Run(b.RunID))
	if err != nil {
		find(0, "its checkpoint: "+err.Error())
		return 1
	}
	if n := b.Proof.Seq; n < 1 || n > int64(len(b.Events)) || b.Events[n-1].Hash != b.Proof.Hash {
		find(n, "it is not the event that the checkpoint covers")
	}
	kept, ok := t.Kept[c.Number]
	switch {
	case len(t.Kept) > 0 && !ok:
		find(0, fmt.Sprintf("its checkpoint, number %d, is not among the kept ones", c.Number))
	case ok && kept.Text() != c.Text():
		find(0, fmt.Sprintf("its checkpoint, number %d, differs from the kept one", c.Number))
	}
	if len(t.Keys) > 0 && !c.SignedBy(t.Keys) {
		find(0, fmt.Sprintf("its checkpoint, number %d, is not signed by a trusted key", c.Number))
	}
	return 1
}
