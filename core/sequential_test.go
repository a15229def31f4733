package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sequential lists the folders whose packages start no goroutines, not in tests either. Since the race detector can
// find nothing there, make test runs their tests without it. The list is also in the Makefile.
var sequential = []string{".", "../adapters/cel", "../cmd/contractctl", "../docs"}

// startsGoroutines are the methods that do, of sync.WaitGroup, errgroup.Group, testing.T and testing.B.
var startsGoroutines = map[string]bool{"Go": true, "Parallel": true, "RunParallel": true}

func TestWhatIsTestedWithoutTheRaceDetectorStartsNoGoroutines(t *testing.T) {
	for _, dir := range sequential {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if d.IsDir() && path == "app" { // the tests of the use cases call them concurrently, with the race detector
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s starts a goroutine", path)
				case *ast.CallExpr:
					if method, ok := n.Fun.(*ast.SelectorExpr); ok && startsGoroutines[method.Sel.Name] {
						t.Errorf("%s may start a goroutine: %s", path, method.Sel.Name)
					}
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
}
