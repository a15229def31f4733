package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"github.com/procedo/procedo/adapters/witness"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// checkpointKeyFlag names the file with the keys that sign checkpoints. PROCEDO_AUDIT_KEY can hold the keys instead.
// No flag holds the keys themselves, because other users of the machine can see command lines.
type checkpointKeyFlag struct {
	AuditKeyFile string `type:"existingfile" help:"File with the keys for checkpoints, one per line." placeholder:"FILE"`
}

// keys returns the keys in the file or, without a file, in PROCEDO_AUDIT_KEY. It returns nil if neither is given.
func (f checkpointKeyFlag) keys(ctx context.Context) ([]audit.Key, error) {
	text, from := os.Getenv(auditKeyVariable), auditKeyVariable
	if f.AuditKeyFile != "" {
		data, err := readInput(ctx, f.AuditKeyFile)
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

// checkpointFlags holds the flags for making checkpoints.
type checkpointFlags struct {
	checkpointKeyFlag
	AuditOrigin string   `help:"Name of the log that checkpoints form, such as example.com/procedo; by default, a unique one." placeholder:"NAME"`
	Witness     []string `sep:" " help:"Witness that cosigns checkpoints; repeatable." placeholder:"URL"`
	WitnessKey  []string `sep:" " help:"Verifier key of a witness; only its cosignatures are then accepted; repeatable." placeholder:"KEY"`
}

// checkpointing is what is needed to make checkpoints.
type checkpointing struct {
	keys      []audit.Key // none if no checkpoints are made
	origin    string      // of the log; empty for the one that it has, or for a new one
	witnesses []app.Witness
}

// checkpointing checks the flags and returns what they name.
func (f checkpointFlags) checkpointing(ctx context.Context) (c checkpointing, err error) {
	if f.AuditOrigin != "" {
		if err := audit.CheckOrigin(f.AuditOrigin); err != nil {
			return c, failure("bad_origin", fault.Params{"given": redactedEntry(f.AuditOrigin)})
		}
	}
	c.origin = f.AuditOrigin
	if c.keys, err = f.keys(ctx); err != nil {
		return c, err
	}
	if c.keys == nil && (len(f.Witness) > 0 || f.AuditOrigin != "") {
		return c, failure("no_key", nil)
	}
	keys, err := witnessKeys(f.WitnessKey)
	if err != nil {
		return c, err
	}
	for _, address := range f.Witness {
		w, err := witness.New(address, keys)
		if err != nil || redacted(address) != address {
			return c, failure("bad_witness", fault.Params{"given": redactedEntry(address)})
		}
		c.witnesses = append(c.witnesses, w)
	}
	return c, nil
}

// checkOrigin returns an error if the log of the database has another name than the one that was given. That a
// checkpoint cannot be read is found when the next one is made.
func (c checkpointing) checkOrigin(ctx context.Context, s *app.Service) error {
	if c.origin == "" {
		return nil
	}
	last, err := s.LatestCheckpoint(ctx)
	if err != nil || !last.InLog() || last.Log.Origin == c.origin {
		return nil //nolint:nilerr // see above
	}
	return audit.Wrong("other_origin", "log", last.Log.Origin, "given", c.origin).Err()
}

// witnessKeys parses the verifier keys of witnesses.
func witnessKeys(given []string) ([]audit.WitnessKey, error) {
	keys := make([]audit.WitnessKey, len(given))
	for i, text := range given {
		key, err := audit.ParseWitnessKey(text)
		if err != nil {
			return nil, failure("bad_witness_key", fault.Params{"given": shownKey(text)})
		}
		keys[i] = key
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
	err = writeNew(c.Output, func(out io.Writer) error {
		_, err := fmt.Fprintln(out, private)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.data(), public)
	return err
}
