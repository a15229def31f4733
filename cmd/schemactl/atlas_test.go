package main

import (
	"os"
	"path/filepath"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
)

// standIn returns a program in place of atlas, which records its arguments in a file and prints an answer.
func standIn(t *testing.T, answer string) (program, called string) {
	t.Helper()
	dir := t.TempDir()
	program, called = filepath.Join(dir, "atlas"), filepath.Join(dir, "called")
	script := "#!/bin/sh\necho \"$@\" >" + called + "\ncat <<'END'\n" + answer + "\nEND\n"
	require.NoError(t, os.WriteFile(program, []byte(script), 0o700))
	return program, called
}

// checkout changes into a folder with a copy of the migrations of SQLite.
func checkout(t *testing.T) {
	t.Helper()
	migrations := os.DirFS("../../schema/sqlite")
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "schema/sqlite"), migrations))
	t.Chdir(dir)
}

func TestTheCommandsReportAMissingAtlasProgram(t *testing.T) {
	for _, command := range []interface{ Run() error }{
		diff{authoring: authoring{Database: "postgres", Atlas: "no-such-atlas"}},
		lint{authoring: authoring{Database: "sqlite", Atlas: "no-such-atlas"}},
	} {
		require.ErrorContains(t, command.Run(), "needs the atlas program")
	}
}

func TestDiffWritesTheStepAndItsSum(t *testing.T) {
	program, called := standIn(t,
		`{"Files":[{"Name":"20270101000000_more.sql","Content":"CREATE TABLE more (id INTEGER);\n"}]}`)
	checkout(t)
	require.NoError(t, diff{authoring{Database: "sqlite", Atlas: program}, "more", "file://wanted.sql"}.Run())
	args, err := os.ReadFile(called)
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

func TestLintReportsWhatIsDangerousAndFailsOnErrors(t *testing.T) {
	checkout(t)
	program, called := standIn(t, `{"Files":[{"Name":"20270101000000_less.sql","Reports":[
		{"Text":"data","Diagnostics":[{"Pos":3,"Text":"Dropping table runs","Code":"DS102"}]}]}]}`)
	require.NoError(t, lint{authoring{Database: "sqlite", Atlas: program}, 2}.Run())
	args, err := os.ReadFile(called)
	require.NoError(t, err)
	require.Contains(t, string(args), "--latest 2")
	program, _ = standIn(t, `{"Files":[{"Name":"20270101000000_less.sql","Error":"destructive changes detected"}]}`)
	require.ErrorContains(t, lint{authoring{Database: "sqlite", Atlas: program}, 1}.Run(), "errors")
}
