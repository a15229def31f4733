package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mayWait holds what can wait for ever, and the calls in whose arguments it is allowed: those wait for a signal, too,
// or do not read.
var mayWait = map[string][]string{
	"os.Open": nil, "os.ReadFile": nil, "os.Stdin": {"terminal.IsTerminal", "terminal.Open"},
	"secrets.Load": {"await"}, "identity.New": {"await"}, "tracing.Read": {"await"},
}

func TestFilesAreReadOnlyWhereASignalEndsTheRead(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "input.go" {
			continue
		}
		places := token.NewFileSet()
		file, err := parser.ParseFile(places, name, nil, 0)
		require.NoError(t, err)
		var around []string // for each node around the current one, the function that it calls
		ast.Inspect(file, func(n ast.Node) bool {
			called := ""
			switch n := n.(type) {
			case nil:
				around = around[:len(around)-1]
				return true
			case *ast.CallExpr:
				called = types.ExprString(n.Fun)
			case *ast.SelectorExpr:
				allowed, waits := mayWait[types.ExprString(n)]
				isAllowed := slices.ContainsFunc(around, func(call string) bool { return slices.Contains(allowed, call) })
				require.True(t, !waits || isAllowed, "%s: %s, which no signal ends", places.Position(n.Pos()), types.ExprString(n))
			}
			around = append(around, called)
			return true
		})
	}
}
