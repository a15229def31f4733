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

// authoring is what the commands share that let the atlas program work on a folder of migrations.
type authoring struct {
	Database string `arg:"" enum:"sqlite,postgres" help:"Whose migrations: ${enum}."`
	DevURL   string `help:"An empty database in which the migrations are tried; a throw-away one when left out." placeholder:"URL"`
	Atlas    string `default:"atlas" help:"The atlas program; ${default} when left out."`
}

func (a authoring) dir() string { return filepath.Join("schema", a.Database) }

// with hands do the atlas program and an empty database.
func (a authoring) with(do func(ctx context.Context, client *atlasexec.Client, devURL string) error) error {
	client, err := atlasexec.NewClient(".", a.Atlas)
	if err != nil {
		return fmt.Errorf("this needs the atlas program (https://atlasgo.io), which is not installed or not on the PATH; --atlas says where it is: %w", err)
	}
	ctx := context.Background()
	switch {
	case a.DevURL != "":
		return do(ctx, client, a.DevURL)
	case a.Database == "sqlite":
		return do(ctx, client, "sqlite://dev?mode=memory")
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
	return do(ctx, client, empty)
}

type diff struct {
	authoring
	Name string `arg:"" help:"What the step does, in a few words joined by _."`
	To   string `required:"" help:"The schema that is wanted: the URL of a database that has it, or file://FILE.sql." placeholder:"URL"`
}

// Run writes the step that leads from the migrations to the schema that is wanted. Its down, its comments and its triggers are
// the author's: atlas sees none of them.
func (d diff) Run() error {
	return d.with(func(ctx context.Context, client *atlasexec.Client, devURL string) error {
		made, err := client.MigrateDiff(ctx, &atlasexec.MigrateDiffParams{
			Name: d.Name, ToURL: d.To, DevURL: devURL, DirURL: "file://" + d.dir(), Format: `{{ sql . "  " }}`,
		})
		if err != nil {
			return err
		}
		for _, file := range made.Files {
			name := filepath.Join(d.dir(), filepath.Base(file.Name))
			if err := os.WriteFile(name, []byte(file.Content), 0o600); err != nil {
				return err
			}
			fmt.Printf("wrote %s; its down goes into %s\n", name, filepath.Join(d.dir(), "down"))
		}
		if len(made.Files) == 0 {
			fmt.Println("nothing to do: the migrations lead to that schema")
			return nil
		}
		return hash{Dir: d.dir()}.Run()
	})
}

type lint struct {
	authoring
	Latest uint64 `default:"1" help:"How many of the last steps to look at; ${default} when left out."`
}

// Run reports what atlas finds dangerous in the last steps: data lost, columns that old releases need, locks held long.
func (l lint) Run() error {
	return l.with(func(ctx context.Context, client *atlasexec.Client, devURL string) error {
		report, err := client.MigrateLint(ctx, &atlasexec.MigrateLintParams{DevURL: devURL, DirURL: "file://" + l.dir(), Latest: l.Latest})
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
