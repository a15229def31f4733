package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/procedo/procedo/adapters/sqlite"
)

// writeNew writes a new file that only its owner can read. The file gets its name when it is complete and on the disk:
// after a failure there is none. It does not replace a file, which may be evidence.
func writeNew(name string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(name); err == nil { // known before anything is computed
		return existsError(name)
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".procedo-new-") // with mode 0600
	if err != nil {
		if path, ok := errors.AsType[*os.PathError](err); ok {
			path.Path = name
		}
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // it has another name now
	out := bufio.NewWriter(file)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := sqlite.Sync(file.Name()); err != nil {
		return err
	}
	if err := nameNew(file.Name(), name); err != nil {
		return err
	}
	return sqlite.Sync(name)
}

// nameNew gives a complete file its name, unless a file of that name exists by now.
func nameNew(made, name string) error {
	err := os.Link(made, name) // unlike Rename, it fails if the name is taken
	if err == nil {
		return nil
	}
	if _, found := os.Lstat(name); found == nil || errors.Is(err, os.ErrExist) {
		return existsError(name)
	}
	return os.Rename(made, name) // the file system may have no links
}

func existsError(name string) error { return &os.PathError{Op: "create", Path: name, Err: os.ErrExist} }

// appendWhole appends the output of write to a file, and makes the file if it is missing. If write fails, the file is
// as it was, because part of a note would keep all later ones from being added.
func appendWhole(name string, write func(io.Writer) error) (err error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	file, err := os.OpenFile(name, flags|os.O_EXCL, 0o600)
	made := err == nil
	if made {
		defer func() {
			if err != nil {
				err = errors.Join(err, os.Remove(name))
			}
		}()
	} else if errors.Is(err, os.ErrExist) {
		file, err = os.OpenFile(name, flags, 0o600)
	}
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, file.Sync(), file.Close())
		if made && err == nil {
			err = sqlite.Sync(name) // its name, too
		}
	}()
	before, err := file.Stat()
	if err != nil {
		return err
	}
	err = write(file)
	if err != nil && before.Mode().IsRegular() {
		err = errors.Join(err, file.Truncate(before.Size()))
	}
	return err
}
