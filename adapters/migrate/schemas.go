package migrate

import (
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/sqlite"

	postgresschema "github.com/procedo/procedo/schema/postgres"
	sqliteschema "github.com/procedo/procedo/schema/sqlite"
)

// SQLite is the embedded database's schema.
var SQLite = Schema{Up: sqliteschema.Up, Down: sqliteschema.Down, Driver: sqlite.Open,
	Recorded: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + RevisionsTable + "'",
}

// Postgres is PostgreSQL's schema. The lock's number is any that nobody else takes: "procedo" in ASCII.
var Postgres = Schema{
	Up: postgresschema.Up, Down: postgresschema.Down, Driver: postgres.Open, Lock: "SELECT pg_advisory_xact_lock(31650831711167599)",
	Recorded: "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = '" + RevisionsTable + "'",
	Foreign:  "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> '" + RevisionsTable + "'",
}
