package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// rawRow is a row as the driver gives it. Whoever reads millions of them goes past database/sql, which costs more than SQLite itself.
type rawRow []driver.Value

// Scan takes the kinds of destination that the tables need.
func (r rawRow) Scan(dest ...any) error {
	for i, d := range dest {
		if !assign(d, r[i]) {
			return fmt.Errorf("column %d: %T into %T", i, r[i], d)
		}
	}
	return nil
}

func assign(dest any, v driver.Value) (ok bool) {
	switch d := dest.(type) {
	case *string:
		*d, ok = v.(string)
	case *int64:
		*d, ok = v.(int64)
	case **string:
		if *d = nil; v == nil {
			return true
		}
		var text string
		text, ok = v.(string)
		*d = &text
	case **int64:
		if *d = nil; v == nil {
			return true
		}
		var n int64
		n, ok = v.(int64)
		*d = &n
	case *[]byte:
		var text string
		text, ok = v.(string)
		*d = []byte(text)
	}
	return ok
}

// checkEvery is after how many rows a reader looks whether it should stop.
const checkEvery = 256

// raw hands each row of a statement to each, all statements of do as of one moment. A row is only good until each returns.
func (d *DB) raw(ctx context.Context, do func(query func(s statement, each func(rawRow) error) error) error) error {
	conn, err := d.sweep.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Close() //nolint:errcheck // back to the pool
	return translate(conn.Raw(func(dc any) error {
		c, ok := dc.(interface {
			driver.QueryerContext
			driver.ConnBeginTx
		})
		if !ok {
			return errors.New("the driver does not hand out rows")
		}
		t, err := c.BeginTx(ctx, driver.TxOptions{})
		if err != nil {
			return err
		}
		err = do(func(s statement, each func(rawRow) error) error { return d.rawQuery(ctx, c, s, each) })
		return errors.Join(err, t.Rollback())
	}))
}

func (d *DB) rawQuery(ctx context.Context, c driver.QueryerContext, s statement, each func(rawRow) error) error {
	query, args := single(s)
	d.trace(query)
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return err
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: value}
	}
	rows, err := c.QueryContext(context.WithoutCancel(ctx), query, named)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // nothing is lost
	row := make(rawRow, len(rows.Columns()))
	for n := 1; ; n++ {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n%checkEvery == 0 && ctx.Err() != nil:
			return ctx.Err()
		}
		if err := each(row); err != nil {
			return err
		}
	}
}
