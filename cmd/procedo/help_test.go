package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/cmd/internal/command"
)

func TestEveryCommandAndFlagHasHelpInFrench(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	program := newProgram()
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
	needs("", "description", program.Help)
	program.Walk(func(c *command.Command) {
		path := helpPath(c)
		for _, f := range c.Flags {
			needs(path, "--"+f.Name, f.Help)
		}
		for _, a := range c.Arguments {
			needs(path, "<"+a.Name+">", a.Help)
		}
		if path != "" {
			needs(path, "", c.Help)
			needs(path, "detail", c.Detail)
		}
	})
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
			"Utilisation\u00a0: procedo run [<procédure>] [options]", "Arguments\u00a0:", "--answers=FICHIER",
			"par défaut, l’auteur.", "Un fichier de réponses est une liste JSON ou YAML",
		}},
		{[]string{"serve", "--help"}, 0, []string{"debug, info, warn, error"}},
		{[]string{"serv"}, 2, []string{"argument inattendu serv", "dire serve", "procedo --help"}},
		{[]string{"run", "--responses", "x"}, 2, []string{"option inconnue --responses"}},
		{[]string{"audit", "erase"}, 2, []string{"il manque\u00a0: --reason=TEXTE, --run=ID"}},
		{[]string{"audit", "withhold", "help_test.go"}, 2, []string{"il manque\u00a0: --withhold=MOT"}},
		{[]string{"load"}, 2, []string{"il manque\u00a0: <fichiers> ...", "procedo load --help"}},
		{nil, 2, []string{"il manque\u00a0: serve, demo"}},
		{[]string{"audit"}, 2, []string{"il manque\u00a0: verify, export"}},
		{[]string{"audit", "export", "--format", "xml"}, 2, []string{"--format\u00a0: valeurs possibles\u00a0: jsonl, csv"}},
		{[]string{"completion", "tcsh"}, 2, []string{"<shell>\u00a0: valeurs possibles\u00a0: bash"}},
		{[]string{"completion"}, 2, []string{"il manque\u00a0: <shell> (bash, zsh, fish)"}},
		{[]string{"help", "audit"}, 0, []string{"procedo audit <commande> --help"}},
		{[]string{"serve", "--demo=x"}, 2, []string{"--demo\u00a0: valeurs possibles\u00a0: true, false"}},
		{[]string{"serve", "--checkpoint-every=1d"}, 2, []string{"--checkpoint-every\u00a0: une durée"}},
		{[]string{"demo", "--actor=\xff"}, 2, []string{"--actor\u00a0: la valeur n’est pas en UTF-8"}},
		{[]string{"list", "--limit"}, 2, []string{"--limit\u00a0: il manque une valeur"}},
		{[]string{"list", "--limit", "x"}, 2, []string{"--limit\u00a0: un nombre entier"}},
		{[]string{"demo", "--actor", " "}, 2, []string{"--actor\u00a0: valeur non valide\u00a0: "}},
		{[]string{"list", "--databse-url=x"}, 2, []string{"option inconnue --databse-url", "dire --database-url"}},
		{[]string{"audit", "verify", "none.jsonl"}, 2, []string{"[<fichiers> ...]\u00a0: none.jsonl\u00a0: fichier introuvable"}},
		{[]string{"audit", "verify", "."}, 2, []string{"[<fichiers> ...]\u00a0: .\u00a0: dossier au lieu d’un fichier"}},
		{[]string{"secrets", "rotate", "--secrets-key-file=help_test.go", "--add-key", "--drop-old"}, 2, []string{
			"--drop-old et --add-key s’excluent",
		}},
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
