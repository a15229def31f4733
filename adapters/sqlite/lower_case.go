package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	lite "modernc.org/sqlite"
)

// withFunctions is the driver with the SQL functions that SQLite lacks.
var withFunctions = newDriver()

func newDriver() *lite.Driver {
	d := &lite.Driver{}
	d.MustRegisterDeterministicScalarFunction("lower_case", 1, lowerCase)
	return d
}

// lowerCase returns a text in lower case. SQLite's own lower and LIKE know only the letters of ASCII
// (https://www.sqlite.org/lang_expr.html#like).
func lowerCase(_ *lite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("lower_case of %T", args[0])
	}
	return strings.ToLower(text), nil
}
