package run

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// The limits of recorded refusals.
const (
	// MaxRefusalEvent is the limit for everything that is stored of an event: canonical bytes, disclosures and the
	// copies in the other columns.
	MaxRefusalEvent = 8 << 10
	MaxFullRefusals = 200 // later refusals of the run are recorded without input and issues

	MaxRecordedInput  = 4096 // bytes
	MaxRecordedIssues = 20
	maxRecordedField  = 256     // bytes
	maxRecordedParams = 1024    // bytes of JSON; longer params, such as lists of options, are left out
	maxEncodedInput   = 5 << 10 // bytes of the input as a JSON string, in which some characters are escaped

	// eventFrame is the room in bytes for the rest of an event except the actor and the step: names, codes, numbers,
	// hashes, ids and the request id, which is at most 255 bytes that may need two bytes each.
	eventFrame = 1500
	// typedFrame is the room for a typed text in addition to its JSON form: the commitment, the pointer and the salt.
	typedFrame = 140
	// issueReserve is the room that a long input leaves for issues.
	issueReserve = 600
)

// Refusal returns the event that records a refused command. Only errors for which IsRefusal returns true are recorded;
// for any other error, ok is false. It is also false if the last event of the run already records a refusal
// with the same actor, command, complete input and codes.
func Refusal(r Run, c Command, refusal error, stamp Stamp) (e Event, ok bool) {
	if !IsRefusal(refusal) {
		return Event{}, false
	}
	f := fault.From(refusal)
	fact := Refused{Command: c.name(), Code: f.Code}
	if s := c.submission(); s != nil {
		fact.Step = cutEncoded(cut(s.Step, maxRecordedField), maxRecordedField)
	}
	if r.Refusals >= MaxFullRefusals {
		fact.Omitted = f.IssueCount()
		return Event{stamp, fact}, true
	}
	input, complete := recordedInput(r, c)
	room := MaxRefusalEvent - eventFrame - len(stamp.By.ID) - encodedSize(stamp.By.ID) - typedSize(fact.Step) -
		bySize(&stamp.By)
	fact.Input = cutEncoded(cut(input, MaxRecordedInput), min(maxEncodedInput, room-typedFrame-issueReserve))
	fact.Partial = !complete
	room -= typedSize(fact.Input)
	if f.Code == ConditionFailed {
		fact.Params = recordedParams(f.Params, room)
		room -= encodedSize(fact.Params)
	}
	fact.Issues = recordedIssues(f.Issues, room)
	fact.Omitted = f.IssueCount() - len(fact.Issues)
	if id := fact.fingerprint(stamp.By.Key()); id != "" && id == r.LastRefusal {
		return Event{}, false
	}
	return Event{stamp, fact}, true
}

// bySize returns about the number of bytes that an event needs to say who acted.
func bySize(p *access.Principal) int {
	if !p.IsProven() {
		return 0
	}
	const frame = 128 // names of the members, and brackets
	n := frame + encodedSize(p.As) + encodedSize(p.Issuer) + typedSize(p.Name)
	if a := p.Agent; a != nil {
		n += encodedSize(a.Issuer) + encodedSize(a.Subject) + encodedSize(a.Chain) + typedSize(a.Name)
	}
	return n
}

// IsRefusal reports whether an error is the refusal of a command that depends on the run: of kind Invalid, Conflict or
// Stale, or one of kind Forbidden that its definition demands. A principal whose roles do not permit the command must
// not lengthen the trail.
func IsRefusal(err error) bool {
	f := fault.From(err)
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Stale:
		return true
	case fault.Forbidden:
		return f.Code == AgentRefused
	}
	return false
}

// fingerprint identifies a refusal by its actor, command, input and codes. It is empty if the recorded input is
// incomplete, because two such refusals may differ in the part that was not recorded.
func (f Refused) fingerprint(actor string) string {
	if f.Partial || !jsontext.Value(f.Input).IsValid() {
		return ""
	}
	parts := []string{actor, f.Command, f.Step, f.Input, f.Code}
	for _, issue := range f.Issues {
		parts = append(parts, issue.Field, issue.Code)
	}
	text, err := json.Marshal(parts, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// recordedIssues returns the first issues, at most MaxRecordedIssues, that fit into the given number of bytes.
func recordedIssues(issues []fault.Issue, room int) []fault.Issue {
	var recorded []fault.Issue
	for _, issue := range issues[:min(len(issues), MaxRecordedIssues)] {
		issue.Field = cutEncoded(cut(issue.Field, maxRecordedField), maxRecordedField)
		if size := encodedSize(issue.Params); size > maxRecordedParams || size > room/2 {
			issue.Params = nil
		}
		if room -= encodedSize(issue) + typedFrame; room < 0 {
			break
		}
		recorded = append(recorded, issue)
	}
	return recorded
}

// recordedParams returns the params with each text cut to maxRecordedField bytes. It returns nil if they still take
// more than maxRecordedParams or room bytes.
func recordedParams(params fault.Params, room int) fault.Params {
	recorded := maps.Clone(params)
	for name, value := range recorded {
		if text, ok := value.(string); ok {
			recorded[name] = cutEncoded(text, maxRecordedField)
		}
	}
	if encodedSize(recorded) > min(maxRecordedParams, room) {
		return nil
	}
	return recorded
}

// typedSize returns the length of a typed text in an event, with its commitment and its disclosure, in bytes.
func typedSize(text string) int { return encodedSize(text) + typedFrame }

// encodedSize returns the length of a value as JSON in bytes; 0 if it has no JSON form.
func encodedSize(v any) int {
	text, err := json.Marshal(v, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return 0
	}
	return len(text)
}

// cutEncoded shortens a text until it takes at most n bytes as a JSON string.
func cutEncoded(text string, n int) string {
	for size := encodedSize(text); size > n; size = encodedSize(text) {
		text = cut(text, len(text)-(size-n+5)/6) // an escaped character takes at most 6 bytes
	}
	return text
}

// recordedInput returns the command's input as JSON text, in which sealedInput stands for values of sensitive slots. If
// any step of the definition has a sensitive slot, it also stands for values under unknown names, in all steps: a
// misspelt name, or a form sent to the wrong step, may hide a secret. complete is false if a value was replaced.
func recordedInput(r Run, c Command) (text string, complete bool) {
	input := struct {
		Slots     map[string]jsontext.Value `json:"slots,omitzero"`
		Checklist any                       `json:"checklist,omitempty"`
		Origins   map[string]slot.Origin    `json:"origins,omitempty"`
		Visit     int                       `json:"visit,omitzero"`
		Slot      string                    `json:"slot,omitempty"`
		Places    []erasePlaceInput         `json:"places,omitempty"`
		Reason    string                    `json:"reason,omitempty"`
	}{Reason: c.reason()}
	complete = true
	if s := c.submission(); s != nil {
		input.Origins, input.Visit = s.Origins, s.Visit
		input.Slots, complete = recordedSlots(r, s)
		if len(s.Ticks) > 0 {
			input.Checklist = s.Ticks
		}
	}
	switch c := c.(type) {
	case Erase:
		input.Places = c.recordedPlaces()
	case Reveal:
		input.Slot, input.Visit = c.Step+"."+c.Slot, c.Visit
	case Draft, Commit, Amend, Skip, Fail: // their input is that of the submission, or only a reason
	}
	raw, err := json.Marshal(input, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return "", false // input that is not JSON is refused before it becomes a command
	}
	return string(raw), complete
}

// sealedInput stands for a sensitive value in recorded input.
const sealedInput = `{"sealed":true}`

func recordedSlots(r Run, s *Submission) (recorded map[string]jsontext.Value, complete bool) {
	if s.Slots == nil {
		return nil, true
	}
	var def *procedure.Step // nil if the step is unknown
	if i, ok := r.Version.StepIndex(s.Step); ok {
		def = &r.Version.Steps[i]
	}
	hasSensitive := r.Version.HasSensitive()
	recorded, complete = make(map[string]jsontext.Value, len(s.Slots)), true
	for name, raw := range s.Slots {
		recorded[name] = raw
		if hasSensitive && mustSeal(def, name) {
			recorded[name], complete = jsontext.Value(sealedInput), false
		}
	}
	return recorded, complete
}

// mustSeal reports whether the value under a slot name must be sealed before it is recorded. It is called for
// definitions with a sensitive slot; def is nil for an unknown step.
func mustSeal(def *procedure.Step, name string) bool {
	if def == nil {
		return true
	}
	j, known := def.SlotIndex(name)
	return !known || def.Slots[j].Sensitive
}

// cut shortens a text to at most n bytes without splitting a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
