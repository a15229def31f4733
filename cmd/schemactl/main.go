// Schemactl is for authors of the schema: it writes atlas.sum and generates the go-jet code from the migrations.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/alecthomas/kong"
	"github.com/go-jet/jet/v2/generator/metadata"
	jet "github.com/go-jet/jet/v2/generator/sqlite"
	"github.com/go-jet/jet/v2/generator/template"
	dialect "github.com/go-jet/jet/v2/sqlite"
	_ "modernc.org/sqlite"

	"github.com/procedo/procedo/adapters/migrate"
)

type cli struct {
	Hash     hash     `cmd:"" help:"Write atlas.sum for the migrations."`
	Generate generate `cmd:"" help:"Generate go-jet code from the migrations."`
}

func main() {
	ctx := kong.Parse(&cli{}, kong.Name("schemactl"), kong.Description("Authoring of Procedo's database schema; run it in the checkout's top folder."))
	ctx.FatalIfErrorf(ctx.Run())
}

type hash struct {
	Dir string `arg:"" default:"schema/sqlite" help:"Folder of the migrations."`
}

// Run writes atlas.sum anew.
func (h hash) Run() error {
	dir, err := atlas.NewLocalDir(h.Dir)
	if err != nil {
		return err
	}
	sum, err := dir.Checksum()
	if err != nil {
		return err
	}
	return atlas.WriteSumFile(dir, sum)
}

type generate struct {
	Out string `arg:"" default:"adapters/sqlite/gen" help:"Folder of the generated code."`
}

// Run applies the migrations to a throw-away database and generates from what it then holds.
func (g generate) Run() error {
	tmp, err := os.MkdirTemp("", "schemactl-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	db, err := sql.Open("sqlite", filepath.Join(tmp, "schema.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := migrate.SQLite.Apply(context.Background(), db); err != nil {
		return err
	}
	if err := os.RemoveAll(g.Out); err != nil {
		return err
	}
	return quietly(func() error { return jet.GenerateDB(db, g.Out, templates()) })
}

// templates leaves out the table that belongs to the migrations.
func templates() template.Template {
	return template.Default(dialect.Dialect).UseSchema(func(schema metadata.Schema) template.Schema {
		own := template.DefaultSchema(schema)
		return own.UsePath(".").UseModel(template.DefaultModel().UseTable(func(t metadata.Table) template.TableModel {
			m := template.DefaultTableModel(t)
			m.Skip = t.Name == migrate.RevisionsTable
			return m
		})).UseSQLBuilder(template.DefaultSQLBuilder().UseTable(func(t metadata.Table) template.TableSQLBuilder {
			b := template.DefaultTableSQLBuilder(t)
			b.Skip = t.Name == migrate.RevisionsTable
			return b
		}))
	})
}

// quietly keeps the generator's chatter from standard output.
func quietly(do func() error) error {
	out := os.Stdout
	defer func() { os.Stdout = out }()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", os.DevNull, err)
	}
	os.Stdout = null
	return errors.Join(do(), null.Close())
}
