// Package core_test checks the import rules of the architecture.
package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/procedo/procedo/"

// allowedModules lists the modules that the core may depend on, directly or indirectly. Each has a comment on its use.
var allowedModules = []string{
	"github.com/go-json-experiment/json", // RFC 8785, strict JSON
	"github.com/nyaruka/phonenumbers",    // possible phone numbers
	"google.golang.org/protobuf",         // a dependency of phonenumbers
	"golang.org/x/text",                  // language tags, normal forms
	"golang.org/x/net/idna",              // international host names
	"golang.org/x/mod/sumdb",             // Merkle trees of RFC 6962, C2SP signed notes
}

func TestCoreDependsOnAllowedModulesOnly(t *testing.T) {
	const notStandard = "{{if not .Standard}}{{.ImportPath}}{{end}}"
	out, err := exec.Command("go", "list", "-deps", "-f", notStandard, "./...").Output()
	require.NoError(t, err)
	for _, pkg := range strings.Fields(string(out)) {
		ok := strings.HasPrefix(pkg+"/", module+"core/")
		for _, m := range allowedModules {
			ok = ok || pkg == m || strings.HasPrefix(pkg, m+"/")
		}
		// Packages such as runtest use rapid to generate random test data.
		ok = ok || strings.HasPrefix(pkg, "pgregory.net/rapid")
		require.True(t, ok, "the core depends on %s", pkg)
	}
}

// forbiddenImports lists packages that the core must not import, except in test files and in packages for tests.
var forbiddenImports = []string{
	"database/sql", "net", "net/http", "log", "log/slog", "os", "os/exec", "io/ioutil",
	"math/rand", "math/rand/v2", "crypto/rand", "encoding/json", "pgregory.net/rapid",
}

// clockFunctions lists the functions of the time package that read the clock or wait.
var clockFunctions = []string{
	"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker",
}

func TestCoreUsesNoIOClockRandomNumbersOrGoroutines(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		isTest := strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test/")
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || isTest {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		clock := "" // the name under which the file imports the time package; empty if it does not
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			require.NotContains(t, forbiddenImports, name, path)
			if name == "time" {
				clock = "time"
				if spec.Name != nil {
					clock = spec.Name.Name
				}
				require.NotEqual(t, ".", clock, "%s imports time with a dot", path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", path)
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				if ok && clock != "" && pkg.Name == clock && slices.Contains(clockFunctions, n.Sel.Name) {
					t.Errorf("%s reads the clock: time.%s", path, n.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

// sharedAdapters lists the adapters that other adapters may import, with the adapters that may import them.
var sharedAdapters = map[string][]string{
	"i18n": {"apidocs", "console", "http", "mcp", "terminal"},
	// The API checks requests against the contract, the tools of assistants their arguments.
	"jsonschema": {"http", "mcp"},
	// Both ask an OpenID Connect issuer: for its keys, and to log people in.
	"discovery": {"identity", "login"},
	"storage":   {"sqlite", "postgres", "headcheck"},
	// Both send embedded files to browsers.
	"webfile": {"apidocs", "console"},
	// Both databases write changes in groups.
	"groupcommit": {"storage", "sqlite", "postgres"},
}

func TestAdaptersDoNotImportEachOther(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "../adapters/...").Output()
	require.NoError(t, err)
	family := func(pkg string) string {
		name, _, _ := strings.Cut(strings.TrimPrefix(pkg, module+"adapters/"), "/")
		return name
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, imported := range strings.Fields(imports) {
			if strings.HasPrefix(imported, module+"adapters/") && !strings.HasSuffix(pkg, "test") {
				from, to := family(pkg), family(imported)
				allowed := from == to || slices.Contains(sharedAdapters[to], from)
				require.True(t, allowed, "%s imports %s", pkg, imported)
			}
		}
	}
}

// drivingAdapters lists the adapters that call use cases. They must not call the ports (the interfaces that the use
// cases themselves call).
var drivingAdapters = []string{"../adapters/http", "../adapters/login", "../adapters/terminal"}

func TestDrivingAdaptersDoNotUsePorts(t *testing.T) {
	ports := portsOf(t)
	require.Contains(t, ports, "Runs")
	for _, dir := range drivingAdapters {
		files, err := filepath.Glob(dir + "/*.go")
		require.NoError(t, err)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "app" && slices.Contains(ports, s.Sel.Name) {
						t.Errorf("%s uses the port app.%s", path, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
	list := append([]string{"list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}"}, drivingAdapters...)
	out, err := exec.Command("go", list...).Output()
	require.NoError(t, err)
	for _, storage := range []string{"adapters/sqlite", "adapters/postgres", "adapters/caching", "core/verify"} {
		require.NotContains(t, string(out), module+storage)
	}
}

// portsOf returns the names of the interfaces of core/app, and of the struct Ports.
func portsOf(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("app/*.go")
	require.NoError(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if _, port := spec.Type.(*ast.InterfaceType); port || spec.Name.Name == "Ports" {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	return names
}
