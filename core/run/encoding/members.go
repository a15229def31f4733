package encoding

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// members are the members of a JSON object, with their values not parsed yet, sorted by name. They are a slice instead
// of a map because a verification would make a map for each event.
type members []member

type member struct {
	name  string
	value jsontext.Value
}

// MarshalJSONTo writes the object.
func (m members) MarshalJSONTo(to *jsontext.Encoder) error {
	if err := to.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, member := range m {
		if err := to.WriteToken(jsontext.String(member.name)); err != nil {
			return err
		}
		if err := to.WriteValue(member.value); err != nil {
			return err
		}
	}
	return to.WriteToken(jsontext.EndObject)
}

// UnmarshalJSONFrom reads an object.
func (m *members) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	*m = (*m)[:0]
	if kind := from.PeekKind(); kind != jsontext.KindBeginObject {
		return errShape
	}
	if _, err := from.ReadToken(); err != nil {
		return err
	}
	for from.PeekKind() != jsontext.KindEndObject {
		name, err := from.ReadToken()
		if err != nil {
			return err
		}
		text := name.String()
		value, err := from.ReadValue()
		if err != nil {
			return err
		}
		*m = append(*m, member{text, value.Clone()})
	}
	if !slices.IsSortedFunc(*m, member.compare) { // canonical payloads are sorted already
		slices.SortFunc(*m, member.compare)
	}
	_, err := from.ReadToken()
	return err
}

func (m member) compare(o member) int { return strings.Compare(m.name, o.name) }

// find returns the value of the member with a name, and whether there is one.
func (m members) find(name string) (jsontext.Value, bool) {
	i, found := slices.BinarySearchFunc(
		m, name, func(m member, name string) int { return strings.Compare(m.name, name) },
	)
	if !found {
		return nil, false
	}
	return m[i].value, true
}
