package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/procedo/procedo/core/audit"
)

// checkpointKeyFlag names the file with the keys that sign checkpoints. PROCEDO_AUDIT_KEY can hold the keys instead.
// No flag holds the keys themselves, because other users of the machine can see command lines.
type checkpointKeyFlag struct {
	AuditKeyFile string `type:"existingfile" help:"File with the keys for checkpoints, one per line." placeholder:"FILE"`
}

// keys returns the keys in the file or, without a file, in PROCEDO_AUDIT_KEY. It returns nil if neither is given.
func (f checkpointKeyFlag) keys() ([]audit.Key, error) {
	text, from := os.Getenv(auditKeyVariable), auditKeyVariable
	if f.AuditKeyFile != "" {
		data, err := os.ReadFile(f.AuditKeyFile)
		if err != nil {
			return nil, err
		}
		text, from = string(data), f.AuditKeyFile
	}
	if text == "" {
		return nil, nil
	}
	keys, err := audit.ParseKeys(text)
	if err != nil {
		return nil, inFile(from, err)
	}
	return keys, nil
}

type keygenCmd struct {
	Name   string `default:"procedo" help:"Name shown with the key's signatures, without spaces or +."`
	Output string `short:"o" required:"" help:"New file for the private key." placeholder:"FILE"`
}

// Run generates a key pair. It writes the private key to the file and prints the verifier key.
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
	_, err = fmt.Fprintln(m.data(), public)
	return err
}
