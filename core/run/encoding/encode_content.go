package encoding

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// contentMembers are members that only some payloads with content have.
type contentMembers struct {
	conditions  []run.ConditionResult
	divergences []run.Divergence
	reason      string
}

// content writes a payload with the content of a visit.
func (w *Encoder) content(c *run.Content, more contentMembers) {
	def := &w.version.Steps[c.Step]
	w.texts("applicable", c.ApplicableFields(def))
	w.ticks(c.Ticks)
	w.conditions(more.conditions)
	w.divergences(more.divergences)
	w.texts("not_applicable", c.InapplicableFields(def))
	w.entries(def, c.Slots, more.reason)
	w.visit(c.Step, c.Visit)
}

func (w *Encoder) ticks(ticks []checklist.Tick) {
	if len(ticks) == 0 {
		return
	}
	w.name("checklist")
	w.out = append(w.out, '[')
	for i := range ticks {
		w.comma('[')
		w.open()
		w.boolean("completed", ticks[i].Completed)
		w.name("key")
		w.quote(ticks[i].Key)
		w.close()
	}
	w.out = append(w.out, ']')
}

// entries writes the origins, the reason and the values of a content. Manual origins are left out.
func (w *Encoder) entries(def *procedure.Step, entries []run.Entry, reason string) {
	var buffer [16]*run.Entry
	sorted, origins := buffer[:0], false
	for i := range entries {
		e := &entries[i]
		sorted, origins = append(sorted, e), origins || hasOrigin(e)
	}
	slices.SortFunc(sorted, func(a, b *run.Entry) int {
		return cmp.Compare(def.Slots[a.Slot].Name, def.Slots[b.Slot].Name)
	})
	if origins {
		w.name("origins")
		w.open()
		for _, e := range sorted {
			if hasOrigin(e) {
				w.key(def.Slots[e.Slot].Name)
				w.quote(string(e.Origin))
			}
		}
		w.close()
	}
	w.typedText("reason", reason)
	if len(sorted) == 0 {
		return
	}
	w.name("slots")
	w.open()
	for i, e := range sorted {
		if i > 0 && sorted[i-1].Slot == e.Slot {
			w.fail(fmt.Errorf("encoding: two values of slot %d", e.Slot))
		}
		w.key(def.Slots[e.Slot].Name)
		w.slotValue(def.Slots[e.Slot].Name, e.Value)
	}
	w.close()
}

func hasOrigin(e *run.Entry) bool { return e.Origin != slot.Manual && e.Origin != "" }

// slotValue writes a value of a slot. A seal and null are written without a commitment, because they reveal nothing.
func (w *Encoder) slotValue(name string, value slot.Value) {
	if value.IsAbsent() || value.Shape() == slot.SealedShape {
		w.out = value.AppendCanonical(w.out)
		return
	}
	w.placeAt("slots")
	w.placeIn(name)
	w.value = value.AppendCanonical(w.value[:0])
	w.commit()
}
