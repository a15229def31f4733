package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/procedo/procedo/core/audit"
)

// signing names the keys that sign checkpoints. The variable is for places that hand secrets to programs that way; there is no flag
// for it, since what stands in a command line can be seen by others.
type signing struct {
	AuditKeyFile string `type:"existingfile" help:"File with the keys that sign checkpoints, one to a line; the variable PROCEDO_AUDIT_KEY may hold them instead." placeholder:"FILE"`
}

// keys are those of the file or the variable; none where neither is given.
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

var errNoKey = errors.New("a key is needed: --audit-key-file, or PROCEDO_AUDIT_KEY; procedo audit keygen makes one")

type keygenCmd struct {
	Name   string `default:"procedo" help:"The key's name, shown with its signatures: no blanks, no +; ${default} when left out."`
	Output string `short:"o" required:"" help:"File for the private key, which only its owner may read. One that is there is not overwritten." placeholder:"FILE"`
}

// Run makes a key: the private one goes into the file, the one to verify with is shown.
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
