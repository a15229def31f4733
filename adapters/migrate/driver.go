package migrate

import (
	"context"
	"database/sql"

	atlas "ariga.io/atlas/sql/migrate"
)

// driver is an Atlas driver that can only do what applying versioned files needs: split a file into statements and run
// them in a transaction. Atlas's own drivers can also inspect a schema and plan changes. Nothing here uses that, and
// their parsers of HCL and YAML would add 4 MB to the program.
type driver struct {
	atlas.Driver // nil: Atlas's executor calls only the methods below
	tx           *sql.Tx
	syntax       atlas.ScannerOptions
}

// ExecContext runs a statement in the transaction.
func (d driver) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.tx.ExecContext(ctx, query, args...)
}

// QueryContext runs a query in the transaction.
func (d driver) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.tx.QueryContext(ctx, query, args...)
}

// ScanStmts splits a file into statements by the syntax of the database.
func (d driver) ScanStmts(file string) ([]*atlas.Stmt, error) {
	return (&atlas.Scanner{ScannerOptions: d.syntax}).Scan(file)
}

// CheckClean returns nil: checkNoOtherTables has looked for the tables of other programs.
func (driver) CheckClean(context.Context, *atlas.TableIdent) error { return nil }

// The options with which Atlas's own drivers split files. They recognise the bodies of triggers and functions.
var (
	sqliteSyntax   = atlas.ScannerOptions{MatchBegin: true}
	postgresSyntax = atlas.ScannerOptions{
		MatchBegin: true, MatchBeginAtomic: true, MatchDollarQuote: true, EscapedStringExt: true,
	}
)
