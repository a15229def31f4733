package e2e

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// apiGuides are the files of the guide to the API, by language.
var apiGuides = map[string]string{"en": "../../docs/api.md", "fr": "../../docs/api.fr.md"}

// TestAPIGuideCommandsPrintWhatIsShown runs the commands of the guide to the API with a server that has the demo.
func TestAPIGuideCommandsPrintWhatIsShown(t *testing.T) {
	for language, page := range apiGuides {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			runPage(t, page, language, dir, serve(t, dir, "--demo").url)
		})
	}
	blocks := func(page string) []string {
		return regexp.MustCompile("(?ms)^\\$ .*?$|^```json .*?^```$").FindAllString(string(contents(t, page)), -1)
	}
	require.Equal(t, blocks(apiGuides["en"]), blocks(apiGuides["fr"]))
}
