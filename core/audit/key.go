package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
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

// newVerifier returns the verifier of a key. The key must be written exactly as PublicKeys writes it, and its point
// must be written as RFC 8032 requires.
func newVerifier(key string) (note.Verifier, error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(key, "+", 3)[2])
	if err != nil {
		return nil, err
	}
	if written, err := note.NewEd25519VerifierKey(v.Name(), raw[1:]); err != nil || written != key {
		return nil, fmt.Errorf("it should be written %q", written)
	}
	if !isReduced(raw[1:]) {
		return nil, errors.New("its point is not written as RFC 8032 requires")
	}
	return v, nil
}

// isReduced reports whether the encoded point has coordinates below 2^255-19, and no sign if x is 0 (RFC 8032, section
// 5.1.3). The Go implementation of Ed25519 accepts others as well.
func isReduced(point []byte) bool {
	y := slices.Clone(point)
	last := len(y) - 1
	sign := y[last] >> 7
	y[last] &= 0x7f
	slices.Reverse(y)
	n := new(big.Int).SetBytes(y)
	one, p := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 255)
	p.Sub(p, big.NewInt(19))
	isZeroX := n.Cmp(one) == 0 || n.Cmp(new(big.Int).Sub(p, one)) == 0
	return n.Cmp(p) < 0 && (sign == 0 || !isZeroX)
}

// CheckPublic returns an error if the key is not a verifier key. The error does not show it: it may be a private key.
func CheckPublic(key string) error {
	if _, err := newVerifier(key); err != nil {
		return errors.New("it is not a verifier key as printed by procedo audit keygen")
	}
	return nil
}
