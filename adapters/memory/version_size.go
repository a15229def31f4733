package memory

import "github.com/procedo/procedo/core/procedure"

// What the parts of a compiled version take in memory, in bytes, measured (TestTheSizeOfAVersionIsItsMemory). Their
// texts come on top: they are kept twice, in the canonical document as well.
const (
	stepSize      = 400
	slotSize      = 550
	optionSize    = 100
	itemSize      = 200
	conditionSize = 1 << 10
	scopeSize     = 7 << 10  // what the conditions of one step can read
	languageSize  = 72 << 10 // what all conditions of a version share
)

// sizeOf returns roughly how many bytes a compiled version takes in memory.
func sizeOf(v *procedure.Version) int {
	size := 2 * len(v.Canonical())
	if v.Conditional {
		size += languageSize
	}
	for i := range v.Steps {
		step := &v.Steps[i]
		conditions := countConditions(step)
		size += stepSize + len(step.Items)*itemSize + conditions*conditionSize
		if conditions > 0 {
			size += scopeSize
		}
		for j := range step.Slots {
			size += slotSize + len(step.Slots[j].Options)*optionSize
		}
	}
	return size
}

// countConditions returns the number of conditions and rules of a step.
func countConditions(step *procedure.Step) int {
	count := len(step.Transitions) + len(step.Rules)
	if step.When != nil {
		count++
	}
	for i := range step.Slots {
		if step.Slots[i].When != nil {
			count++
		}
		if step.Slots[i].RequiredWhen != nil {
			count++
		}
	}
	for i := range step.Items {
		if step.Items[i].When != nil {
			count++
		}
	}
	return count
}
