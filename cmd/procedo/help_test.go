package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

func TestEveryCommandAndFlagHasHelpInFrench(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Name("procedo"))
	require.NoError(t, err)
	data, err := os.ReadFile("../../adapters/i18n/messages/help.fr.json")
	require.NoError(t, err)
	unused := map[string]string{}
	require.NoError(t, json.Unmarshal(data, &unused))
	t.Setenv("LC_ALL", "fr")
	needs := func(path, name, english string) {
		if english == "" {
			return
		}
		text, ok := helpText(path, name)
		require.True(t, ok, "%s %s", path, name)
		for id, french := range unused {
			if french == text {
				delete(unused, id)
			}
		}
	}
	needs("", "description", "Procedo executes procedures.")
	var walk func(n *kong.Node, path string)
	walk = func(n *kong.Node, path string) {
		for _, f := range n.Flags {
			needs(path, "--"+f.Name, f.Help)
		}
		for _, p := range n.Positional {
			needs(path, "<"+p.Name+">", p.Help)
		}
		for _, child := range n.Children {
			below := strings.TrimPrefix(path+"."+child.Name, ".")
			needs(below, "", child.Help)
			needs(below, "detail", child.Detail)
			walk(child, below)
		}
	}
	walk(parser.Model.Node, "")
	require.Empty(t, unused, "no text is left over")
}

func TestHelpAndUsageErrorsAreInTheReadersLanguage(t *testing.T) {
	t.Setenv("LC_ALL", "fr_CH.UTF-8")
	for _, c := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"--help"}, 0, []string{
			"Utilisation\u00a0: procedo <commande>", "Procedo exécute des procédures.",
			"Options\u00a0:", "Commandes\u00a0:", //nolint:misspell // French
			"audit verify", "Vérifier tous les journaux", "procedo <commande> --help",
		}},
		{[]string{"run", "--help"}, 0, []string{
			"Utilisation\u00a0: procedo run [<procedure>] [options]", "Arguments\u00a0:", "--answers=FICHIER",
			"par défaut, l’auteur.", "Un fichier de réponses est une liste JSON ou YAML",
		}},
		{[]string{"serve", "--help"}, 0, []string{"debug,info,warn,error\n"}},
		{[]string{"serv"}, 2, []string{"argument inattendu serv", "serve", "procedo --help"}},
		{[]string{"run", "--responses", "x"}, 2, []string{"option inconnue --responses"}},
		{[]string{"audit", "erase"}, 2, []string{"il manque\u00a0: --reason=TEXTE, --run=ID"}},
		{[]string{"audit", "withhold", "help_test.go"}, 2, []string{"il manque\u00a0: --withhold=MOT"}},
		{[]string{"load"}, 2, []string{"il manque\u00a0: \"<files> ...\""}},
		{[]string{"audit", "export", "--format", "xml"}, 2, []string{"valeurs possibles\u00a0: \"jsonl\",\"csv\""}},
	} {
		var out bytes.Buffer
		m := Main{Stdout: &out, Stderr: &out}
		require.Equal(t, c.status, m.Run(t.Context(), c.args), c.args)
		for _, want := range c.want {
			require.Contains(t, out.String(), want)
		}
		for _, english := range []string{"Usage:", "Flags:", "Commands:", "Show ", "expected", "unexpected", "Try:"} {
			require.NotContains(t, out.String(), english)
		}
	}
}
