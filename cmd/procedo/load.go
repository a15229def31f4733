package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

type loadCmd struct {
	database
	Server string   `help:"Load into a running server instead of a database." placeholder:"URL"`
	Actor  string   `default:"procedo-load" help:"Who loads, for the audit trail."`
	Files  []string `arg:"" help:"Definition files, JSON or YAML (.yaml, .yml), or folders of them."`
}

// outcome is what loading one definition did.
type outcome struct {
	id       string
	version  int
	changed  bool
	warnings []string // as shown: where, what, code
}

// loader puts one definition document where it belongs.
type loader interface {
	load(ctx context.Context, document []byte) (outcome, error)
	close() error
}

// Run loads each file; one that fails does not keep the others from being loaded.
func (c loadCmd) Run(ctx context.Context, m *Main) error {
	files, err := definitionFiles(c.Files)
	if err != nil {
		return err
	}
	to, err := c.loader(ctx)
	if err != nil {
		return err
	}
	defer to.close() //nolint:errcheck // what was loaded is committed
	var count tally
	for n, file := range files {
		if len(files) > 1 {
			fmt.Fprintf(m.Stdout, "%d/%d ", n+1, len(files))
		}
		changed, err := m.loadFile(ctx, to, file)
		count.add(changed, err)
		if err != nil {
			m.printFault(file, err)
		}
	}
	if len(files) > 1 {
		fmt.Fprintf(m.Stdout, "%d loaded, %d unchanged, %d failed\n", count.loaded, count.unchanged, count.failed)
	}
	if count.failed > 0 {
		return exitError(1)
	}
	return nil
}

// tally counts what loading did.
type tally struct{ loaded, unchanged, failed int }

func (t *tally) add(changed bool, err error) {
	switch {
	case err != nil:
		t.failed++
	case changed:
		t.loaded++
	default:
		t.unchanged++
	}
}

func (c loadCmd) loader(ctx context.Context) (loader, error) {
	if c.Server != "" {
		api, err := newRemote(c.Server, c.Actor)
		return remoteLoader{api}, err
	}
	w, err := c.open(ctx, false)
	return localLoader{w, c.Actor}, err
}

func (m *Main) loadFile(ctx context.Context, to loader, file string) (changed bool, err error) {
	document, err := readDocument(file)
	if err == nil {
		var done outcome
		done, err = to.load(ctx, document.json)
		if err == nil {
			m.printLoaded(file, done)
			return done.changed, nil
		}
	}
	fmt.Fprintf(m.Stdout, "%s: not loaded\n", file)
	return false, err
}

func (m *Main) printLoaded(file string, done outcome) {
	what := "unchanged"
	if done.changed {
		what = "loaded"
	}
	fmt.Fprintf(m.Stdout, "%s: %s version %d %s\n", file, done.id, done.version, what)
	for _, w := range done.warnings {
		fmt.Fprintf(m.Stderr, "%s: warning: %s\n", file, w)
	}
}

// printFault shows why a file was not loaded: every finding on a line, in the language of the terminal.
func (m *Main) printFault(file string, err error) {
	var f *fault.Error
	var malformed *jsondoc.Error
	switch {
	case errors.As(err, &malformed):
		fmt.Fprintf(m.Stderr, "%s: %s\n", file, notJSON(err))
		return
	case !errors.As(err, &f), f.Kind == fault.Internal:
		fmt.Fprintf(m.Stderr, "%s: %v\n", file, err)
		return
	}
	locale := terminalLocale()
	title, detail := locale.Problem(f.Code, f.Params)
	fmt.Fprintf(m.Stderr, "%s: %s. %s\n", file, title, detail)
	for _, is := range f.Issues {
		fmt.Fprintf(m.Stderr, "  %s\n", terminal.IssueLine(is.Field, locale.Issue(is), is.Code))
	}
}

// terminalLocale follows LC_ALL, LC_MESSAGES and LANG, in this order (POSIX, section 8.2).
func terminalLocale() i18n.Locale {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			tag, _, _ := strings.Cut(v, ".")
			return i18n.Accept(strings.ReplaceAll(tag, "_", "-"))
		}
	}
	return i18n.Accept("")
}

// localLoader loads into a database.
type localLoader struct {
	*wired
	actor string
}

func (l localLoader) load(ctx context.Context, document []byte) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	saved, err := l.SaveDefinition(ctx, app.Request{Actor: l.actor}, node)
	done := outcome{id: saved.View.Record.ID, version: saved.View.Record.Version, changed: saved.Changed}
	for _, is := range saved.Warnings {
		done.warnings = append(done.warnings, terminal.IssueLine(is.Field, terminalLocale().Issue(is), is.Code))
	}
	return done, err
}
