// Schemactl helps authors of the database schema: it writes migrations and atlas.sum, checks migrations, and generates
// the go-jet code from them.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/go-jet/jet/v2/generator/metadata"
	jetpostgres "github.com/go-jet/jet/v2/generator/postgres"
	jet "github.com/go-jet/jet/v2/generator/sqlite"
	"github.com/go-jet/jet/v2/generator/template"
	"github.com/go-jet/jet/v2/postgres"
	dialect "github.com/go-jet/jet/v2/sqlite"
	_ "modernc.org/sqlite"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/cmd/internal/command"
	postgresschema "github.com/procedo/procedo/schema/postgres"
	sqliteschema "github.com/procedo/procedo/schema/sqlite"
	"github.com/procedo/procedo/tests/containers"
)

type cli struct {
	Hash     hash     `cmd:"" help:"Write atlas.sum for the migrations."`
	Generate generate `cmd:"" help:"Generate go-jet code from the migrations."`
	Diff     diff     `cmd:"" help:"Write a step that leads to a new schema, with the atlas program."`
	Lint     lint     `cmd:"" help:"Report dangerous changes in the last steps, with the atlas program."`
	Docs     document `cmd:"" help:"Write the page of tables and columns from the comments in schema/postgres."`
}

func main() {
	command.Main("schemactl", "Tools for authors of Procedo's database schema. Run it in the top folder of the checkout.",
		&cli{})
}

type hash struct {
	Dir string `arg:"" default:"schema/sqlite" help:"Folder of the migrations."`
}

// Run rewrites atlas.sum.
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
	SQLite   generateSQLite   `cmd:"" name:"sqlite" help:"From schema/sqlite, in a temporary file."`
	Postgres generatePostgres `cmd:"" help:"From schema/postgres, in a container or at PROCEDO_TEST_POSTGRES_URL."`
}

type generatePostgres struct {
	Out string `arg:"" default:"adapters/postgres/gen" help:"Folder of the generated code."`
}

// Run applies the migrations to a temporary database and generates the code from its tables.
func (g generatePostgres) Run() error {
	cluster, err := containers.Postgres(context.Background())
	if err != nil {
		return err
	}
	defer cluster.Stop()
	db, err := sql.Open("pgx", cluster.Template())
	if err != nil {
		return err
	}
	defer db.Close()
	err = writeObjects(context.Background(), db, postgresschema.Objects, "schema/postgres/objects.gen.jsonl")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(g.Out); err != nil {
		return err
	}
	return quietly(func() error {
		return jetpostgres.GenerateDB(db, "public", g.Out, templates(template.Default(postgres.Dialect), false))
	})
}

type generateSQLite struct {
	Out string `arg:"" default:"adapters/sqlite/gen" help:"Folder of the generated code."`
}

// Run applies the migrations to a temporary database and generates the code from its tables.
func (g generateSQLite) Run() error {
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
	err = writeObjects(context.Background(), db, sqliteschema.Objects, "schema/sqlite/objects.gen.jsonl")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(g.Out); err != nil {
		return err
	}
	return quietly(func() error { return jet.GenerateDB(db, g.Out, templates(template.Default(dialect.Dialect), true)) })
}

// templates returns the base template with these changes: it skips views and the table of applied migrations, and it
// generates row structs only if withModels is true.
func templates(base template.Template, withModels bool) template.Template {
	return base.UseSchema(func(schema metadata.Schema) template.Schema {
		own := template.DefaultSchema(schema)
		model := template.DefaultModel().UseTable(func(t metadata.Table) template.TableModel {
			m := template.DefaultTableModel(t)
			m.Skip = t.Name == migrate.RevisionsTable
			return m
		})
		model = model.UseView(func(metadata.Table) template.TableModel { return template.TableModel{Skip: true} })
		model.Skip = !withModels
		builder := template.DefaultSQLBuilder().UseTable(func(t metadata.Table) template.TableSQLBuilder {
			b := template.DefaultTableSQLBuilder(t)
			b.Skip = t.Name == migrate.RevisionsTable
			return b
		})
		builder = builder.UseView(func(metadata.Table) template.ViewSQLBuilder { return template.ViewSQLBuilder{Skip: true} })
		return own.UsePath(".").UseModel(model).UseSQLBuilder(builder)
	})
}

// quietly calls fn while standard output is discarded.
func quietly(fn func() error) error {
	out := os.Stdout
	defer func() { os.Stdout = out }()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", os.DevNull, err)
	}
	os.Stdout = null
	return errors.Join(fn(), null.Close())
}
