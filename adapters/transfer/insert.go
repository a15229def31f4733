package transfer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

// expression returns the SQL expression of PostgreSQL for a column in the form that SQLite stores.
func expression(column, kind string) string {
	switch kind {
	case "timestamp with time zone": // minus infinity, the time before all others, is empty in SQLite
		return "CASE WHEN " + column + " = '-infinity' THEN '' ELSE to_char(" + column +
			` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END`
	case "date":
		return "to_char(" + column + ", 'YYYY-MM-DD')"
	case "boolean":
		return column + "::integer::bigint"
	case "smallint", "integer", "bigint":
		return column + "::bigint"
	case "bytea":
		return column
	}
	return column + "::text"
}

// insert adds the rows that produce passes to its argument.
func (e *end) insert(ctx context.Context, t table, produce func(add func(row) error) error) error {
	if e.Postgres {
		return e.copyIn(ctx, t, produce)
	}
	//nolint:gosec,sqlclosecheck // names of the schema; the transaction closes it
	statement, err := e.tx.PrepareContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(t.columns, ", ")+") VALUES (?"+
		strings.Repeat(", ?", len(t.columns)-1)+")")
	if err != nil {
		return err
	}
	err = produce(func(r row) error {
		_, err := statement.ExecContext(ctx, r...)
		return err
	})
	return errors.Join(err, statement.Close())
}

// errStopped ends the producer of rows after PostgreSQL has refused one of them.
var errStopped = errors.New("the rows are no longer read")

// copyIn adds rows by COPY, in its text format: PostgreSQL itself converts each value to the type of its column.
func (e *end) copyIn(ctx context.Context, t table, produce func(add func(row) error) error) error {
	reader, writer := io.Pipe()
	produced := make(chan error, 1)
	go func() {
		const size = 64 << 10
		out := bufio.NewWriterSize(writer, size)
		var line []byte
		err := produce(func(r row) (err error) {
			if line, err = e.appendLine(line[:0], t, r); err == nil {
				_, err = out.Write(line)
			}
			return err
		})
		err = errors.Join(err, out.Flush())
		produced <- err
		_ = writer.CloseWithError(err) // it never fails
	}()
	err := e.conn.Raw(func(driver any) error {
		connection, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("unexpected driver: %T", driver)
		}
		_, err := connection.Conn().PgConn().CopyFrom(ctx, reader,
			"COPY "+t.name+" ("+strings.Join(t.columns, ", ")+") FROM STDIN")
		return err
	})
	_ = reader.CloseWithError(errStopped) // it never fails
	if failed := <-produced; failed != nil && !errors.Is(failed, errStopped) {
		return failed
	}
	return err
}

var escapes = strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// appendLine appends a row in the text format of COPY.
func (e *end) appendLine(line []byte, t table, r row) ([]byte, error) {
	for i, value := range r {
		if i > 0 {
			line = append(line, '\t')
		}
		switch v := value.(type) {
		case nil:
			line = append(line, `\N`...)
		case int64:
			line = strconv.AppendInt(line, v, 10)
		case []byte:
			line = append(append(line, `\\x`...), hex.EncodeToString(v)...)
		case string:
			if v == "" && t.types[e][t.columns[i]] == "timestamp with time zone" {
				v = "-infinity"
			}
			if strings.Contains(v, "\x00") {
				return line, fmt.Errorf("column %s holds the character U+0000, which PostgreSQL cannot store", t.columns[i])
			}
			line = append(line, escapes.Replace(v)...)
		}
	}
	return append(line, '\n'), nil
}

// digest is a hash over rows. Equal rows in an equal order have equal digests.
type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) add(r row) {
	for _, value := range r {
		switch v := value.(type) {
		case nil:
			d.part('n', "")
		case int64:
			d.part('i', strconv.FormatInt(v, 10))
		case []byte:
			d.part('b', string(v))
		case string:
			d.part('t', v)
		}
	}
	d.part('r', "")
}

// part adds a value with its kind and length. Writing to a hash never fails.
func (d digest) part(kind byte, value string) {
	var head [9]byte
	head[0] = kind
	binary.BigEndian.PutUint64(head[1:], uint64(len(value)))
	_, _ = d.Write(head[:])
	_, _ = io.WriteString(d, value)
}

func (d digest) sum() string { return string(d.Sum(nil)) }
