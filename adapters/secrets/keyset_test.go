package secrets_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/core/projection"
)

func generate(t require.TestingT) *secrets.Keyset {
	k, err := secrets.Generate()
	require.NoError(t, err)
	return k
}

func encrypt(t require.TestingT, k *secrets.Keyset, plain, place []byte) []byte {
	sealed, err := k.Encrypt(plain, place)
	require.NoError(t, err)
	return sealed
}

func TestWhatIsEncryptedComesBackAndNothingElse(t *testing.T) {
	k := generate(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		place := rapid.SliceOf(rapid.Byte()).Draw(t, "place")
		sealed := encrypt(t, k, plain, place)
		opened, err := k.Decrypt(sealed, place)
		require.NoError(t, err)
		require.Equal(t, plain, append([]byte{}, opened...))
		require.NotEqual(t, sealed, encrypt(t, k, plain, place), "each encryption has its own nonce")

		other := rapid.SliceOf(rapid.Byte()).Filter(func(b []byte) bool { return !bytes.Equal(b, place) }).Draw(t, "other")
		_, err = k.Decrypt(sealed, other)
		require.Error(t, err, "another place")
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		altered := slices.Clone(sealed)
		altered[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		_, err = k.Decrypt(altered, place)
		require.Error(t, err, "byte %d was altered", at)
		_, err = k.Decrypt(sealed[:at], place)
		require.Error(t, err, "only %d bytes", at)
	})
}

func TestAKeysetSurvivesItsJSONForm(t *testing.T) {
	k := generate(t)
	sealed := encrypt(t, k, []byte("value"), nil)
	text, err := k.JSON()
	require.NoError(t, err)
	read, err := secrets.Parse(text)
	require.NoError(t, err)
	plain, err := read.Decrypt(sealed, nil)
	require.NoError(t, err)
	require.Equal(t, "value", string(plain))
}

func TestAKeyThatIsNotInTheKeysetIsLost(t *testing.T) {
	_, err := generate(t).Decrypt(encrypt(t, generate(t), []byte("value"), nil), nil)
	require.ErrorIs(t, err, projection.ErrLostKey)
}

// TestRotation follows the documented order: at each step, a server with the file of the step before can read.
func TestRotation(t *testing.T) {
	first := generate(t)
	added, err := first.AddKey()
	require.NoError(t, err)
	require.Equal(t, first.Primary(), added.Primary(), "a new key is not used at once")
	newest, changed, err := added.UseNewest()
	require.NoError(t, err)
	require.True(t, changed)
	_, changed, err = newest.UseNewest()
	require.NoError(t, err)
	require.False(t, changed)

	old, fresh := encrypt(t, added, []byte("old"), nil), encrypt(t, newest, []byte("new"), nil)
	for _, k := range []*secrets.Keyset{added, newest} {
		for _, sealed := range [][]byte{old, fresh} {
			_, err := k.Decrypt(sealed, nil)
			require.NoError(t, err)
		}
	}
	require.Equal(t, newest.Primary(), fresh[:len(newest.Primary())])

	kept, dropped, err := newest.DropUnused([][]byte{first.Primary(), newest.Primary()})
	require.NoError(t, err)
	require.Zero(t, dropped, "a stored value needs the old key")
	require.Equal(t, 2, kept.Len())
	kept, dropped, err = newest.DropUnused([][]byte{newest.Primary()})
	require.NoError(t, err)
	require.Equal(t, 1, dropped)
	require.Equal(t, 1, kept.Len())
	_, err = kept.Decrypt(old, nil)
	require.ErrorIs(t, err, projection.ErrLostKey)
	_, err = kept.Decrypt(fresh, nil)
	require.NoError(t, err)
	_, dropped, err = added.DropUnused(nil)
	require.NoError(t, err)
	require.Zero(t, dropped, "a key that is not used yet is kept, and so is the primary key")
}

func TestADerivedKeyFollowsFromTheOldestKey(t *testing.T) {
	first, other := generate(t), generate(t)
	derived := first.Derive([]byte("from"))
	require.Len(t, derived, 32)
	require.NotEqual(t, derived, other.Derive([]byte("from")))
	require.NotEqual(t, derived, first.Derive([]byte("another")))
	added, err := first.AddKey()
	require.NoError(t, err)
	newest, _, err := added.UseNewest()
	require.NoError(t, err)
	for _, k := range []*secrets.Keyset{added, newest} {
		require.Equal(t, derived, k.Derive([]byte("from")), "servers agree while the key is being replaced")
	}
	kept, _, err := newest.DropUnused([][]byte{newest.Primary()})
	require.NoError(t, err)
	require.NotEqual(t, derived, kept.Derive([]byte("from")))
}

func TestOtherKeysetsAreRefused(t *testing.T) {
	text, err := generate(t).JSON()
	require.NoError(t, err)
	alter := func(change func(keyset, key map[string]any)) []byte {
		var keyset map[string]any
		require.NoError(t, json.Unmarshal(text, &keyset))
		change(keyset, keyset["key"].([]any)[0].(map[string]any))
		altered, err := json.Marshal(keyset)
		require.NoError(t, err)
		return altered
	}
	for name, text := range map[string][]byte{
		"no JSON":        []byte("AGE-SECRET-KEY-1"),
		"empty":          nil,
		"null":           []byte("null"),
		"no keys":        []byte(`{"primaryKeyId":1,"key":[]}`),
		"disabled":       alter(func(_, key map[string]any) { key["status"] = "DISABLED" }),
		"without prefix": alter(func(_, key map[string]any) { key["outputPrefixType"] = "RAW" }),
		"other primary":  alter(func(keyset, _ map[string]any) { keyset["primaryKeyId"] = 1 }),
		"short key": alter(func(_, key map[string]any) {
			key["keyData"].(map[string]any)["value"] = "GhAAAAAAAAAAAAAAAAAAAAAA"
		}),
		"another kind of key": alter(func(_, key map[string]any) {
			key["keyData"].(map[string]any)["typeUrl"] =
				"type.googleapis.com/google.crypto.tink.ChaCha20Poly1305Key"
		}),
	} {
		_, err := secrets.Parse(text)
		require.Error(t, err, name)
	}
	_, err = secrets.Parse(alter(func(_, _ map[string]any) {}))
	require.NoError(t, err)
}
