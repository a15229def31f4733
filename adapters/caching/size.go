package caching

import (
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Approximate sizes of values in memory, in bytes. The lengths of their texts are added to these.
const (
	runSize       = 600
	visitSize     = 250
	slotSize      = 130
	itemSize      = 90
	procedureSize = 300
)

// SizeOfRun returns roughly how many bytes a run takes in memory. Its definition is not counted, because all runs of a
// version share it.
func SizeOfRun(r app.RunRecord) int {
	size := runSize + len(r.Run.Metadata)
	for i := range r.Run.Steps {
		s := &r.Run.Steps[i]
		size += sizeOfVisit(&s.Visit)
		for j := range s.Earlier {
			size += sizeOfVisit(&s.Earlier[j])
		}
	}
	return size
}

func sizeOfVisit(v *run.Visit) int {
	size := visitSize + len(v.Reason) + len(v.Slots)*slotSize + len(v.Items)*itemSize
	for i := range v.Slots {
		size += len(v.Slots[i].Value.Text())
		for _, choice := range v.Slots[i].Value.List() {
			size += len(choice)
		}
	}
	return size
}

// SizeOfProcedure returns roughly how many bytes the record of a procedure takes in memory.
func SizeOfProcedure(r procedure.Record) int {
	return procedureSize + len(r.Name) + len(r.Description)
}

// SizeOfPage returns roughly how many bytes a page of procedures takes in memory.
func SizeOfPage(p Page) int {
	size := procedureSize
	for _, r := range p.Page.Items {
		size += SizeOfProcedure(r)
	}
	return size
}
