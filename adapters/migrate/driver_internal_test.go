package migrate

import (
	"io/fs"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/sqlite"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dialects are the schemas with Atlas's own drivers, which the program does not contain.
var dialects = map[string]struct {
	schema Schema
	full   atlas.StmtScanner
}{"sqlite": {SQLite, &sqlite.Driver{}}, "postgres": {Postgres, &postgres.Driver{}}}

// requireSameStatements checks that the driver splits a text into the same statements as Atlas's own driver.
func requireSameStatements(t require.TestingT, dialect, text string) {
	d := dialects[dialect]
	want, wantErr := d.full.ScanStmts(text)
	got, err := driver{syntax: d.schema.Syntax}.ScanStmts(text)
	require.Equal(t, wantErr, err, text)
	require.Equal(t, want, got, text)
}

func TestMigrationsAreSplitAsAtlasOwnDriversSplitThem(t *testing.T) {
	for dialect, d := range dialects {
		files := 0
		for _, folder := range []fs.FS{d.schema.Up, d.schema.Down} {
			require.NoError(t, fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				data, err := fs.ReadFile(folder, name)
				requireSameStatements(t, dialect, string(data))
				files++
				return err
			}))
		}
		require.Greater(t, files, 10, dialect)
	}
}

func TestAnyTextIsSplitAsAtlasOwnDriversSplitIt(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"CREATE TABLE a (x TEXT);\n", "CREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN\n  SELECT 1;\nEND;\n", "BEGIN", "END;",
		"BEGIN ATOMIC\n SELECT 1;\nEND;\n", "$$ a; b $$ LANGUAGE sql;\n", "$f$;", "E'it\\'s; one';\n", "'a;''b';\n", "-- a; b\n",
		"/* ; */", "-- atlas:delimiter \\n--\n", ";", "\n\n", "SELECT CASE WHEN 1 THEN 2 END;\n", `"q;"`, "`", "\\",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(piece, 0, 12).Draw(t, "text") {
			text += p
		}
		requireSameStatements(t, rapid.SampledFrom([]string{"sqlite", "postgres"}).Draw(t, "dialect"), text)
	})
}
