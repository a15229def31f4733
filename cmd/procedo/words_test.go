package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// inFrench runs a command in French and returns its output.
func inFrench(t *testing.T, args ...string) string {
	t.Helper()
	t.Setenv("LC_ALL", "fr_FR.UTF-8")
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	m.Run(t.Context(), args)
	return out.String()
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

const wordsYAML = `
name: W
steps:
  - key: a
    title: A
    skippable: true
    slots: [{name: kind, type: enum, options: ["x, y", z]}]
  - {key: b, title: B, when: 'a.?kind.orValue("") == "z"'}
`

func TestTheFlowchartIsInTheReadersLanguage(t *testing.T) {
	require.Equal(t, `flowchart TD
  s1["A<br>peut être sautée"]
  s2["B<br>si a.?kind.orValue(#quot;#quot;) == #quot;z#quot;"]
  finish(("fin"))
  s1 --> s2
  s2 --> finish
  s2 -.->|"sans objet"| finish
`, inFrench(t, "lint", "--graph", writeFile(t, "w.yaml", wordsYAML)))
}

func TestTheSimulationIsInTheReadersLanguage(t *testing.T) {
	file := writeFile(t, "w.yaml", wordsYAML)
	out := inFrench(t, "lint", "--simulate", writeFile(t, "a.json", `[{"slots":{"kind":"q"}}]`), file)
	require.Contains(t, out, "→ a\u00a0: ouverte\n")
	require.Contains(t, out, "Valeurs possibles\u00a0: «\u00a0x, y\u00a0», «\u00a0z\u00a0».")
	out = inFrench(t, "lint", "--simulate", writeFile(t, "a.json", `[{"slots":{"kind":"x, y"}}]`), file)
	require.Contains(t, out, "→ b\u00a0: sans objet\n")
	require.Contains(t, out, `est fausse (a.kind = "x, y")`)
	require.Contains(t, out, "= fin\n")
}

func TestTypesInMessagesAboutAnswersAreInTheReadersLanguage(t *testing.T) {
	for answers, want := range map[string]string{
		`[{"slots":[]}]`:  "/0/slots\u00a0: type inattendu (une liste).",
		`[{"step":{}}]`:   "/0/step\u00a0: type inattendu (un objet).",
		`[{"step":7}]`:    "/0/step\u00a0: type inattendu (un nombre).",
		`[{"step":true}]`: "/0/step\u00a0: type inattendu (true ou false).",
		`["a"]`:           "/0\u00a0: type inattendu (un texte).",
	} {
		out := inFrench(t, "lint", "--simulate", writeFile(t, "a.json", answers), writeFile(t, "w.yaml", wordsYAML))
		require.Contains(t, out, want)
	}
}

func TestErrorsOfFilesAndAddressesAreInTheReadersLanguage(t *testing.T) {
	dir := t.TempDir()
	require.Contains(t, inFrench(t, "audit", "verify", dir+"/none"), "/none\u00a0: fichier introuvable\n")
	require.Contains(t, inFrench(t, "audit", "verify", dir), dir+"\u00a0: dossier au lieu d’un fichier\n")
	require.Contains(t, inFrench(t, "serve", "--listen", "x:y:z"), "--listen x:y:z\u00a0: forme attendue\u00a0: HÔTE:PORT")
	used, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer used.Close() //nolint:errcheck // a listener of the test
	out := inFrench(t, "serve", "--listen", used.Addr().String(), "--database-url", "sqlite:"+dir+"/p.db")
	require.Contains(t, out, "cette adresse est déjà utilisée par un autre programme.")
}
