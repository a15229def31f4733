package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

type backupCmd struct {
	database
	secretsFlag
	Overwrite bool   `help:"Replace an existing file."`
	Verify    bool   `default:"true" negatable:"" help:"Verify the copy before the file gets its name; on by default."`
	File      string `arg:"" help:"File to write."`
}

// Help is shown by --help below the summary.
func (backupCmd) Help() string {
	return "The copy shows the database at one moment, needs no other file, and only you can read it. " +
		"Copying the files yourself loses what is still in the -wal file, and the rest verifies all the same. " +
		"To restore a copy: stop the server, replace the file of the database, delete -wal and -shm, start the server."
}

// Run writes the copy beside the file, verifies it, and then gives it the name of the file.
func (c backupCmd) Run(ctx context.Context, m *Main) error {
	if !strings.HasPrefix(c.DatabaseURL, "sqlite:") {
		return c.otherDatabase()
	}
	if err := c.exists(); err != nil {
		return fmt.Errorf("%s: %w", c.shown(), err)
	}
	if err := c.mayWrite(); err != nil {
		return err
	}
	db, err := sqlite.Open(c.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:contextcheck // closing goes on after a cancellation
	dir, err := os.MkdirTemp(filepath.Dir(c.File), ".procedo-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "copy.db")
	if err := db.Backup(ctx, made); err != nil {
		return err
	}
	if err := c.verify(ctx, m, made); err != nil {
		return err
	}
	info, err := os.Stat(made)
	if err != nil {
		return err
	}
	if err := c.publish(made); err != nil {
		return err
	}
	m.println(say("backup_written", fault.Params{"file": c.File, "bytes": info.Size()}))
	return nil
}

// otherDatabase returns an error that says how other databases are backed up.
func (c backupCmd) otherDatabase() error {
	if strings.HasPrefix(c.DatabaseURL, "postgres") {
		command := "pg_dump --format=custom --file=" + quoteForShell(c.File) + " " + quoteForShell(c.shown())
		return failure("backup_postgres", fault.Params{"command": command})
	}
	return failure("database_url", fault.Params{"url": c.shown()})
}

// mayWrite returns an error if the file must not be replaced. A file of the database itself never is.
func (c backupCmd) mayWrite() error {
	for _, name := range sqlite.Files(c.File)[1:] { // SQLite would apply such a log to the copy
		if _, err := os.Lstat(name); err == nil {
			return &os.PathError{Op: "backup", Path: name, Err: os.ErrExist}
		}
	}
	present, err := os.Stat(c.File)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	path, err := sqlite.Path(c.DatabaseURL)
	if err != nil {
		return err
	}
	for _, name := range sqlite.Files(path) {
		if own, err := os.Stat(name); err == nil && os.SameFile(own, present) {
			return failure("backup_itself", fault.Params{"file": c.File})
		}
	}
	if !c.Overwrite || !present.Mode().IsRegular() {
		return &os.PathError{Op: "backup", Path: c.File, Err: os.ErrExist}
	}
	return nil
}

// verify verifies the trails of the copy and prints the result. A copy of another schema cannot be verified: that
// takes its own release.
func (c backupCmd) verify(ctx context.Context, m *Main, made string) error {
	if !c.Verify {
		return nil
	}
	keyset, err := c.keyset(ctx)
	if err != nil {
		return err
	}
	e, err := database{DatabaseURL: "sqlite:" + made, secrets: keyset}.openReadEngine(ctx)
	if err != nil {
		return err
	}
	err = e.checkSchema(ctx)
	switch {
	case errors.As(err, new(pendingError)):
		m.println(say("backup_older", nil))
		return e.close()
	case errors.As(err, new(migrate.NewerError)):
		m.println(say("backup_newer", nil))
		return e.close()
	case err != nil:
		return errors.Join(databaseFailure(err), e.close())
	}
	w, err := wiring{}.wire(ctx, e)
	if err != nil {
		return err
	}
	findings, err := m.verifyAll(ctx, w)
	if err = errors.Join(err, w.close()); err != nil {
		return err
	}
	if findings > 0 {
		m.warn(say("backup_findings", nil))
		return exitError(1)
	}
	return sqlite.Sync(made)
}

// verifyAll verifies the whole database and prints the findings and the summary. It returns the number of findings that
// are not warnings.
func (m *Main) verifyAll(ctx context.Context, w *wired) (findings int, err error) {
	warnings := 0
	done, err := verifyDatabase(ctx, w.verifier, verify.Options{}, func(f audit.Finding) {
		if f.Warning {
			warnings++
		} else {
			findings++
		}
		m.println(terminalLocale().Finding(f))
	})
	if err == nil {
		for _, text := range append(sealedTexts(done), unsignedText(done)...) {
			m.println(text)
		}
		m.println(verifyCmd{}.summary(done, findings, warnings))
	}
	return findings, err
}

// publish gives the copy the name of the file, and returns after the name is on the disk. Unless --overwrite is given,
// a file that somebody has made meanwhile stays.
func (c backupCmd) publish(made string) error {
	rename := nameNew
	if c.Overwrite {
		rename = os.Rename
	}
	if err := rename(made, c.File); err != nil {
		return err
	}
	return sqlite.Sync(c.File)
}
