package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ariga.io/atlas-go-sdk/atlasexec"

	"github.com/procedo/procedo/tests/containers"
)

// atlasArgs holds the arguments of diff and lint, the commands that run the atlas program on a folder of migrations.
type atlasArgs struct {
	Database string `arg:"" enum:"sqlite,postgres" help:"Database of the migrations: ${enum}."`
	DevURL   string `help:"Empty database to try the migrations in; a temporary one by default." placeholder:"URL"`
	Atlas    string `default:"atlas" help:"The atlas program."`
}

func (a atlasArgs) dir() string { return filepath.Join("schema", a.Database) }

// withAtlas calls fn with a client of the atlas program and the URL of an empty database.
func (a atlasArgs) withAtlas(fn func(ctx context.Context, client *atlasexec.Client, devURL string) error) error {
	client, err := atlasexec.NewClient(".", a.Atlas)
	if err != nil {
		return fmt.Errorf("this command needs the atlas program (https://atlasgo.io), which was not found; "+
			"install it, or name it with --atlas: %w", err)
	}
	ctx := context.Background()
	switch {
	case a.DevURL != "":
		return fn(ctx, client, a.DevURL)
	case a.Database == "sqlite":
		return fn(ctx, client, "sqlite://dev?mode=memory")
	}
	cluster, err := containers.Postgres(ctx)
	if err != nil {
		return err
	}
	defer cluster.Stop()
	empty, err := cluster.Empty(ctx)
	if err != nil {
		return err
	}
	return fn(ctx, client, empty)
}

type diff struct {
	atlasArgs
	Name string `arg:"" help:"Name of the step: a few words joined by _."`
	To   string `required:"" help:"The new schema: URL of a database that has it, or file://FILE.sql." placeholder:"URL"`
}

// Run writes a migration that leads to the new schema. The author must add the reverse migration, comments and
// triggers, which atlas does not write.
func (d diff) Run() error {
	return d.withAtlas(func(ctx context.Context, client *atlasexec.Client, devURL string) error {
		written, err := client.MigrateDiff(ctx, &atlasexec.MigrateDiffParams{
			Name: d.Name, ToURL: d.To, DevURL: devURL, DirURL: "file://" + d.dir(), Format: `{{ sql . "  " }}`,
		})
		if err != nil {
			return err
		}
		for _, file := range written.Files {
			name := filepath.Join(d.dir(), filepath.Base(file.Name))
			if err := os.WriteFile(name, []byte(file.Content), 0o600); err != nil {
				return err
			}
			fmt.Printf("wrote %s; write the step down in %s\n", name, filepath.Join(d.dir(), "down"))
		}
		if len(written.Files) == 0 {
			fmt.Println("nothing to do: the migrations already lead to this schema")
			return nil
		}
		return hash{Dir: d.dir()}.Run()
	})
}

type lint struct {
	atlasArgs
	Latest uint64 `default:"1" help:"Number of last steps to check."`
}

// Run reports the dangerous changes that atlas finds in the latest migrations, such as lost data, removed columns that
// old releases need, and long locks.
func (l lint) Run() error {
	return l.withAtlas(func(ctx context.Context, client *atlasexec.Client, devURL string) error {
		report, err := client.MigrateLint(ctx, &atlasexec.MigrateLintParams{
			DevURL: devURL, DirURL: "file://" + l.dir(), Latest: l.Latest,
		})
		if err != nil {
			return err
		}
		failed := false
		for _, file := range report.Files {
			for _, r := range file.Reports {
				for _, d := range r.Diagnostics {
					fmt.Printf("%s:%d: %s %s\n", file.Name, d.Pos, d.Code, d.Text)
				}
			}
			if file.Error != "" {
				failed = true
				fmt.Printf("%s: %s\n", file.Name, file.Error)
			}
		}
		if failed {
			return errors.New("the migrations have errors")
		}
		return nil
	})
}
