package main

import (
	"os"
	"path/filepath"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
)

// fakeAtlas writes a script that replaces the atlas program: it prints output and writes its arguments to a file.
func fakeAtlas(t *testing.T, output string) (program, arguments string) {
	t.Helper()
	dir := t.TempDir()
	program, arguments = filepath.Join(dir, "atlas"), filepath.Join(dir, "arguments")
	script := "#!/bin/sh\necho \"$@\" >" + arguments + "\ncat <<'END'\n" + output + "\nEND\n"
	require.NoError(t, os.WriteFile(program, []byte(script), 0o700))
	return program, arguments
}

// changeToCopy changes to a temporary folder that holds a copy of the migrations of SQLite.
func changeToCopy(t *testing.T) {
	t.Helper()
	migrations := os.DirFS("../../schema/sqlite")
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "schema/sqlite"), migrations))
	t.Chdir(dir)
}

func TestCommandsReportAMissingAtlasProgram(t *testing.T) {
	for name, command := range map[string]interface{ Run() error }{
		"diff": diff{atlasArgs: atlasArgs{Database: "postgres", Atlas: "no-such-atlas"}},
		"lint": lint{atlasArgs: atlasArgs{Database: "sqlite", Atlas: "no-such-atlas"}},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorContains(t, command.Run(), "needs the atlas program") })
	}
}

func TestDiffWritesAMigrationAndUpdatesAtlasSum(t *testing.T) {
	program, arguments := fakeAtlas(t,
		`{"Files":[{"Name":"20270101000000_more.sql","Content":"CREATE TABLE more (id INTEGER);\n"}]}`)
	changeToCopy(t)
	require.NoError(t, diff{atlasArgs{Database: "sqlite", Atlas: program}, "more", "file://wanted.sql"}.Run())
	args, err := os.ReadFile(arguments)
	require.NoError(t, err)
	for _, want := range []string{
		"migrate diff", "--to file://wanted.sql", "--dev-url sqlite://dev?mode=memory", "--dir file://schema/sqlite", "more",
	} {
		require.Contains(t, string(args), want)
	}
	dir, err := atlas.NewLocalDir("schema/sqlite")
	require.NoError(t, err)
	require.NoError(t, atlas.Validate(dir))
	files, err := dir.Files()
	require.NoError(t, err)
	require.Equal(t, "20270101000000_more.sql", files[len(files)-1].Name())
}

func TestLintReportsDiagnosticsAndFailsOnErrors(t *testing.T) {
	changeToCopy(t)
	program, arguments := fakeAtlas(t, `{"Files":[{"Name":"20270101000000_less.sql","Reports":[
		{"Text":"data","Diagnostics":[{"Pos":3,"Text":"Dropping table runs","Code":"DS102"}]}]}]}`)
	require.NoError(t, lint{atlasArgs{Database: "sqlite", Atlas: program}, 2}.Run())
	args, err := os.ReadFile(arguments)
	require.NoError(t, err)
	require.Contains(t, string(args), "--latest 2")
	program, _ = fakeAtlas(t, `{"Files":[{"Name":"20270101000000_less.sql","Error":"destructive changes detected"}]}`)
	require.ErrorContains(t, lint{atlasArgs{Database: "sqlite", Atlas: program}, 1}.Run(), "errors")
}
