package verify

import (
	"cmp"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run/encoding"
)

// disclosureCheck compares the commitments without a disclosure with the erasures in the trail of one entity.
type disclosureCheck struct {
	hidden      map[commitment.Place]struct{} // commitments without a disclosure
	erased      map[commitment.Place]struct{} // places that erasures name
	restored    map[commitment.Place]struct{} // places that repeated events disclose
	lastVersion int64                         // version of the hashed form of the last event
}

// next adds an event that has been opened. Once a trail has an event of version 2 of the hashed form, it cannot have an
// event of version 1.
func (c *disclosureCheck) next(e *audit.Event, checked audit.Checked, addFinding findingFunc) {
	o := checked.Opened
	if o.Version < c.lastVersion {
		addFinding(e.Seq, audit.Wrong("older_form"))
	}
	c.lastVersion = o.Version
	checkForm(e, checked, addFinding)
	for _, pointer := range o.Hidden {
		add(&c.hidden, commitment.Place{Seq: e.Seq, Pointer: pointer})
	}
	for _, place := range encoding.ErasedPlaces(e.Action, o) {
		add(&c.erased, place)
	}
}

// repeat adds an event whose sequence number was read before. It may disclose what the first one hides.
func (c *disclosureCheck) repeat(e *audit.Event, checked audit.Checked, addFinding findingFunc) {
	checkForm(e, checked, addFinding)
	disclosures, _ := audit.ParseDisclosures(e.Disclosures) // an error is a flaw that audit.Checker has found
	for _, d := range disclosures {
		add(&c.restored, commitment.Place{Seq: e.Seq, Pointer: d.Place})
	}
}

// checkForm reports a payload or a disclosed value that is not in RFC 8785 form. Its hash says nothing about that.
func checkForm(e *audit.Event, checked audit.Checked, addFinding findingFunc) {
	// An empty payload means that the canonical bytes cannot be read, which is a flaw that audit.Checker has found.
	if len(checked.Payload) == 0 || isCanonical(checked.Payload) {
		return
	}
	problem := audit.Wrong("not_canonical")
	if !slices.ContainsFunc(checked.Flaws, func(p audit.Problem) bool { return p.Code == problem.Code }) {
		addFinding(e.Seq, problem)
	}
}

func add(places *map[commitment.Place]struct{}, p commitment.Place) {
	if *places == nil {
		*places = map[commitment.Place]struct{}{}
	}
	(*places)[p] = struct{}{}
}

// end reports disclosures that are still present although they were erased, and returns those that are missing without
// an erasure. The number erased counts the places that are missing because of an erasure.
func (c *disclosureCheck) end(stillPresent findingFunc) (missing []commitment.Place, erased int) {
	for _, p := range sorted(c.hidden) {
		if _, named := c.erased[p]; named {
			if _, restored := c.restored[p]; !restored {
				erased++
			}
		} else {
			missing = append(missing, p)
		}
	}
	for _, p := range sorted(c.erased) {
		_, hidden := c.hidden[p]
		if _, restored := c.restored[p]; !hidden || restored {
			stillPresent(p.Seq, audit.Wrong("still_present", "place", p.Pointer))
		}
	}
	return missing, erased
}

// reportMissing adds a finding for each missing disclosure.
func reportMissing(missing []commitment.Place, addFinding findingFunc) {
	for _, p := range missing {
		addFinding(p.Seq, audit.Wrong("disclosure_missing", "place", p.Pointer))
	}
}

func sorted(places map[commitment.Place]struct{}) []commitment.Place {
	return slices.SortedFunc(maps.Keys(places), func(a, b commitment.Place) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Pointer, b.Pointer))
	})
}
