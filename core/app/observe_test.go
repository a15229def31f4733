package app_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
)

// A use case that is added must begin with s.admit, so that nobody can call it without a permission and that it is seen
// in traces. What the service does for itself begins with s.begin.
func TestEveryUseCaseIsObservedUnderItsNameAndAsksForAPermission(t *testing.T) {
	found := 0
	functions(t, func(path string, f *ast.FuncDecl) {
		if isUseCase(f) {
			found++
			want := map[string]string{"UseCases": "admit", "Service": "begin"}[receiver(f)]
			name := observedName(f, want)
			require.Equal(t, f.Name.Name, name, "in %s: call s.%s with the name of the use case", path, want)
		}
	})
	require.Greater(t, found, 20)
}

// Each use case asks for one permission and is seen once. What two of them do is in a method that is not exported.
func TestNoUseCaseCallsAnother(t *testing.T) {
	useCases := map[string]bool{}
	functions(t, func(_ string, f *ast.FuncDecl) { useCases[f.Name.Name] = useCases[f.Name.Name] || isUseCase(f) })
	functions(t, func(path string, f *ast.FuncDecl) {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if called, ok := n.(*ast.SelectorExpr); ok && useCases[called.Sel.Name] {
				require.False(t, isService(f, called.X), "in %s: %s calls %s", path, f.Name.Name, called.Sel.Name)
			}
			return true
		})
	})
}

// isService reports whether an expression in a function is a receiver or parameter that is the service or its use
// cases, or a field that holds them.
func isService(f *ast.FuncDecl, x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		given := slices.Clone(f.Type.Params.List)
		if f.Recv != nil {
			given = append(given, f.Recv.List...)
		}
		return slices.ContainsFunc(given, func(of *ast.Field) bool {
			pointer, _ := of.Type.(*ast.StarExpr)
			if pointer == nil {
				return false
			}
			name, _ := pointer.X.(*ast.Ident)
			return name != nil && (name.Name == "Service" || name.Name == "UseCases") &&
				slices.ContainsFunc(of.Names, func(n *ast.Ident) bool { return n.Name == x.Name })
		})
	case *ast.SelectorExpr:
		return x.Sel.Name == "service" || x.Sel.Name == "Service" || x.Sel.Name == "UseCases"
	}
	return false
}

// functions calls fn for each function of the package, with the file that contains it.
func functions(t *testing.T, fn func(path string, f *ast.FuncDecl)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				fn(path, f)
			}
		}
	}
}

// isUseCase reports whether a function is an exported method of the service or its use cases with a context.
func isUseCase(f *ast.FuncDecl) bool {
	if !f.Name.IsExported() || len(f.Type.Params.List) == 0 {
		return false
	}
	of := receiver(f)
	first, isSelector := f.Type.Params.List[0].Type.(*ast.SelectorExpr)
	return (of == "Service" || of == "UseCases") && isSelector && first.Sel.Name == "Context"
}

// receiver returns the type of a method with a pointer receiver; empty for other functions.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	if pointer, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		if name, ok := pointer.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

// observedName returns the name with which a function calls a method of its receiver.
func observedName(f *ast.FuncDecl, method string) (name string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == method {
			if text, ok := call.Args[1].(*ast.BasicLit); ok {
				name, _ = strconv.Unquote(text.Value)
			}
		}
		return true
	})
	return name
}

// observer records the use cases.
type observer struct{ seen []string }

type observedKey struct{}

func (o *observer) Begin(ctx context.Context, useCase string) (context.Context, func(error)) {
	o.seen = append(o.seen, "begin "+useCase)
	return context.WithValue(ctx, observedKey{}, useCase), func(err error) {
		o.seen = append(o.seen, "end "+useCase)
		if err != nil {
			o.seen = append(o.seen, err.Error())
		}
	}
}

// failingRuns fails with the use case that its context names.
type failingRuns struct{ app.Runs }

func (failingRuns) Load(ctx context.Context, _ string) (app.RunRecord, error) {
	name, _ := ctx.Value(observedKey{}).(string)
	return app.RunRecord{}, errors.New("called by " + name)
}

func TestAnObserverSeesTheErrorAndGivesTheContext(t *testing.T) {
	o := &observer{}
	_, err := apptest.New(app.Ports{Runs: failingRuns{}}, app.WithObserver(o)).RunAt(t.Context(), "r", 1)
	require.Error(t, err)
	require.Equal(t, []string{"begin RunAt", "end RunAt", "called by RunAt"}, o.seen[:3])
}

// sameRun returns one run without allocating.
type sameRun struct{ app.Runs }

func (sameRun) Load(context.Context, string) (r app.RunRecord, err error) {
	r.Run.Seq = 1
	return r, nil
}

func TestWithoutAnObserverAUseCaseAllocatesNothingForIt(t *testing.T) {
	s := apptest.New(app.Ports{Runs: sameRun{}})
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := s.RunAt(t.Context(), "r", 1); err != nil {
			panic(err)
		}
	}))
}
