package slot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/slot"
)

func TestOptionsAreComparedInNormalFormAndStoredAsDefined(t *testing.T) {
	const composed, decomposed = "caf\u00e9", "cafe\u0301"
	for name, typ := range map[string]slot.Type{"enum": slot.Enum, "multi_enum": slot.MultiEnum} {
		t.Run(name, func(t *testing.T) {
			s := compile(t, slot.Slot{Type: typ, Options: []string{decomposed, "tea"}})
			given := `"` + composed + `"`
			if typ == slot.MultiEnum {
				given = "[" + given + "]"
			}
			v, issue := s.Check([]byte(given))
			require.Nil(t, issue)
			require.Equal(t, decomposed, append(v.List(), v.Text())[0])
		})
	}
	list := compile(t, slot.Slot{Type: slot.MultiEnum, Options: []string{decomposed, "tea"}})
	require.Equal(t, "duplicate", outcome(list, `["`+composed+`","`+decomposed+`"]`))
	// Definitions published before options were compared in normal form may contain both spellings.
	both := compile(t, slot.Slot{Type: slot.Enum, Options: []string{decomposed, composed}})
	require.Equal(t, `"`+decomposed+`"`, outcome(both, `"`+decomposed+`"`))
	require.Equal(t, `"`+composed+`"`, outcome(both, `"`+composed+`"`))
}
