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

// Key signs checkpoints: Ed25519, in the form of C2SP signed notes (c2sp.org/signed-note).
type Key struct {
	signer note.Signer
	// Public is the verifier key, which may be given to anybody: <name>+<hash>+<base64>.
	Public string
}

// GenerateKey makes a key of the name from 32 random bytes. A name has no blank and no +.
func GenerateKey(random io.Reader, name string) (private, public string, err error) {
	if name == "" || strings.ContainsAny(name, "+ \t\r\n") {
		return "", "", fmt.Errorf("a key's name is not empty and has neither blank nor +: %q", name)
	}
	return note.GenerateKey(random, name)
}

// ParseKeys reads private keys, one to a line; lines that are empty or begin with # say nothing. While a key is being
// replaced, the old and the new one stand together and both sign. An error never tells what the text is.
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
			return nil, fmt.Errorf("key %d: stands there twice", len(keys)+1)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("no key")
	}
	return keys, nil
}

var errKey = errors.New("not a private key as procedo audit keygen writes it")

func parseKey(line string) (Key, error) {
	signer, err := note.NewSigner(line)
	if err != nil {
		return Key{}, errKey
	}
	// PRIVATE+KEY+<name>+<hash>+<base64 of the algorithm's number and the seed>
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

// CheckPublic reports what is wrong with a verifier key.
func CheckPublic(key string) error {
	if _, err := note.NewVerifier(key); err != nil {
		return fmt.Errorf("%q is not a verifier key; procedo audit keygen prints one", key)
	}
	return nil
}
