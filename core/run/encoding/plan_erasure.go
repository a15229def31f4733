package encoding

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// NothingToErase is the code of an issue about a requested place that has no text or value to erase.
const NothingToErase = "validation.nothing_to_erase"

// requestID is the place of the request id in every payload; see audit.Seal.
const requestID = "/request_id"

// isRepeated reports whether the text at a place of an event stands in further events at the same place. All events of
// a request have the same id and name the same person and agent.
func isRepeated(place string) bool { return place == requestID || audit.IsNameOfPrincipal(place) }

// ErasurePlanner works out what an erasure removes: besides the requested values and texts, every copy of them in the
// trail. Call Request for each requested place, then Add for each event of the run's trail in order, and then Plan.
type ErasurePlanner struct {
	run    run.Run
	slots  []*erasedSlot
	texts  map[run.ErasedTarget]bool // requested texts of the run's state
	places map[commitment.Place]bool // other requested places
	// repeated are the requested texts that further events may repeat: the place, a space, and the text as JSON.
	repeated []string
	reasons  []string // requested reasons; refused attempts with the same reason are copies
	plan     run.ErasePlan
}

// erasedSlot is a slot whose values are erased in some visits.
type erasedSlot struct {
	field      string // field of the request, for issues
	step, slot int
	name       string // STEP.NAME, as conditions name it
	visits     []int  // empty: all visits
	values     []string
	found      bool
}

func (s *erasedSlot) covers(visit int) bool {
	return len(s.visits) == 0 || slices.Contains(s.visits, visit)
}

// NewErasurePlanner returns a planner for a run in its present state.
func NewErasurePlanner(r run.Run) *ErasurePlanner {
	return &ErasurePlanner{
		run: r, texts: map[run.ErasedTarget]bool{}, places: map[commitment.Place]bool{},
	}
}

// Request adds one place of an erasure, which is at the given index of the request. e is the event that the place
// names; it is nil for a slot, and for an event that the run does not have.
func (p *ErasurePlanner) Request(index int, place run.ErasePlace, e *audit.Event) {
	field := "places." + strconv.Itoa(index)
	ok := false
	switch {
	case place.Slot != "":
		ok = p.addSlot(field, place.Step, place.Slot, place.Visit)
	case e != nil:
		ok = p.addPlace(field, place.Pointer, e)
	}
	if !ok {
		p.plan.Issues.Add(fault.Issue{Field: field, Code: NothingToErase})
	}
}

func (p *ErasurePlanner) addSlot(field, step, name string, visit int) bool {
	i, ok := p.run.Version.StepIndex(step)
	if !ok {
		return false
	}
	j, ok := p.run.Version.Steps[i].SlotIndex(name)
	if !ok {
		return false
	}
	s := &erasedSlot{field: field, step: i, slot: j, name: step + "." + name}
	if visit != 0 {
		s.visits = []int{visit}
	}
	p.slots = append(p.slots, s)
	return true
}

// eventHead holds the members of a payload that tell the step, the visit, and the slots whose values were carried into
// it.
type eventHead struct {
	Step    typed    `json:"step"`
	Visit   int      `json:"visit"`
	Carried []string `json:"carried"`

	Slots map[string]jsontext.Value `json:"slots"`
}

// isSealed reports whether a place holds the seal of a sensitive value.
func (h eventHead) isSealed(place string) bool {
	name, ok := strings.CutPrefix(place, "/slots/")
	return ok && strings.HasPrefix(string(h.Slots[unescape(name)]), sealStart)
}

// sealStart is how the seal of a sensitive value begins in a payload.
const sealStart = `{"sealed":`

func headOf(o audit.Opened) (h eventHead) {
	_ = json.Unmarshal(o.Payload, &h) // a payload that cannot be read has nothing to erase
	return h
}

// addPlace adds a place of an event. If the place holds a value of a slot or of the metadata, it adds the slot or the
// metadata instead, so that all copies are erased. It returns false if the event has nothing at the place.
func (p *ErasurePlanner) addPlace(field, pointer string, e *audit.Event) bool {
	o := e.Open()
	head := headOf(o)
	all := typedIn(e, o)
	at := all.Find(pointer)
	if at < 0 && !o.IsHidden(pointer) && !head.isSealed(pointer) {
		return false
	}
	if at >= 0 && pointer == reasonPlace {
		p.reasons = append(p.reasons, string(all[at].Value))
	}
	if name, ok := strings.CutPrefix(pointer, "/slots/"); ok {
		return p.addSlot(field, head.Step.text(), unescape(name), head.Visit)
	}
	if name, ok := readPlace(pointer); ok {
		return p.addRead(field, name)
	}
	if t, ok := p.textAt(e.Action, pointer, head); ok {
		p.texts[t] = true
		return true
	}
	place := commitment.Place{Seq: e.Seq, Pointer: pointer}
	if o.IsHidden(pointer) {
		p.places[place] = true // it was erased before; there is nothing left to remove
		return true
	}
	if isRepeated(pointer) {
		p.repeated = append(p.repeated, pointer+" "+string(all[at].Value))
	}
	p.places[place] = true
	return true
}

// addRead adds what a condition has read under a name.
func (p *ErasurePlanner) addRead(field, name string) bool {
	step, slot, isSlot := p.run.Version.SlotNamed(name)
	if isSlot {
		def := &p.run.Version.Steps[step]
		p.addSlot(field, def.Key, def.Slots[slot].Name, 0)
	}
	if !p.mayBeMetadata(name, isSlot) {
		return isSlot
	}
	p.texts[run.ErasedTarget{Text: run.ErasedMetadata}] = true
	return true
}

// mayBeMetadata reports whether a condition may have read the metadata under a name: not if a slot has the name and the
// run has no such member.
func (p *ErasurePlanner) mayBeMetadata(name string, isSlot bool) bool {
	member, ok := run.MetadataMember(name)
	return ok && (!isSlot || p.run.MayHaveMember(member))
}

// textAt returns the text of the run's state that an event recorded at a place. It returns false if the place has none.
func (p *ErasurePlanner) textAt(action, pointer string, head eventHead) (t run.ErasedTarget, ok bool) {
	switch {
	case action == string(run.ActionCreated) && pointer == "/reference":
		return run.ErasedTarget{Text: run.ErasedReference}, true
	case action == string(run.ActionCreated) && pointer == "/user_id":
		return run.ErasedTarget{Text: run.ErasedUserID}, true
	case action == string(run.ActionCreated) && pointer == "/metadata":
		return run.ErasedTarget{Text: run.ErasedMetadata}, true
	case action == string(run.ActionFailed) && pointer == "/reason":
		return run.ErasedTarget{Text: run.ErasedFailureReason}, true
	case action == string(run.ActionSkipped) && pointer == "/reason":
		i, known := p.run.Version.StepIndex(head.Step.text())
		return run.ErasedTarget{Text: run.ErasedSkipReason, Step: i, Visit: head.Visit}, known
	}
	return t, false
}

// Add adds the next event of the trail.
func (p *ErasurePlanner) Add(e *audit.Event) {
	o := e.Open()
	head := headOf(o)
	for _, s := range p.slots {
		if p.run.Version.Steps[s.step].Key == head.Step.text() && len(s.visits) > 0 &&
			slices.Contains(head.Carried, p.run.Version.Steps[s.step].Slots[s.slot].Name) && s.covers(head.Visit-1) {
			s.visits = append(s.visits, head.Visit)
		}
	}
	for _, pointer := range p.erasedIn(e, head, typedIn(e, o)) {
		place := commitment.Place{Seq: e.Seq, Pointer: pointer}
		if o.Version == 1 {
			p.plan.Kept = append(p.plan.Kept, place)
		} else {
			p.plan.Places = append(p.plan.Places, place)
		}
	}
}

// erasedIn returns the places of an event whose typed values are erased, in sorted order. The values of slots are
// looked at first, because the conditions of the same event may have read them, and the names in a refused input last,
// because they are erased together with the input.
func (p *ErasurePlanner) erasedIn(e *audit.Event, head eventHead, all audit.Disclosures) (pointers []string) {
	input := false
	for pass := range 3 {
		for _, d := range all {
			if passOf(d.Place) != pass {
				continue
			}
			if p.erases(e, head, d) || pass == namesPass && input {
				pointers = append(pointers, d.Place)
				input = input || d.Place == inputPlace
			}
		}
	}
	slices.Sort(pointers)
	return pointers
}

// The passes of erasedIn.
const (
	slotsPass = iota
	othersPass
	namesPass
)

func passOf(place string) int {
	switch {
	case strings.HasPrefix(place, "/slots/"):
		return slotsPass
	case isTypedName(place):
		return namesPass
	}
	return othersPass
}

// erases reports whether the disclosure d of an event is requested, or is a copy of something requested.
func (p *ErasurePlanner) erases(e *audit.Event, head eventHead, d audit.Disclosure) bool {
	copied := d.Place == inputPlace && p.erasesInput(d.Value) // also of an input that is requested itself
	if copied || p.places[commitment.Place{Seq: e.Seq, Pointer: d.Place}] {
		return true
	}
	if isRepeated(d.Place) {
		return slices.Contains(p.repeated, d.Place+" "+string(d.Value))
	}
	if t, ok := p.textAt(e.Action, d.Place, head); ok {
		return p.texts[t]
	}
	if name, ok := readPlace(d.Place); ok {
		return p.erasesRead(name, d.Value)
	}
	erases := false
	for _, s := range p.slots {
		def := &p.run.Version.Steps[s.step]
		if def.Key == head.Step.text() && d.Place == "/slots/"+def.Slots[s.slot].Name && s.covers(head.Visit) {
			s.values, s.found = append(s.values, string(d.Value)), true
			erases = true
		}
	}
	return erases
}

// erasesInput reports whether the recorded input of a refused command, a JSON string, may hold something erased: a
// value under the name of an erased slot, in any step, because the command may have been sent to the wrong step, or an
// erased reason. Input that was cut cannot be read and may hold anything. Each slot of which the input may hold a value
// has something to erase, even if none of its values was ever accepted.
func (p *ErasurePlanner) erasesInput(input jsontext.Value) bool {
	if len(p.slots) == 0 && len(p.reasons) == 0 {
		return false
	}
	in, ok := readInput(input)
	erases := !ok || in.Reason != nil && slices.Contains(p.reasons, string(in.Reason))
	for _, s := range p.slots {
		_, given := in.Slots[p.run.Version.Steps[s.step].Slots[s.slot].Name]
		if given || !ok {
			s.found, erases = true, true
		}
	}
	return erases
}

// erasesRead reports whether a value that a condition read is erased. If a slot is erased only in some visits, the
// value must equal one that was recorded in these visits.
func (p *ErasurePlanner) erasesRead(name string, value jsontext.Value) bool {
	_, _, isSlot := p.run.Version.SlotNamed(name)
	if p.texts[run.ErasedTarget{Text: run.ErasedMetadata}] && p.mayBeMetadata(name, isSlot) {
		return true
	}
	return slices.ContainsFunc(p.slots, func(s *erasedSlot) bool {
		return s.name == name && (len(s.visits) == 0 || slices.Contains(s.values, string(value)))
	})
}

// Places returns the places of the disclosures to remove from the events added so far.
func (p *ErasurePlanner) Places() []commitment.Place { return p.plan.Places }

// Plan returns what is to be removed, once all events have been added.
func (p *ErasurePlanner) Plan() run.ErasePlan {
	for _, s := range p.slots {
		p.planSlot(s)
	}
	for t := range p.texts {
		p.planText(t)
	}
	slices.SortFunc(p.plan.Targets, run.ErasedTarget.Compare)
	return p.plan
}

func (p *ErasurePlanner) planSlot(s *erasedSlot) {
	for _, v := range p.run.Steps[s.step].Visits() {
		value := v.Slots[s.slot]
		if !s.covers(v.Number) || value.Value.IsAbsent() {
			continue
		}
		s.found = true
		t := run.ErasedTarget{Step: s.step, Visit: v.Number, Slot: s.slot}
		if value.ErasedAt == nil && !slices.Contains(p.plan.Targets, t) {
			p.plan.Targets = append(p.plan.Targets, t)
		}
	}
	if !s.found {
		p.plan.Issues.Add(fault.Issue{Field: s.field, Code: NothingToErase})
	}
}

// planText adds a text to the plan if the run still has it.
func (p *ErasurePlanner) planText(t run.ErasedTarget) {
	has := false
	switch t.Text {
	case run.ErasedReference:
		has = p.run.Reference != ""
	case run.ErasedUserID:
		has = p.run.UserID != ""
	case run.ErasedMetadata:
		has = len(p.run.Metadata) > 0
	case run.ErasedFailureReason:
		has = p.run.Failure != nil && p.run.Failure.Reason != ""
	case run.ErasedSkipReason:
		v := p.run.Steps[t.Step].FindVisit(t.Visit)
		has = v != nil && v.Reason != ""
	}
	if has {
		p.plan.Targets = append(p.plan.Targets, t)
	}
}
