package caching

import (
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// What things take in memory beside their texts, in bytes, roughly: enough for a bound to mean something.
const (
	runWeight       = 600
	stepWeight      = 250
	heldWeight      = 130
	itemWeight      = 90
	procedureWeight = 300
)

// WeighRun tells about how many bytes a run takes in memory. Its definition is kept elsewhere, once for all.
func WeighRun(r app.RunRecord) int {
	weight := runWeight + len(r.Run.Metadata)
	for i := range r.Run.Steps {
		s := &r.Run.Steps[i]
		weight += stepWeight + weighPassage(&s.Visit)
		for j := range s.Earlier {
			weight += stepWeight + weighPassage(&s.Earlier[j])
		}
	}
	return weight
}

func weighPassage(p *run.Visit) int {
	weight := len(p.Reason) + len(p.Slots)*heldWeight + len(p.Items)*itemWeight
	for i := range p.Slots {
		weight += len(p.Slots[i].Value.Text())
		for _, choice := range p.Slots[i].Value.List() {
			weight += len(choice)
		}
	}
	return weight
}

// WeighProcedure tells about how many bytes a procedure's record takes in memory.
func WeighProcedure(r procedure.Record) int {
	return procedureWeight + len(r.Name) + len(r.Description)
}

// WeighPage tells about how many bytes a page of procedures takes in memory.
func WeighPage(p Page) int {
	weight := procedureWeight
	for _, r := range p.Records {
		weight += WeighProcedure(r)
	}
	return weight
}
