package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// The types of all packages are checked from their source. That finds what does not compile for a system, in a fraction
// of the time of a build for it.
func TestTheProgramCompilesForTheOtherSystems(t *testing.T) {
	for _, system := range []string{"darwin", "windows"} {
		loaded, err := packages.Load(&packages.Config{
			Context: t.Context(), Dir: "../..", Env: append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0", "GOFLAGS="),
			Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
				packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes,
		}, "./cmd/procedo")
		require.NoError(t, err)
		packages.Visit(loaded, nil, func(p *packages.Package) {
			for _, err := range p.Errors {
				t.Errorf("%s: %v", system, err)
			}
		})
	}
}
