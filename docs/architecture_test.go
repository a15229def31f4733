package docs_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/run"
)

var update = flag.Bool("update", false, "write what is generated in the documentation anew")

const statesBegin, statesEnd = "<!-- states: generated, see docs/architecture_test.go -->\n", "<!-- /states -->\n"

// diagram draws the machine as Mermaid.
func diagram() string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nstateDiagram-v2\n    [*] --> " + string(run.States[0]) + ": start\n")
	for _, t := range run.Transitions {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, t.To, t.Act)
	}
	for _, s := range run.States {
		if s.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String() + "```\n\n"
}

func architecture(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("architecture.md")
	require.NoError(t, err)
	return string(data)
}

func TestTheDiagramOfStatesIsMadeFromTheTable(t *testing.T) {
	before, rest, found := strings.Cut(architecture(t), statesBegin)
	require.True(t, found)
	drawn, after, found := strings.Cut(rest, statesEnd)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile("architecture.md", []byte(before+statesBegin+diagram()+statesEnd+after), 0o600))
		return
	}
	require.Equal(t, diagram(), drawn, "go test ./docs -update")
}

func TestWhatTheArchitectureNamesExists(t *testing.T) {
	text := architecture(t)
	for _, m := range regexp.MustCompile("\\| `([a-z0-9_/]+\\.go)` \\| `(\\w+)` \\|").FindAllStringSubmatch(text, -1) {
		source, err := os.ReadFile("../" + m[1])
		require.NoError(t, err)
		require.Regexp(t, `(?m)^func (\([^)]*\) )?`+m[2]+`\b`, string(source), m[1])
	}
	for _, m := range regexp.MustCompile("`((?:core|adapters|cmd|schema|api)/[a-z0-9_/.]+)`").FindAllStringSubmatch(text, -1) {
		_, err := os.Stat("../" + m[1])
		require.NoError(t, err)
	}
}

func TestEveryPackageIsInTheArchitecture(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{len .GoFiles}}", "../core/...", "../adapters/...", "../cmd/...").Output()
	require.NoError(t, err)
	text := architecture(t)
	for line := range strings.Lines(string(out)) {
		pkg, files, _ := strings.Cut(strings.TrimSpace(line), " ")
		pkg = strings.TrimPrefix(pkg, "github.com/procedo/procedo/")
		if files == "0" || pkg == "core" || strings.HasSuffix(pkg, "test") || strings.Contains(pkg, "/gen") {
			continue
		}
		require.Contains(t, text, pkg)
	}
}
