package slot

import (
	"bytes"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/decimal"
)

// Parse converts a raw JSON value to a Value of the slot's type. It checks only the JSON type; ok is false if the type
// is wrong or a number has too many digits.
func (s *Slot) Parse(raw []byte) (v Value, ok bool) {
	raw = bytes.TrimSpace(raw)
	switch shape := s.Type.Shape(); shape {
	case NumberShape:
		d, err := decimal.ParseGiven(string(raw))
		return NumberValue(d), err == nil
	case BooleanShape:
		return BooleanValue(string(raw) == "true"), string(raw) == "true" || string(raw) == "false"
	case ListShape:
		var choices []string
		err := json.Unmarshal(raw, &choices)
		return ListValue(choices), err == nil
	default:
		text, ok := unquote(raw)
		return Value{shape: shape, text: text}, ok
	}
}
