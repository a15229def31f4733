package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestArraysAreEncodedAsByPgx compares the arrays that encode themselves with pgx's encoding of slices.
func TestArraysAreEncodedAsByPgx(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number := rapid.String(), rapid.Int64()
		small, yes := rapid.IntRange(0, 1<<31-1), rapid.Bool()
		at := rapid.Custom(func(t *rapid.T) time.Time {
			return time.UnixMicro(rapid.Int64Range(-62_135_596_800_000_000, 253_402_300_799_999_999).Draw(t, "µs")).UTC()
		})
		id := rapid.Custom(func(t *rapid.T) (id [16]byte) {
			copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
			return id
		})
		requireAsByPgx(t, "text[]", pgtype.TextArrayOID, text)
		requireAsByPgx(t, "text[]::json[]", pgtype.TextArrayOID, rapid.Ptr(text, true))
		requireAsByPgx(t, "int[]", pgtype.Int4ArrayOID, small)
		requireAsByPgx(t, "bigint[]", pgtype.Int8ArrayOID, number)
		requireAsByPgx(t, "bigint[]", pgtype.Int8ArrayOID, rapid.Ptr(number, true))
		requireAsByPgx(t, "smallint[]", pgtype.Int2ArrayOID, rapid.Ptr(rapid.IntRange(100, 599), true))
		requireAsByPgx(t, "bool[]", pgtype.BoolArrayOID, yes)
		requireAsByPgx(t, "bool[]", pgtype.BoolArrayOID, rapid.Ptr(yes, true))
		requireAsByPgx(t, "timestamptz[]", pgtype.TimestamptzArrayOID, at)
		requireAsByPgx(t, "timestamptz[]", pgtype.TimestamptzArrayOID, rapid.Ptr(at, true))
		requireAsByPgx(t, "uuid[]", pgtype.UUIDArrayOID, id)
	})
}

func requireAsByPgx[C any](t *rapid.T, sql string, oid uint32, values *rapid.Generator[C]) {
	rows := rapid.SliceOfN(values, 0, 5).Draw(t, sql)
	array, ok := columnOf(nil, sql, func(value *C) C { return *value }).array(rows).(binaryArray)
	require.True(t, ok, sql)
	got := array.appendTo([]byte("before"))
	want, err := pgtype.NewMap().Encode(oid, pgtype.BinaryFormatCode, rows, []byte("before"))
	require.NoError(t, err)
	const flags = len("before") + 4 // whether there are NULLs: the server ignores it
	for i := range 4 {
		got[flags+i], want[flags+i] = 0, 0
	}
	require.Equal(t, want, got, sql)
}

// TestOnlyPgxEncodesArraysOfOtherTypes holds that an integer array for int64 values is left to pgx, which checks their
// range.
func TestOnlyPgxEncodesArraysOfOtherTypes(t *testing.T) {
	_, ok := elementOf[int64]("int[]")
	require.False(t, ok)
	_, ok = elementOf[int16]("smallint[]")
	require.False(t, ok)
}
