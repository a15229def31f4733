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
	"slices"
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

// ParseWitnessKey parses a verifier key: <name>+<hash>+<base64>, of algorithm 4 (timestamped Ed25519) or 1 (Ed25519;
// the key that signs cosignatures is then the same, with another hash).
func ParseWitnessKey(text string) (k WitnessKey, err error) {
	invalid := errors.New("it is not the verifier key of a witness with Ed25519")
	fields := strings.SplitN(text, "+", 3)
	if len(fields) != 3 || !validName(fields[0]) {
		return k, invalid
	}
	raw, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || base64.StdEncoding.EncodeToString(raw) != fields[2] {
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

// Cosignature is a valid cosignature of a witness.
type Cosignature struct {
	Witness string
	Time    time.Time // at which the witness says it cosigned
}

// Cosignatures verifies the lines of a signed note that name one of the keys. It returns at most one valid cosignature
// of each key, in the order of the lines, and the name of the witness for each line that is not valid. Lines that name
// other keys are ignored. If the note is not well-formed, it returns neither.
func Cosignatures(signed string, keys []WitnessKey) (valid []Cosignature, invalid []string) {
	text, signatures, _ := strings.Cut(signed, "\n\n")
	lines, err := SignatureLines(signatures)
	if err != nil {
		return nil, nil
	}
	counted := map[int]bool{} // by the index of the key
	for _, line := range lines {
		at := slices.IndexFunc(keys, func(k WitnessKey) bool { return k.Signed(line) })
		if at < 0 {
			continue
		}
		when, err := keys[at].Verify(text+"\n", line)
		if err != nil {
			invalid = append(invalid, line.Name)
		} else if !counted[at] {
			counted[at] = true
			valid = append(valid, Cosignature{Witness: line.Name, Time: when})
		}
	}
	return valid, invalid
}
