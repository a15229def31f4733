package verify

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIDBeforeIsThePrecedingUUID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id uuid.UUID
		copy(id[:], rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 1, 0x0f, 0x10, 0xf0, 0xff}), 16, 16).Draw(t, "id"))
		before, ok := idBefore(id.String())
		require.Equal(t, id != uuid.UUID{}, ok)
		if !ok {
			return
		}
		next := uuid.MustParse(before)
		for i := len(next) - 1; i >= 0; i-- {
			if next[i]++; next[i] != 0 {
				break
			}
		}
		require.Equal(t, id, next)
		require.Negative(t, bytes.Compare([]byte(before), []byte(id.String())))
	})
	before, ok := idBefore("10000000-0000-0000-0000-000000000000")
	require.True(t, ok)
	require.Equal(t, "0fffffff-ffff-ffff-ffff-ffffffffffff", before)
	for _, other := range []string{
		"", "x", "0198C0DE-0000-7000-8000-000000000000", "0198c0de000007000080000000000000000",
		"0198c0de-0000-7000-8000-00000000000g",
	} {
		_, ok := idBefore(other)
		require.False(t, ok, other)
	}
}
