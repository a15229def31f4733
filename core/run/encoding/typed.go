package encoding

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

// typed is a member with a value that somebody typed. In the hashed payload of an event, a commitment replaces the
// value.
type typed struct {
	value     jsontext.Value // in RFC 8785 form; nil if the member is absent
	committer *audit.Committer
	bare      bool   // write value as it is, because it reveals nothing: null, a seal, or a declared name
	place     string // if an object was read, its JSON Pointer: it may be the commitment to a hidden value
}

// errNoCommitter is returned instead of writing a typed value without a commitment.
var errNoCommitter = errors.New("a typed value has no committer")

// typedText returns the member for a text; an empty text is absent.
func typedText(text string, committer *audit.Committer) typed {
	if text == "" {
		return typed{}
	}
	value, _ := jsontext.AppendQuote(nil, text)
	return typed{value: value, committer: committer}
}

// bareText returns a member for a text that is written as it is; an empty text is absent.
func bareText(text string) typed {
	t := typedText(text, nil)
	t.bare = true
	return t
}

// typedJSON returns the member for any JSON value; an empty value is absent, and null is written as it is.
func typedJSON(raw jsontext.Value, committer *audit.Committer) (typed, error) {
	if len(raw) == 0 {
		return typed{}, nil
	}
	value := raw.Clone()
	err := value.Canonicalize()
	return typed{value: value, committer: committer, bare: value.Kind() == 'n'}, err
}

// IsZero reports whether the member is absent.
func (t typed) IsZero() bool { return t.value == nil }

// MarshalJSONTo writes the commitment to the value.
func (t typed) MarshalJSONTo(to *jsontext.Encoder) error {
	switch {
	case t.value == nil:
		return to.WriteToken(jsontext.Null)
	case t.bare:
		return to.WriteValue(t.value)
	case t.committer == nil:
		return errNoCommitter
	}
	return to.WriteValue(t.committer.Commit(string(to.StackPointer()), t.value))
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
