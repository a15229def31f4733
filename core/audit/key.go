package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key is an Ed25519 key that signs checkpoints in the form of C2SP signed notes (c2sp.org/signed-note).
type Key struct {
	signer note.Signer
	// Public is the public key as a C2SP verifier key: <name>+<hash>+<base64>.
	Public string
}

// GenerateKey generates a key pair with a name from 32 random bytes. The name must not be empty or contain white space
// or "+".
func GenerateKey(random io.Reader, name string) (private, public string, err error) {
	if name == "" || strings.ContainsAny(name, "+ \t\r\n") {
		return "", "", fmt.Errorf("the name of a key must not be empty or contain white space or +: %q", name)
	}
	return note.GenerateKey(random, name)
}

// ParseKeys parses private keys, one per line. It skips lines that are empty or begin with #. While a key is being
// replaced, the text contains the old and the new key, and both sign. Errors never contain any part of the text.
func ParseKeys(text string) (keys []Key, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := parseKey(line)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", len(keys)+1, err)
		}
		if slices.ContainsFunc(keys, func(k Key) bool { return k.Public == key.Public }) {
			return nil, fmt.Errorf("key %d: it is a duplicate", len(keys)+1)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return keys, nil
}

var errKey = errors.New("it is not a private key as printed by procedo audit keygen")

// parseKey parses a private key, and derives the public key from it.
func parseKey(line string) (Key, error) {
	signer, err := note.NewSigner(line)
	if err != nil {
		return Key{}, errKey
	}
	// The form is PRIVATE+KEY+<name>+<hash>+<base64>, where the base64 holds the algorithm's number and the seed.
	fields := strings.SplitN(line, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return Key{}, errKey
	}
	own, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return Key{}, errKey
	}
	public, err := note.NewEd25519VerifierKey(signer.Name(), own)
	return Key{signer: signer, Public: public}, err
}

// PublicKeys returns the public keys of keys.
func PublicKeys(keys []Key) []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.Public
	}
	return all
}

// CheckPublic returns an error if the key is not a verifier key.
func CheckPublic(key string) error {
	if _, err := note.NewVerifier(key); err != nil {
		return fmt.Errorf("%q is not a verifier key as printed by procedo audit keygen", key)
	}
	return nil
}
