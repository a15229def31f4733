package audittest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// Witness signs cosignatures (c2sp.org/tlog-cosignature, Ed25519) at any time, whatever the text.
type Witness struct {
	Name      string
	PublicKey string // verifier key of algorithm 4
	Key       audit.WitnessKey

	hash    []byte
	private ed25519.PrivateKey
}

// NewWitness returns a witness whose key is derived from the name and the seed.
func NewWitness(name, seed string) *Witness {
	sum := sha256.Sum256([]byte(seed))
	w := &Witness{Name: name, private: ed25519.NewKeyFromSeed(sum[:])}
	public, ok := w.private.Public().(ed25519.PublicKey)
	if !ok {
		panic("no Ed25519 key")
	}
	const algorithm = 4
	key := append([]byte{algorithm}, public...)
	sum = sha256.Sum256(append([]byte(name+"\n"), key...))
	w.hash = sum[:4]
	w.PublicKey = fmt.Sprintf("%s+%x+%s", name, w.hash, base64.StdEncoding.EncodeToString(key))
	var err error
	if w.Key, err = audit.ParseWitnessKey(w.PublicKey); err != nil {
		panic(err)
	}
	return w
}

// Sign returns the line of a cosignature of a text, with a time in seconds.
func (w *Witness) Sign(text string, seconds uint64) string {
	signature := ed25519.Sign(w.private, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", seconds, text))
	raw := append(binary.BigEndian.AppendUint64(w.hash[:4:4], seconds), signature...)
	return "— " + w.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// Cosign returns the line of a cosignature of a signed note.
func (w *Witness) Cosign(note string, at time.Time) string {
	text, _, _ := strings.Cut(note, "\n\n")
	return w.Sign(text+"\n", uint64(at.Unix()))
}
