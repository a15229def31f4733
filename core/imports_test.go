// Package core_test holds the core's own law: what it may know.
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

// Modules that a rule of the core needs, with everything that they bring.
var allowedModules = []string{
	"github.com/go-json-experiment/json", // RFC 8785, strict JSON
	"github.com/nyaruka/phonenumbers",    // possible phone numbers
	"google.golang.org/protobuf",         // of phonenumbers
	"golang.org/x/text",                  // language tags, normal forms
	"golang.org/x/net/idna",              // international host names
	"golang.org/x/mod/sumdb",             // Merkle trees of RFC 6962, C2SP signed notes
}

func TestTheCoreDependsOnNothingOutward(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...").Output()
	require.NoError(t, err)
	for _, pkg := range strings.Fields(string(out)) {
		ok := strings.HasPrefix(pkg+"/", module+"core/")
		for _, m := range allowedModules {
			ok = ok || pkg == m || strings.HasPrefix(pkg, m+"/")
		}
		// What generates tests is built on the core; the core's own code does not import it.
		ok = ok || strings.HasPrefix(pkg, "pgregory.net/rapid")
		require.True(t, ok, "the core depends on %s", pkg)
	}
}

// Imports that would bring in the world, and that no file of the core's own may name.
var forbidden = []string{"database/sql", "net", "net/http", "log", "log/slog", "os", "os/exec", "io/ioutil", "math/rand", "math/rand/v2", "crypto/rand", "encoding/json", "pgregory.net/rapid"}

// What of the time package reads the clock or waits for it.
var reading = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}

func TestTheCoreHasNoInputOutputClockRandomnessOrGoroutine(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		clock := "" // the name under which the file knows the time package
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			require.NotContains(t, forbidden, name, path)
			if name == "time" {
				clock = "time"
				if spec.Name != nil {
					clock = spec.Name.Name
				}
				require.NotEqual(t, ".", clock, "%s hides what it takes from time", path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", path)
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok && clock != "" && pkg.Name == clock && slices.Contains(reading, n.Sel.Name) {
					t.Errorf("%s reads the clock: time.%s", path, n.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

// Packages of adapters that others may import: texts for people, and what the databases share.
var sharedAdapters = map[string][]string{
	"i18n":    {"http", "terminal"},
	"storage": {"sqlite", "postgres"},
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
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
				allowed := family(imported) == family(pkg) || slices.Contains(sharedAdapters[family(imported)], family(pkg))
				require.True(t, allowed, "%s imports %s", pkg, imported)
			}
		}
	}
}

// Driving adapters call use cases. The ports belong to the service and to the storage behind it.
var drivingAdapters = []string{"../adapters/http", "../adapters/terminal"}

func TestDrivingAdaptersReachUseCasesOnly(t *testing.T) {
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
						t.Errorf("%s names the port app.%s", path, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "../adapters/http", "../adapters/terminal").Output()
	require.NoError(t, err)
	for _, storage := range []string{"adapters/sqlite", "adapters/postgres", "adapters/caching", "core/verify"} {
		require.NotContains(t, string(out), module+storage)
	}
}

// portsOf returns the names of the interfaces of core/app, and of the struct that holds them.
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
