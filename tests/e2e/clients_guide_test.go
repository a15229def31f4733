package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// clientsGuides are the files of the guide to clients, by language.
var clientsGuides = map[string]string{"en": "../../docs/clients.md", "fr": "../../docs/clients.fr.md"}

// TestClientsGuideCommandsPrintWhatIsShown writes the programs of the guide to clients into a copy of the repository,
// runs its commands there, and compares their output with the guide. The copy consists of links, except for the client
// in TypeScript, which the commands install and build.
func TestClientsGuideCommandsPrintWhatIsShown(t *testing.T) {
	server := serve(t, t.TempDir(), "--demo")
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "api"), 0o700))
	api, err := filepath.Glob("../../api/*.*")
	require.NoError(t, err)
	for _, path := range append(api, "api/client", "api/procedo", "core", "adapters", "docs", "schema", "go.mod", "go.sum") {
		name := strings.TrimPrefix(path, "../../")
		require.NoError(t, os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)))
	}
	typescript, err := filepath.Glob("../../api/typescript/*.json")
	require.NoError(t, err)
	for _, file := range append(typescript, "../../api/typescript/.npmrc") {
		name := strings.TrimPrefix(file, "../../")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		write(t, dir, name, string(contents(t, file)))
	}
	sources := filepath.Join("api", "typescript", "src")
	require.NoError(t, os.CopyFS(filepath.Join(dir, sources), os.DirFS(filepath.Join(root, sources))))
	page := clientsGuides["en"]
	r := guideRunner{t: t, dir: dir, path: filepath.Dir(binary), language: "en"}
	r.toActual, r.toShown = replacers(map[string]string{shownServer: server.url})
	done := fence.ReplaceAllStringFunc(string(contents(t, page)), func(block string) string {
		switch parts := fence.FindStringSubmatch(block); {
		case parts[2] != "":
			write(t, dir, parts[2], r.toActual.Replace(parts[3]))
		case parts[1] == "console":
			return "```console\n" + r.runBlock(parts[3]) + "```"
		}
		return block
	})
	require.Equal(t, 4, r.commands)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(done), 0o600))
	}
}

// The programs and commands of both languages are the same, and so are the sections.
func TestClientsGuidesOfBothLanguagesAgree(t *testing.T) {
	blocks := func(page string) []string { return fence.FindAllString(string(contents(t, page)), -1) }
	require.Equal(t, blocks(clientsGuides["en"]), blocks(clientsGuides["fr"]))
	levels := func(page string) (all []string) {
		text := fence.ReplaceAllString(string(contents(t, page)), "")
		for _, heading := range regexp.MustCompile(`(?m)^#+ `).FindAllString(text, -1) {
			all = append(all, strings.TrimSpace(heading))
		}
		return all
	}
	require.Equal(t, levels(clientsGuides["en"]), levels(clientsGuides["fr"]))
}
