package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// WitnessKey is the public key of a witness that cosigns checkpoints (c2sp.org/tlog-cosignature, Ed25519).
type WitnessKey struct {
	Name string
	hash uint32
	key  ed25519.PublicKey
}

// The numbers of algorithms in verifier keys (c2sp.org/signed-note).
const (
	algorithmEd25519     = 1
	algorithmCosignature = 4
)

// ParseWitnessKey parses a verifier key: <name>+<hash>+<base64>, of algorithm 4 (timestamped Ed25519) or 1 (Ed25519; the
// key that signs cosignatures is then the same, with another hash).
func ParseWitnessKey(text string) (k WitnessKey, err error) {
	invalid := fmt.Errorf("%q is not the verifier key of a witness with Ed25519", text)
	fields := strings.SplitN(text, "+", 3)
	if len(fields) != 3 || !validName(fields[0]) {
		return k, invalid
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return k, invalid
	}
	given := keyHash(fields[0], raw)
	if fields[1] != hex.EncodeToString(binary.BigEndian.AppendUint32(nil, given)) {
		return k, invalid
	}
	if raw[0] != algorithmEd25519 && raw[0] != algorithmCosignature {
		return k, invalid
	}
	raw[0] = algorithmCosignature
	return WitnessKey{Name: fields[0], hash: keyHash(fields[0], raw), key: raw[1:]}, nil
}

// keyHash returns the hash of a key that its signatures name.
func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// Signed reports whether a line names the key.
func (k WitnessKey) Signed(l SignatureLine) bool { return l.Name == k.Name && l.Hash == k.hash }

var errCosignature = errors.New("the cosignature is not valid")

// Verify verifies the cosignature of a checkpoint's text. It returns the time at which the witness says it cosigned.
func (k WitnessKey) Verify(text string, l SignatureLine) (time.Time, error) {
	const timeSize = 8
	if !k.Signed(l) || len(l.Signature) != timeSize+ed25519.SignatureSize {
		return time.Time{}, errCosignature
	}
	seconds := binary.BigEndian.Uint64(l.Signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	if seconds > math.MaxInt64 || !ed25519.Verify(k.key, []byte(message), l.Signature[timeSize:]) {
		return time.Time{}, errCosignature
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}
