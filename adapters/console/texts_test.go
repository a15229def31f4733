package console_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The service gives the reasons of failed evaluations as codes, which the pages word.
func TestEveryReasonOfAFailedEvaluationHasWords(t *testing.T) {
	codes := map[string]bool{"cost": true, "unknown": true}
	cel := regexp.MustCompile(`(?s)\nvar evaluationReasons.*?\n\}`).FindString(read(t, "../cel/reason.go"))
	for _, m := range regexp.MustCompile("`, \"([a-z_]+)\"\\)").FindAllStringSubmatch(cel, -1) {
		codes[m[1]] = true
	}
	written := regexp.MustCompile(`(?:condition\.Error\{Reason:|reasonErased =) "([a-z_]+)"`)
	for _, dir := range []string{"../cel", "../../core/run"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			for _, m := range written.FindAllStringSubmatch(read(t, file), -1) {
				codes[m[1]] = true
			}
		}
	}
	require.Len(t, codes, 16)
	for _, language := range []string{"en", "fr"} {
		words := regexp.MustCompile(`(?s)\n    reasons: \{.*?\n    \}`).FindString(read(t, "src/texts/"+language+".ts"))
		for code := range codes {
			require.Regexp(t, `\n      `+code+`: "[^"]+",`, words, language)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}
