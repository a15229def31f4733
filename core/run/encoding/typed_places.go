package encoding

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

// The places of the recorded input of a refused command, and of the reason of an event.
const (
	inputPlace  = "/input"
	reasonPlace = "/reason"
)

// isTypedName reports whether a place of a refusal holds a step key or a field that the definition does not have.
func isTypedName(place string) bool { return place == "/step" || strings.HasPrefix(place, "/issues/") }

// recordedInput is what a refused command may have held.
type recordedInput struct {
	Slots  map[string]jsontext.Value `json:"slots"`
	Reason jsontext.Value            `json:"reason"`
}

// readInput reads recorded input from a JSON string. It returns false for input that was cut.
func readInput(input jsontext.Value) (in recordedInput, ok bool) {
	text, err := jsontext.AppendUnquote(nil, input)
	return in, err == nil && json.Unmarshal(text, &in) == nil
}

// typedIn returns the typed values of an event: its disclosures or, for version 1, the values in its payload. It
// returns none if the disclosures cannot be read.
func typedIn(e *audit.Event, o audit.Opened) audit.Disclosures {
	if o.Version == 1 {
		return typedPlaces(o.Payload)
	}
	all, _ := audit.ParseDisclosures(e.Disclosures)
	return all
}

// typedPlaces returns the typed values in the payload of an event of version 1, as disclosures without salts.
func typedPlaces(payload jsontext.Value) (all audit.Disclosures) {
	var p struct {
		Slots     map[string]jsontext.Value `json:"slots"`
		Reason    jsontext.Value            `json:"reason"`
		Input     jsontext.Value            `json:"input"`
		UserID    jsontext.Value            `json:"user_id"`
		Reference jsontext.Value            `json:"reference"`
		Metadata  jsontext.Value            `json:"metadata"`
		Decisions []struct {
			Values map[string]jsontext.Value `json:"values"`
		} `json:"decisions"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return nil
	}
	for name, value := range p.Slots {
		all = append(all, audit.Disclosure{Place: "/slots/" + name, Value: value})
	}
	for place, value := range map[string]jsontext.Value{
		"/reason": p.Reason, "/input": p.Input, "/user_id": p.UserID, "/reference": p.Reference, "/metadata": p.Metadata,
	} {
		if value != nil {
			all = append(all, audit.Disclosure{Place: place, Value: value})
		}
	}
	for i, d := range p.Decisions {
		for name, value := range d.Values {
			place := "/decisions/" + strconv.Itoa(i) + "/values/" + escape(name)
			all = append(all, audit.Disclosure{Place: place, Value: value})
		}
	}
	slices.SortFunc(all, func(a, b audit.Disclosure) int { return strings.Compare(a.Place, b.Place) })
	return all
}

func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

func unescape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
}
