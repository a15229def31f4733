package encoding

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

// typed is a member of an opened payload with a value that somebody typed. In the hashed payload of the event, a
// commitment replaces the value.
type typed struct {
	value jsontext.Value // nil if the member is absent
	place string         // if value is an object, its JSON Pointer: it may be the commitment to a hidden value
}

// UnmarshalJSONFrom reads a value from an opened payload.
func (t *typed) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	value, err := from.ReadValue()
	t.value = value.Clone()
	if value.Kind() == '{' {
		t.place = string(from.StackPointer())
	}
	return err
}

// isHidden reports whether the member holds a commitment without a disclosure.
func (t typed) isHidden(o audit.Opened) bool { return t.place != "" && o.IsHidden(t.place) }

// text returns the text that the member holds. It is empty if the member is absent or hidden.
func (t typed) text() string {
	if t.value.Kind() != '"' {
		return ""
	}
	text, _ := jsontext.AppendUnquote(nil, t.value) // cannot fail: the value was read as JSON
	return string(text)
}
