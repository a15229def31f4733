// Package audittest creates forged events, for tests that must detect them, and the cosignatures of witnesses.
package audittest

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
)

// Reseal returns the event with an edited payload, sealed again as the event that follows head. Its hash, commitments
// and disclosures are valid. The function edit gets the opened payload. Hidden places stay hidden.
func Reseal(e audit.Event, head audit.Head, edit func(payload string) string) (audit.Event, error) {
	var payload any
	if err := json.Unmarshal([]byte(edit(string(e.Open().Payload))), &payload); err != nil {
		return audit.Event{}, err
	}
	disclosures, err := audit.ParseDisclosures(e.Disclosures)
	if err != nil {
		return audit.Event{}, err
	}
	committer := audit.NewCommitter(func() commitment.Salt { return commitment.Salt{1} })
	for _, d := range disclosures {
		if err := replace(payload, d.Place, committer); err != nil {
			return audit.Event{}, err
		}
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return audit.Event{}, err
	}
	return audit.Seal(e.Entity, head, audit.Entry{
		Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, Payload: text, Typed: committer,
	})
}

// replace replaces the value at a place by a commitment to it. It does nothing if the edit has removed the value.
func replace(in any, place string, committer *audit.Committer) error {
	names := strings.Split(place, "/")[1:]
	for i, name := range names {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		last := i == len(names)-1
		switch parent := in.(type) {
		case map[string]any:
			value, ok := parent[name]
			if !ok {
				return nil
			}
			if !last {
				in = value
				continue
			}
			text, err := json.Marshal(value, json.Deterministic(true))
			if err != nil {
				return err
			}
			raw := jsontext.Value(text)
			if err := raw.Canonicalize(); err != nil {
				return err
			}
			parent[name] = committer.Commit(place, raw)
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(parent) {
				return nil //nolint:nilerr // the edit has removed the element
			}
			in = parent[n]
		default:
			return nil
		}
	}
	return nil
}
