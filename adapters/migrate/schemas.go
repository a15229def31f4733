package migrate

import (
	postgresschema "github.com/procedo/procedo/schema/postgres"
	sqliteschema "github.com/procedo/procedo/schema/sqlite"
)

// SQLite is the schema of SQLite databases. The sql.DB passed to its methods must begin transactions with BEGIN
// IMMEDIATE, which takes the write lock.
var SQLite = Schema{
	Up: sqliteschema.Up, Down: sqliteschema.Down, Syntax: sqliteSyntax,
	CountRevisionTables: countSQLiteTables + " AND name = '" + RevisionsTable + "'",
	CountOtherTables:    countSQLiteTables + " AND name <> '" + RevisionsTable + "'",
}

const countSQLiteTables = `SELECT count(*) FROM sqlite_master
	WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`

// Postgres is the schema of PostgreSQL databases. The key of the advisory lock is an arbitrary number. It must not
// change, because old and new versions of the program may run at the same time.
var Postgres = Schema{
	Up: postgresschema.Up, Down: postgresschema.Down, Syntax: postgresSyntax,
	SelectEncoding:      "SELECT current_setting('server_encoding')",
	Lock:                "SELECT pg_advisory_xact_lock(31650831711167599)",
	CountRevisionTables: countPostgresTables + " AND relname = '" + RevisionsTable + "'",
	CountOtherTables:    countPostgresTables + " AND relname <> '" + RevisionsTable + "'",
}

const countPostgresTables = "SELECT count(*) FROM pg_class " +
	"WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'"
