package postgres

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// pgx encodes slices by reflection, which takes longer than the rest of a large group. The arrays of bulk statements
// therefore encode themselves, in the binary format of array_recv and of the types' receive functions
// (https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES).

// binaryArray is an array that encodes itself in binary format.
type binaryArray interface {
	appendTo(buf []byte) []byte
}

// rowArray is the array of a column in some rows.
type rowArray[R any] struct {
	column column[R]
	rows   []R
}

func (a rowArray[R]) appendTo(buf []byte) []byte {
	buf = appendHeader(buf, a.column.oid, len(a.rows))
	for i := range a.rows {
		buf = a.column.append(buf, &a.rows[i])
	}
	return buf
}

// appendHeader appends what precedes the elements of an array.
func appendHeader(buf []byte, oid uint32, rows int) []byte {
	const dimensions, mayHaveNulls, lowerBound = 1, 1, 1
	return append32(buf, dimensions, mayHaveNulls, oid, uint32(rows), lowerBound) //nolint:gosec // few rows
}

// element encodes an element of an array: its length as four bytes, -1 for NULL, then its bytes.
type element[C any] struct {
	oid    uint32
	append func(buf []byte, value C) []byte
}

func append32(buf []byte, values ...uint32) []byte {
	for _, v := range values {
		buf = binary.BigEndian.AppendUint32(buf, v)
	}
	return buf
}

// elementOf returns how values of type C become elements of an array of an SQL type such as text[]. It returns false
// if only pgx knows how.
func elementOf[C any](sql string) (element[C], bool) {
	known := map[string]element[C]{}
	add := func(sql string, oid uint32, encode any) {
		if f, ok := encode.(func([]byte, C) []byte); ok {
			known[sql] = element[C]{oid, f}
		}
	}
	add("text", pgtype.TextOID, appendText)
	add("text", pgtype.TextOID, optional(appendText))
	add("int", pgtype.Int4OID, appendInt)
	add("bigint", pgtype.Int8OID, appendBigint)
	add("bigint", pgtype.Int8OID, optional(appendBigint))
	add("smallint", pgtype.Int2OID, optional(appendStatus))
	add("bool", pgtype.BoolOID, appendBool)
	add("bool", pgtype.BoolOID, optional(appendBool))
	add("bytea", pgtype.ByteaOID, appendBytes)
	add("timestamptz", pgtype.TimestamptzOID, appendTime)
	add("timestamptz", pgtype.TimestamptzOID, optional(appendTime))
	add("uuid", pgtype.UUIDOID, appendUUID)
	name, _, _ := strings.Cut(sql, "[]")
	e, ok := known[name]
	return e, ok
}

// null is the length of NULL.
const null = 1<<32 - 1

// optional returns the function that encodes a nil pointer as NULL.
func optional[C any](encode func([]byte, C) []byte) func([]byte, *C) []byte {
	return func(buf []byte, value *C) []byte {
		if value == nil {
			return append32(buf, null)
		}
		return encode(buf, *value)
	}
}

func appendText(buf []byte, s string) []byte {
	return append(append32(buf, uint32(len(s))), s...) //nolint:gosec // at most 8 MiB
}

// appendBytes encodes nil as NULL.
func appendBytes(buf, b []byte) []byte {
	if b == nil {
		return append32(buf, null)
	}
	return append(append32(buf, uint32(len(b))), b...) //nolint:gosec // at most 8 MiB
}

// appendInt encodes visits, places and versions, which begin at 0 or 1 and stay far below 2³¹.
func appendInt(buf []byte, i int) []byte { return append32(buf, 4, uint32(i)) } //nolint:gosec // see above

// appendStatus encodes HTTP status codes, which have three digits.
func appendStatus(buf []byte, status int) []byte {
	return binary.BigEndian.AppendUint16(append32(buf, 2), uint16(status)) //nolint:gosec // see above
}

func appendBigint(buf []byte, i int64) []byte {
	return binary.BigEndian.AppendUint64(append32(buf, 8), uint64(i)) //nolint:gosec // two's complement, as the type
}

func appendBool(buf []byte, b bool) []byte {
	if b {
		return append(append32(buf, 1), 1)
	}
	return append(append32(buf, 1), 0)
}

// appendTime encodes microseconds since the beginning of the year 2000.
func appendTime(buf []byte, t time.Time) []byte {
	const epoch = 946_684_800_000_000 // the same in Unix microseconds
	return appendBigint(buf, t.UnixMicro()-epoch)
}

func appendUUID(buf []byte, id [16]byte) []byte {
	return append(append32(buf, uint32(len(id))), id[:]...)
}

// arrayCodec is pgx's codec of arrays, and accepts arrays that encode themselves.
type arrayCodec struct{ pgtype.Codec }

func (c arrayCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(binaryArray); ok && format == pgtype.BinaryFormatCode {
		return selfEncoding{}
	}
	return c.Codec.PlanEncode(m, oid, format, value)
}

type selfEncoding struct{}

func (selfEncoding) Encode(value any, buf []byte) ([]byte, error) {
	return value.(binaryArray).appendTo(buf), nil //nolint:forcetypeassert // PlanEncode has checked it
}

// acceptBinaryArrays lets a new connection encode the arrays of bulk statements.
func acceptBinaryArrays(_ context.Context, conn *pgx.Conn) error {
	types := conn.TypeMap()
	for _, oid := range []uint32{
		pgtype.TextArrayOID, pgtype.Int2ArrayOID, pgtype.Int4ArrayOID, pgtype.Int8ArrayOID, pgtype.BoolArrayOID,
		pgtype.TimestamptzArrayOID, pgtype.UUIDArrayOID, pgtype.ByteaArrayOID,
	} {
		t, _ := types.TypeForOID(oid)
		types.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: arrayCodec{t.Codec}})
	}
	return nil
}
