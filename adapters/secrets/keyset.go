// Package secrets encrypts the values of sensitive slots with a Tink keyset in a file
// (https://developers.google.com/tink).
package secrets

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/procedo/procedo/core/projection"
)

// Keyset holds the keys that decrypt stored values. Its primary key encrypts new ones. It is immutable, and safe for
// concurrent use.
type Keyset struct {
	handle  *keyset.Handle
	keys    map[string]tink.AEAD // by the prefix of what they encrypt
	primary string               // prefix of the primary key
	oldest  []byte               // the first key of the file
}

var _ projection.Secrets = (*Keyset)(nil)

const (
	keySize    = 32 // AES-256
	prefixSize = 5  // Tink's output prefix: a version and the id of the key
)

// Generate returns a keyset with one new key.
func Generate() (*Keyset, error) {
	m := keyset.NewManager()
	id, err := addKey(m)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return fromManager(m)
}

func addKey(m *keyset.Manager) (id uint32, err error) {
	parameters, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: keySize, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink,
	})
	if err != nil {
		return 0, err
	}
	return m.AddNewKeyFromParameters(parameters)
}

func fromManager(m *keyset.Manager) (*Keyset, error) {
	handle, err := m.Handle()
	if err != nil {
		return nil, err
	}
	return fromHandle(handle)
}

// Parse reads a keyset from Tink's JSON form. All its keys must be enabled keys for AES-256-GCM with Tink's prefix.
func Parse(text []byte) (*Keyset, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil { // its text may show a part of the file
		return nil, errors.New("it is not a cleartext keyset of Tink in JSON")
	}
	return fromHandle(handle)
}

func fromHandle(handle *keyset.Handle) (*Keyset, error) {
	k := Keyset{handle: handle, keys: make(map[string]tink.AEAD, handle.Len())}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, err
		}
		key, ok := entry.Key().(*aesgcm.Key)
		if !ok || key.KeyBytes().Len() != keySize || len(key.OutputPrefix()) != prefixSize {
			return nil, fmt.Errorf("key %d is not a key for AES-256-GCM with Tink's prefix", entry.KeyID())
		}
		if entry.KeyStatus() != keyset.Enabled {
			return nil, fmt.Errorf("key %d is not enabled", entry.KeyID())
		}
		if i == 0 {
			k.oldest = key.KeyBytes().Data(insecuresecretdataaccess.Token{})
		}
		prefix := string(key.OutputPrefix())
		if k.keys[prefix], err = aesgcm.NewAEAD(key); err != nil {
			return nil, err
		}
		if entry.IsPrimary() {
			k.primary = prefix
		}
	}
	if k.primary == "" {
		return nil, errors.New("it has no primary key")
	}
	return &k, nil
}

// Derive returns a key of 32 bytes that follows from another key, which a copy of the database may show, and from the
// oldest key of the keyset. It changes when that key is dropped.
func (k *Keyset) Derive(from []byte) []byte {
	mac := hmac.New(sha256.New, k.oldest)
	mac.Write(from)
	return mac.Sum(nil)
}

// JSON returns the keyset with its keys in clear, in Tink's JSON form.
func (k *Keyset) JSON() ([]byte, error) {
	var out bytes.Buffer
	err := insecurecleartextkeyset.Write(k.handle, keyset.NewJSONWriter(&out))
	out.WriteByte('\n')
	return out.Bytes(), err
}

// Encrypt encrypts a value with the primary key. The place is authenticated with it.
func (k *Keyset) Encrypt(plain, place []byte) ([]byte, error) {
	return k.keys[k.primary].Encrypt(plain, place)
}

// Decrypt decrypts what Encrypt returned for the same place. It returns projection.ErrLostKey if the key is not in the
// keyset.
func (k *Keyset) Decrypt(sealed, place []byte) ([]byte, error) {
	if len(sealed) < prefixSize {
		return nil, errors.New("the encrypted value is too short")
	}
	key, ok := k.keys[string(sealed[:prefixSize])]
	if !ok {
		return nil, projection.ErrLostKey
	}
	plain, err := key.Decrypt(sealed, place)
	if err != nil {
		return nil, errors.New("it was altered, or belongs to another place")
	}
	return plain, nil
}

// Primary returns the prefix of what the primary key encrypts.
func (k *Keyset) Primary() []byte { return []byte(k.primary) }

// Len returns the number of keys.
func (k *Keyset) Len() int { return len(k.keys) }

// AddKey returns a keyset with one more key, which comes last and is not the primary key.
func (k *Keyset) AddKey() (*Keyset, error) {
	m := keyset.NewManagerFromHandle(k.handle)
	if _, err := addKey(m); err != nil {
		return nil, err
	}
	return fromManager(m)
}

// UseNewest returns a keyset whose primary key is the last one. changed is false if it already is.
func (k *Keyset) UseNewest() (newest *Keyset, changed bool, err error) {
	last, err := k.handle.Entry(k.handle.Len() - 1)
	if err != nil || last.IsPrimary() {
		return k, false, err
	}
	m := keyset.NewManagerFromHandle(k.handle)
	if err := m.SetPrimary(last.KeyID()); err != nil {
		return k, false, err
	}
	newest, err = fromManager(m)
	return newest, true, err
}

// DropUnused returns a keyset without the keys that encrypted none of the stored values, except the primary key and
// those after it. used holds the prefixes of the stored values. dropped is the number of the keys.
func (k *Keyset) DropUnused(used [][]byte) (kept *Keyset, dropped int, err error) {
	m := keyset.NewManagerFromHandle(k.handle)
	for i := range k.handle.Len() {
		entry, err := k.handle.Entry(i)
		if err != nil {
			return k, 0, err
		}
		if entry.IsPrimary() {
			break
		}
		key, _ := entry.Key().(*aesgcm.Key) // fromHandle has checked it
		if containsBytes(used, key.OutputPrefix()) {
			continue
		}
		if err := m.Delete(entry.KeyID()); err != nil {
			return k, 0, err
		}
		dropped++
	}
	if dropped == 0 {
		return k, 0, nil
	}
	kept, err = fromManager(m)
	return kept, dropped, err
}

func containsBytes(all [][]byte, wanted []byte) bool {
	for _, b := range all {
		if bytes.Equal(b, wanted) {
			return true
		}
	}
	return false
}
