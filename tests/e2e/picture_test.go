package e2e

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// pictures are the pictures of a run in the READMEs, by the language of the program.
var pictures = map[string]string{"en": "../../docs/images/demo.svg", "fr": "../../docs/images/demo.fr.svg"}

// TestThePictureOfARunShowsWhatTheProgramPrints compares the pictures with the output of procedo demo. With -update it
// draws them.
func TestThePictureOfARunShowsWhatTheProgramPrints(t *testing.T) {
	for language, file := range pictures {
		t.Run(language, func(t *testing.T) {
			out, stderr, status := procedoIn(t, t.TempDir(), language, "demo")
			require.Zero(t, status, stderr)
			drawn := drawTerminal("procedo demo", runID.ReplaceAllString(out, "01a20950-0000-7000-8000-000000000000"))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(drawn), 0o600))
			}
			require.Equal(t, string(contents(t, file)), drawn, "run: go test ./tests/e2e -run Picture -update")
		})
	}
}

// The measures of a picture of a terminal, in pixels. A character of the usual monospaced fonts is 0.6 em wide.
const (
	fontSize   = 14
	charWidth  = 8.43
	lineHeight = 21
	margin     = 20
	titleBar   = 36
)

// lineStyles are the classes of the lines of a terminal, by what they begin with. The first that matches is used.
var lineStyles = []struct {
	begins *regexp.Regexp
	class  string
}{
	{regexp.MustCompile(`^✓`), "good"},
	{regexp.MustCompile(`^✗`), "bad"},
	{regexp.MustCompile(`^  \S`), "issue"},
	{regexp.MustCompile(`: 0 `), "good"}, // the last line: no findings
	{regexp.MustCompile(``), "plain"},
}

// drawTerminal returns an SVG picture of a terminal after a command. It has a dark background of its own, so that it
// can be read on light and dark pages, and no font or script from elsewhere.
func drawTerminal(command, output string) string {
	lines := strings.Split(strings.TrimRight(output, "\n"), "\n")
	longest := utf8.RuneCountInString(command) + 2
	for _, line := range lines {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	width := int(float64(longest)*charWidth) + 2*margin
	height := titleBar + (len(lines)+1)*lineHeight + margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img">
<title>%[3]s</title>
<style>
text { font: %[4]dpx ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }
.plain { fill: #e6edf3; } .good { fill: #56d364; } .bad { fill: #ff7b72; } .issue { fill: #e3b341; } .prompt { fill: #79c0ff; }
</style>
<rect x="0.5" y="0.5" width="%[5]d" height="%[6]d" rx="8" fill="#0d1117" stroke="#6e7681"/>
<circle cx="20" cy="18" r="5" fill="#ff7b72"/><circle cx="38" cy="18" r="5" fill="#e3b341"/><circle cx="56" cy="18" r="5" fill="#56d364"/>
`, width, height, command, fontSize, width-1, height-1)
	y := titleBar + fontSize
	fmt.Fprintf(&b, `<text x="%d" y="%d" class="plain"><tspan class="prompt">$</tspan> %s</text>`+"\n", margin, y, command)
	for _, line := range lines {
		y += lineHeight
		fmt.Fprintf(&b, `<text x="%d" y="%d" class="%s">%s</text>`+"\n", margin, y, lineClass(line), html.EscapeString(line))
	}
	return b.String() + "</svg>\n"
}

func lineClass(line string) string {
	for _, s := range lineStyles {
		if s.begins.MatchString(line) {
			return s.class
		}
	}
	return "plain"
}
