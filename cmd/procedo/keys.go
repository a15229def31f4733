package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/procedo/procedo/core/audit"
)

// signing is the flag for the keys that sign checkpoints. The variable PROCEDO_AUDIT_KEY can hold the keys instead.
// There is no flag for that, since other users can see command lines.
type signing struct {
	AuditKeyFile string `type:"existingfile" help:"File with the keys for checkpoints, one per line." placeholder:"FILE"`
}

// keys returns the keys of the file or else of the variable, or none if there is neither.
func (s signing) keys() ([]audit.Key, error) {
	text, from := os.Getenv("PROCEDO_AUDIT_KEY"), "PROCEDO_AUDIT_KEY"
	if s.AuditKeyFile != "" {
		data, err := os.ReadFile(s.AuditKeyFile)
		if err != nil {
			return nil, err
		}
		text, from = string(data), s.AuditKeyFile
	}
	if text == "" {
		return nil, nil
	}
	keys, err := audit.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return keys, nil
}

var errNoKey = errors.New("a key is required, in --audit-key-file or PROCEDO_AUDIT_KEY; audit keygen generates one")

type keygenCmd struct {
	Name   string `default:"procedo" help:"Name shown with the key's signatures, without spaces or +."`
	Output string `short:"o" required:"" help:"New file for the private key." placeholder:"FILE"`
}

// Run generates a key. It writes the private key to the file and shows the verifier key.
func (c keygenCmd) Run(_ context.Context, m *Main) (err error) {
	private, public, err := audit.GenerateKey(rand.Reader, c.Name)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, private)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, public)
	return err
}
