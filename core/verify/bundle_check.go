package verify

import (
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run/encoding"
)

// Verify checks a bundle without a database: the digest of the definition, the hash chain and the checkpoint. It also
// replays the events. A bundle need not disclose everything; Verify counts what is withheld.
func (b Bundle) Verify(language condition.Language, o Options, report func(audit.Finding)) Counts {
	counts := Counts{Runs: 1, Events: len(b.Events)}
	entity := audit.Run(b.RunID)
	addFinding := func(seq int64, problem audit.Problem) {
		report(audit.Finding{Entity: entity, Seq: seq, Problem: problem})
	}
	version, err := procedure.Compile(b.version(), b.Canonical, language)
	if err != nil {
		addFinding(0, audit.Wrong("definition", "cause", err.Error()))
	} else if version.ID != b.Version.ID {
		addFinding(0, audit.Wrong("definition_of_other", "procedure", version.ID, "expected", b.Version.ID))
	}
	if len(b.Events) == 0 {
		addFinding(0, audit.Wrong("no_events"))
	}
	chain, run := audit.Chain{Entity: entity}, runVerifier{replay: encoding.NewReplay(version, b.RunID)}
	if o.Rules && version != nil {
		run.rules = newRuleCheck(version, nil, func(seq int64, problem audit.Problem) {
			report(audit.Finding{Entity: entity, Seq: seq, Problem: problem, Warning: true})
		})
	}
	var disclosures disclosureCheck
	var times timeCheck
	for i := range b.Events {
		e := &b.Events[i]
		checked := b.check(i)
		for _, f := range chain.Link(e, checked.Flaws) {
			report(f)
		}
		run.next(e, checked.Opened, addFinding)
		disclosures.next(e, checked, addFinding)
		times.next(e, checked.Version, checkpointTime{}, report)
	}
	counts.Withheld, counts.Erased = disclosures.end(addFinding)
	counts.Unread = run.unread
	if run.rules != nil {
		run.rules.end(chain.Head().Seq)
	}
	if b.Proof != nil || !o.Kept.Empty() || len(o.Keys)+len(o.Witnesses) > 0 {
		counts.Checkpoints, counts.Cosigned = b.checkProof(o.Trust, addFinding)
	}
	counts.Unsigned = len(b.Events)
	if p := b.Proof; p != nil && b.hasEvent(p.Head) {
		if _, err := p.Check(audit.Run(b.RunID)); err == nil {
			counts.Unsigned -= int(p.Seq)
		}
	}
	return counts
}

// version returns the record of the run's version. It takes the meaning of the conditions from the trail.
func (b Bundle) version() procedure.VersionRecord {
	rec := b.Version
	if len(b.Events) > 0 {
		rec.Meaning = encoding.MeaningOf(&b.Events[0])
	}
	return rec
}

// hasEvent reports whether the bundle has the event of a head.
func (b Bundle) hasEvent(h audit.Head) bool {
	return h.Seq >= 1 && h.Seq <= int64(len(b.Events)) && b.Events[h.Seq-1].Hash == h.Hash
}

// checkProof verifies the proof. It compares the proof with the events, and the checkpoint with the kept checkpoints
// and trusted keys. It returns the number of checkpoints checked, and the checkpoint if a trusted witness has cosigned
// it.
func (b Bundle) checkProof(t Trust, addFinding findingFunc) (count int, cosigned Cosigned) {
	if b.Proof == nil {
		addFinding(0, audit.Wrong("no_checkpoint"))
		return 0, cosigned
	}
	c, err := b.Proof.Check(audit.Run(b.RunID))
	if err != nil {
		addFinding(0, audit.Wrong("checkpoint_invalid", "what", audit.ProblemOf(err, "cause")))
		return 1, cosigned
	}
	if n := b.Proof.Seq; !b.hasEvent(b.Proof.Head) {
		addFinding(n, audit.Wrong("covered_event_missing"))
	}
	switch {
	case t.Kept.differs(c):
		addFinding(0, audit.Wrong("differs_from_kept", "number", c.Number))
	case !t.Kept.Empty() && !t.Kept.holds(c):
		addFinding(0, audit.Wrong("not_kept", "number", c.Number))
	}
	if len(t.Keys) > 0 && !c.SignedBy(t.Keys) {
		addFinding(0, audit.Wrong("not_trusted", "number", c.Number))
	}
	by := t.cosignatures(b.Proof.Checkpoint, func(problem audit.Problem) {
		addFinding(0, audit.Wrong("about_checkpoint", "number", c.Number, "what", problem))
	})
	if len(by) > 0 {
		cosigned = Cosigned{Number: c.Number, By: by}
	} else if len(t.Witnesses) > 0 {
		addFinding(0, audit.Wrong("not_cosigned", "number", c.Number))
	}
	return 1, cosigned
}
