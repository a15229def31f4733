package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// utf16LE returns a text in UTF-16 with a byte order mark, as some editors on Windows save it.
func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

const filesYAML = `
id: files
name: Files é
steps:
  - {key: only, title: T, slots: [{name: x, type: string}]}
`

const filesJSON = `{"id":"files","name":"Files é","steps":[
	{"key":"only","title":"T","slots":[{"name":"x","type":"string"}]}]}`

func TestEveryCommandReadsTheSameFiles(t *testing.T) {
	const bom = "\ufeff"
	definitions := map[string]string{
		"a.json": bom + filesJSON, "b.JSON": filesJSON, "c.Yaml": bom + filesYAML, "d.YML": filesYAML,
		"e.yaml": utf16LE(filesYAML), "f.json": utf16LE(filesJSON), "g": filesYAML, ".hidden.yaml": filesYAML,
	}
	const json, yaml = `[{"step":"only","slots":{"x":"é"}}]`, "- step: only\n  slots: {x: é}\n"
	answers := map[string]string{
		"a.json": bom + json, "b.JSON": json, "c.Yaml": bom + yaml, "d.YML": yaml,
		"e.yaml": utf16LE(yaml), "f.json": utf16LE(json), "g": yaml, ".hidden.yaml": yaml,
	}
	for name := range definitions {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := write(t, dir, name, definitions[name])
			require.NoError(t, os.Mkdir(filepath.Join(dir, "answers"), 0o700))
			script := write(t, filepath.Join(dir, "answers"), name, answers[name])
			for _, args := range [][]string{
				{"lint", file}, {"lint", file, "--simulate", script}, {"load", file}, {"run", "files", "--answers", script},
			} {
				out, stderr, status := procedo(t, dir, args...)
				require.Zero(t, status, "%v: %s%s", args, out, stderr)
			}
		})
	}
}

func TestHiddenFilesAndFoldersInAFolderAreIgnored(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"defs", "defs/.git", ".own"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, d), 0o700))
	}
	write(t, dir, "defs/a.JSON", filesJSON)
	write(t, dir, "defs/.b.json", "broken")
	write(t, dir, "defs/.git/c.json", "broken")
	write(t, dir, ".own/d.yaml", filesYAML)
	for _, command := range []string{"lint", "load"} {
		for _, folder := range []string{"defs", ".own"} {
			out, stderr, status := procedo(t, dir, command, folder)
			require.Zero(t, status, out+stderr)
		}
	}
}

func TestErrorsOfUnreadableFilesAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		"":                       ":1:1: The file is empty.\n",
		"# nothing\n":            ":1:1: The file is empty.\n",
		"\ufeff \n":              ":1:1: The file is empty.\n",
		"a: 1\n<<: {b: 1}\n":     ":2:1: Merge keys (<<) are not supported. Repeat the members, or refer to a ",
		"a: 1\n---\nb: 1\n":      ":2:1: The file contains more than one YAML document.\n",
		"a: &x [1]\nb: *y\n":     ":1:1: The YAML cannot be read: unknown anchor 'y' referenced.\n",
		"id: files\nid: files\n": ":1:1: The YAML cannot be read: a duplicate member (/id).\n",
	} {
		dir := t.TempDir()
		file := write(t, dir, "f.yaml", text)
		out, _, status := procedo(t, dir, "lint", file)
		require.Equal(t, 1, status)
		require.Contains(t, out, file+want)
		_, stderr, status := procedo(t, dir, "load", file)
		require.Equal(t, 1, status)
		require.Contains(t, stderr, file+want)
		if text != "id: files\nid: files\n" {
			_, stderr, status = procedo(t, dir, "run", "files", "--answers", file)
			require.Equal(t, 1, status)
			require.Contains(t, stderr, "procedo: "+file+want)
		}
	}
}

func TestYAMLAliasesAreExpandedUpToALimit(t *testing.T) {
	dir := t.TempDir()
	out, stderr, status := procedo(t, dir, "load", write(t, dir, "alias.yaml", `
id: alias
name: Alias
steps:
  - {key: one, title: T, slots: &both [{name: x, type: string}]}
  - {key: two, title: T, slots: *both}
`))
	require.Zero(t, status, out+stderr)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'l'; c++ {
		p := "*" + string(c-1)
		bomb += string(c) + ": &" + string(c) + " [" + p + strings.Repeat(", "+p, 8) + "]\n"
	}
	out, _, status = procedo(t, dir, "lint", write(t, dir, "bomb.yaml", bomb))
	require.Equal(t, 1, status)
	require.Contains(t, out, "The aliases expand to more than 1,048,576 bytes.")
}
