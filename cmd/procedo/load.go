package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
)

type loadCmd struct {
	database
	Server string `help:"Load into this server instead of a database." placeholder:"URL"`
	tokenFlag
	Actor actor    `default:"procedo-load" help:"Actor named in the audit trail."`
	Files []string `arg:"" help:"Definition files (.json, .yaml, .yml), or folders of them."`
}

// outcome is the result of loading one definition.
type outcome struct {
	id       string
	version  int
	changed  bool
	warnings []string // one line each
}

// loader loads definitions into a database or a server.
type loader interface {
	load(ctx context.Context, document []byte) (outcome, error)
	close() error
}

// Run loads each file. If a file cannot be loaded, Run shows why and continues with the next. After a signal, it does
// not continue.
func (c loadCmd) Run(ctx context.Context, m *Main) error {
	files, err := definitionFiles(c.Files)
	if err != nil {
		return err
	}
	to, err := c.loader(ctx)
	if err != nil {
		return err
	}
	defer to.close() //nolint:errcheck // the definitions are committed
	var all tally
	for n, file := range files {
		if len(files) > 1 {
			fmt.Fprintf(m.Stdout, "%d/%d ", n+1, len(files))
		}
		doc, changed, err := m.loadFile(ctx, to, file)
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		all.add(changed, err)
		if err != nil {
			m.printFault(file, doc, err)
		}
	}
	if len(files) > 1 {
		m.println(strings.Join([]string{
			count("loaded", all.loaded), count("unchanged", all.unchanged), count("failed", all.failed),
		}, ", "))
	}
	if all.failed > 0 {
		return exitError(1)
	}
	return nil
}

// tally counts the outcomes of loading.
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
		if err := c.checkActor(c.Actor, "procedo-load"); err != nil {
			return nil, err
		}
		api, err := newAPIClient(ctx, c.Server, c.tokenFlag, string(c.Actor))
		return serverLoader{api}, err
	}
	w, err := c.open(ctx, false, wiring{})
	return databaseLoader{w, string(c.Actor)}, err
}

func (m *Main) loadFile(ctx context.Context, to loader, file string) (doc document, changed bool, err error) {
	doc, err = readDocument(ctx, file)
	if err == nil {
		var done outcome
		done, err = to.load(ctx, doc.json)
		if err == nil {
			m.printLoaded(file, done)
			return doc, done.changed, nil
		}
	}
	m.printf("%s: %s", file, say("not_loaded", nil))
	return doc, false, err
}

func (m *Main) printLoaded(file string, done outcome) {
	text := "unchanged"
	if done.changed {
		text = "loaded"
	}
	m.printf("%s: %s", file, say(text, fault.Params{"procedure": done.id, "version": done.version}))
	for _, w := range done.warnings {
		m.warn(file + ": " + say("warning", fault.Params{"warning": w}))
	}
}

// printFault shows why a file was not loaded, with every issue on a line of its own.
func (m *Main) printFault(file string, doc document, err error) {
	var f *fault.Error
	if text, _, _ := doc.problem(err); text != "" {
		m.warn(doc.problemLine(file, err))
		return
	}
	if !errors.As(err, &f) || f.Kind == fault.Internal {
		m.warnError(file, errorText(err))
		return
	}
	title, detail := terminalLocale().Problem(f.Code, f.Params)
	m.warn(fmt.Sprintf("%s: %s. %s", file, title, detail))
	for _, text := range issueLines(f) {
		m.warn("  " + text)
	}
}

// databaseLoader loads definitions into a database.
type databaseLoader struct {
	*wired
	actor string
}

func (l databaseLoader) load(ctx context.Context, document []byte) (outcome, error) {
	node, err := jsondoc.Parse(document)
	if err != nil {
		return outcome{}, err
	}
	by := systemPrincipal(l.actor)
	saved, err := l.As(by).SaveDefinition(ctx, app.Request{}, node)
	done := outcome{id: saved.View.Record.ID, version: saved.View.Record.Version, changed: saved.Changed}
	for _, is := range saved.Warnings.First {
		done.warnings = append(done.warnings, issueLine(is))
	}
	return done, err
}
