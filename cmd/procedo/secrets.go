package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/core/fault"
)

type secretsCmd struct {
	Keygen secretsKeygenCmd `cmd:"" help:"Generate a key for sensitive values in a new file."`
	Rotate secretsRotateCmd `cmd:"" help:"Replace the key, and encrypt the stored sensitive values with the new one."`
}

type secretsKeygenCmd struct {
	File string `arg:"" help:"New file for the key."`
}

// Help is shown by --help below the summary.
func (secretsKeygenCmd) Help() string {
	return "The file is a keyset of Tink in JSON, and only you can read it. Give it to serve with --secrets-key-file. " +
		"Keep a copy of it apart from the backups of the database: without it, nobody can read the sensitive values again."
}

// Run writes a keyset with one key. It does not replace a file.
func (c secretsKeygenCmd) Run(_ context.Context, m *Main) error {
	k, err := secrets.Generate()
	if err != nil {
		return err
	}
	if err := k.Create(c.File); err != nil {
		return err
	}
	m.println(say("secrets_made", fault.Params{"file": c.File}))
	return nil
}

type secretsRotateCmd struct {
	database
	SecretsKeyFile string `required:"" type:"existingfile" help:"File with the keys for sensitive values." placeholder:"FILE"`
	AddKey         bool   `xor:"part" help:"Only add a new key to the file, which is not used yet."`
	DropOld        bool   `xor:"part" help:"Afterwards remove the older keys that no stored value needs."`
}

// Help is shown by --help below the summary.
func (secretsRotateCmd) Help() string {
	return "To replace the key: 1. rotate --add-key; 2. give all servers the new file, and restart them; " +
		"3. rotate, which makes the newest key the one that encrypts, and encrypts all stored values with it; " +
		"4. give all servers the new file, and restart them; 5. rotate --drop-old. " +
		"In between, the servers read and write. Without --add-key before, rotate encrypts the values that are in clear. " +
		"It can be interrupted and repeated at any time. It removes values in clear from an SQLite file; for PostgreSQL, " +
		"VACUUM FULL does that."
}

// Run changes the keyset and encrypts stored values again.
func (c secretsRotateCmd) Run(ctx context.Context, m *Main) error {
	k, err := loadKeyset(ctx, c.SecretsKeyFile)
	if err != nil {
		return err
	}
	if c.AddKey {
		return c.addKey(m, k)
	}
	newest, changed, err := k.UseNewest()
	if err != nil {
		return err
	}
	c.secrets = newest
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	if changed { // before values are encrypted with it: the file must never lack the key of a stored value
		if err := newest.Replace(c.SecretsKeyFile); err != nil {
			return err
		}
	}
	unreadable, err := c.reseal(ctx, m, w, newest)
	if err != nil {
		return err
	}
	if c.DropOld {
		err = c.dropOld(ctx, m, w, newest)
	}
	if err == nil && unreadable > 0 {
		return exitError(1)
	}
	return err
}

func (c secretsRotateCmd) addKey(m *Main, k *secrets.Keyset) error {
	if _, pending, err := k.UseNewest(); err != nil || pending {
		return errors.Join(err, failure("secrets_pending", fault.Params{"file": c.SecretsKeyFile}))
	}
	added, err := k.AddKey()
	if err != nil {
		return err
	}
	if err := added.Replace(c.SecretsKeyFile); err != nil {
		return err
	}
	m.println(say("secrets_added", fault.Params{"file": c.SecretsKeyFile}))
	return nil
}

// reseal encrypts the stored values with the primary key, some runs at a time. It returns the number of values that
// could not be decrypted.
func (c secretsRotateCmd) reseal(ctx context.Context, m *Main, w *wired, k *secrets.Keyset) (unreadable int, err error) {
	values, after := 0, ""
	for {
		done, err := w.resealer.Reseal(ctx, after, k.Primary())
		if err != nil {
			return unreadable, fmt.Errorf("%s: %w", c.shown(), err)
		}
		if after = done.Last; after == "" {
			break
		}
		values += done.Values
		unreadable += done.Unreadable
	}
	if err := w.scrub(ctx); err != nil {
		return unreadable, failure("not_scrubbed", fault.Params{"reason": errorText(err)})
	}
	m.println(say("secrets_resealed", fault.Params{"count": values}))
	if unreadable > 0 {
		m.warn(say("secrets_unreadable", fault.Params{"count": unreadable}))
	}
	return unreadable, nil
}

// dropOld removes from the file the keys before the primary key that no stored value needs.
func (c secretsRotateCmd) dropOld(ctx context.Context, m *Main, w *wired, k *secrets.Keyset) error {
	used, err := w.resealer.Prefixes(ctx, len(k.Primary()))
	if err != nil {
		return fmt.Errorf("%s: %w", c.shown(), err)
	}
	kept, dropped, err := k.DropUnused(used)
	if err == nil && dropped > 0 {
		err = kept.Replace(c.SecretsKeyFile)
	}
	if err != nil {
		return err
	}
	m.println(say("secrets_dropped", fault.Params{"count": dropped, "file": c.SecretsKeyFile}))
	return nil
}
