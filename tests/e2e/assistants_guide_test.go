package e2e

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// assistantsGuides are the files of the guide to assistants, by language.
var assistantsGuides = map[string]string{"en": "../../docs/assistants.md", "fr": "../../docs/assistants.fr.md"}

// TestAssistantsGuideCommandsPrintWhatIsShown runs the commands of the guide to assistants with a server that has the
// demo.
func TestAssistantsGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range assistantsGuides {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			server := serve(t, dir, "--demo")
			// The script of the page has the address, too.
			runPageWith(t, page, language, dir, map[string]string{shownServer: server.url})
		})
	}
	commands := func(page string) []string {
		return regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(string(contents(t, page)), -1)
	}
	require.Equal(t, commands(assistantsGuides["en"]), commands(assistantsGuides["fr"]))
}
