package secrets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ModeError is the error for a keyset file that other users of the machine can open.
type ModeError struct {
	Path string
	Mode fs.FileMode
}

func (e ModeError) Error() string { return fmt.Sprintf("%s: mode %#o", e.Path, e.Mode) }

// InvalidError is the error for a file that holds no keyset that can be used.
type InvalidError struct {
	Path string
	Err  error
}

func (e InvalidError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e InvalidError) Unwrap() error { return e.Err }

const privateMode fs.FileMode = 0o600

// Load reads a keyset from a file. It returns a ModeError if other users can read or write the file. The group of a
// file of root may read it.
func Load(path string) (*Keyset, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if isOpen(info) {
		return nil, ModeError{path, info.Mode().Perm()}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	k, err := Parse(text)
	if err != nil {
		return nil, InvalidError{path, err}
	}
	return k, nil
}

// Create writes the keyset into a new file that only its owner can open. It does not replace a file.
func (k *Keyset) Create(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateMode)
	if err != nil {
		return err
	}
	if err := k.writeTo(file); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return syncFolder(filepath.Dir(path))
}

// Replace replaces the keyset in a file. After a crash, the file holds the old keyset or the new one. It keeps its
// owner, its group and its mode.
func (k *Keyset) Replace(path string) error {
	path, err := filepath.EvalSymlinks(path) // the name of the file that is replaced, not of a link to it
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // with mode 0600
	if err != nil {
		return err
	}
	if err = keepOwner(file, info); err == nil {
		err = file.Chmod(info.Mode().Perm()) // a group may be the service's
	}
	if err == nil {
		err = k.writeTo(file)
	} else {
		err = errors.Join(err, file.Close())
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// writeTo writes the keyset to a file and closes it. The keyset is then on the disk.
func (k *Keyset) writeTo(file *os.File) error {
	text, err := k.JSON()
	if err == nil {
		_, err = file.Write(text)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
