package migrate

import (
	"ariga.io/atlas/sql/sqlite"

	sqliteschema "github.com/procedo/procedo/schema/sqlite"
)

// SQLite is the embedded database's schema.
var SQLite = Schema{Up: sqliteschema.Up, Down: sqliteschema.Down, Driver: sqlite.Open}
