package run_test

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
)

// parseErasure parses the input of an erasure, and plans it from the trail of the scenario.
func (s *scenario) parseErasure(input string) run.Command {
	var in struct {
		Slots  []string
		Visit  int
		Places []commitment.Place
		Reason string
	}
	require.NoError(s.t, json.Unmarshal([]byte(input), &in, json.MatchCaseInsensitiveNames(true)), input)
	c := run.Erase{Reason: in.Reason}
	planner := encoding.NewErasurePlanner(s.run)
	for _, name := range in.Slots {
		step, slot, _ := strings.Cut(name, ".")
		c.Places = append(c.Places, run.ErasePlace{Step: step, Slot: slot, Visit: in.Visit})
	}
	for _, p := range in.Places {
		c.Places = append(c.Places, run.ErasePlace{Place: p})
	}
	for i, p := range c.Places {
		var named *audit.Event
		if p.Seq >= 1 && p.Seq <= int64(len(s.trail)) {
			named = &s.trail[p.Seq-1]
		}
		planner.Request(i, p, named)
	}
	for i := range s.trail {
		planner.Add(&s.trail[i])
	}
	c.Plan = planner.Plan()
	return c
}

// record seals an event into the trail of the scenario.
func (s *scenario) record(e run.Event) audit.Event {
	head := audit.Head{}
	if n := len(s.trail); n > 0 {
		head = s.trail[n-1].Head()
	}
	sealed := runtest.Sealed(s.t, s.run, head, e, s.secrets.Salt)
	s.trail = append(s.trail, sealed)
	return sealed
}

// removeErased removes from the trail every disclosure that is named by an erasure among the events. It requires that
// the remaining trail folds to the same run.
func (s *scenario) removeErased(events []run.Event) {
	for _, e := range events {
		erased, ok := e.Fact.(run.ContentErased)
		if !ok {
			continue
		}
		for _, p := range erased.Places {
			event := &s.trail[p.Seq-1]
			all, err := audit.ParseDisclosures(event.Disclosures)
			require.NoError(s.t, err)
			event.Disclosures = all.Without([]string{p.Pointer}).Text()
		}
		replay := encoding.NewReplay(s.run.Version, s.run.ID)
		for i := range s.trail {
			_, err := replay.Next(&s.trail[i])
			require.NoError(s.t, err)
		}
		require.Empty(s.t, projection.Differences(replay.Run, s.run))
	}
}
