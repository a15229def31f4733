package procedure

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesHaveTheFormOfTheContract compares with the patterns of openapi.yaml.
func TestNamesHaveTheFormOfTheContract(t *testing.T) {
	key, slot := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$`), regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	names := []string{"", strings.Repeat("a", 128), strings.Repeat("a", 129)}
	for c := range 256 {
		b := string([]byte{byte(c)})
		names = append(names, b, "a"+b, b+"a", "a"+b+"a")
	}
	for _, name := range names {
		require.Equal(t, key.MatchString(name), IsKey(name), "%q", name)
		require.Equal(t, slot.MatchString(name), isSlotName(name), "%q", name)
	}
}
