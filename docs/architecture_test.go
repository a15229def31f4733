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

var update = flag.Bool("update", false, "rewrite the generated parts of the documentation")

const statesBegin, statesEnd = "<!-- states: generated, see docs/architecture_test.go -->\n", "<!-- /states -->\n"

// diagram returns the state diagram of a run as a Mermaid code block.
func diagram() string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nstateDiagram-v2\n    [*] --> " + string(run.States[0]) + ": start\n")
	for _, t := range run.Transitions {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, t.To, t.Cause)
	}
	for _, s := range run.States {
		if s.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String() + "```\n\n"
}

// architecture returns the text of architecture.md.
func architecture(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("architecture.md")
	require.NoError(t, err)
	return string(data)
}

func TestStateDiagramMatchesTheTransitions(t *testing.T) {
	before, rest, found := strings.Cut(architecture(t), statesBegin)
	require.True(t, found)
	drawn, after, found := strings.Cut(rest, statesEnd)
	require.True(t, found)
	if *update {
		text := before + statesBegin + diagram() + statesEnd + after
		require.NoError(t, os.WriteFile("architecture.md", []byte(text), 0o600))
		return
	}
	require.Equal(t, diagram(), drawn, "out of date: run go test ./docs -update")
}

func TestFilesAndFunctionsInTheArchitectureExist(t *testing.T) {
	text := architecture(t)
	functions := regexp.MustCompile("\\| `([a-z0-9_/]+\\.go)` \\| `(\\w+)` \\|").FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, functions)
	for _, m := range functions {
		source, err := os.ReadFile("../" + m[1])
		require.NoError(t, err)
		require.Regexp(t, `(?m)^func (\([^)]*\) )?`+m[2]+`\b`, string(source), m[1])
	}
	paths := regexp.MustCompile("`((?:core|adapters|cmd|schema|api)/[a-z0-9_/.]+)`")
	for _, m := range paths.FindAllStringSubmatch(text, -1) {
		_, err := os.Stat("../" + m[1])
		require.NoError(t, err)
	}
}

func TestArchitectureMentionsEveryPackage(t *testing.T) {
	const format = "{{.ImportPath}} {{len .GoFiles}}"
	out, err := exec.Command("go", "list", "-f", format, "../core/...", "../adapters/...", "../cmd/...").Output()
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
