package app_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
)

func TestAFingerprintDependsOnTheKeyAndTheContent(t *testing.T) {
	key, content := bytes.Repeat([]byte{1}, app.ServiceKeySize), []byte("/runs\n{}")
	f := app.NewFingerprint(key, content)
	require.Regexp(t, "^hmac-sha256:[0-9a-f]{64}$", f.String())
	require.True(t, f.Matches(f.String()))
	for name, other := range map[string]app.Fingerprint{
		"another content": app.NewFingerprint(key, []byte("/runs\n{ }")),
		"another key":     app.NewFingerprint(bytes.Repeat([]byte{2}, app.ServiceKeySize), content),
	} {
		require.False(t, f.Matches(other.String()), name)
	}
	sum := sha256.Sum256(content)
	require.NotContains(t, f.String(), hex.EncodeToString(sum[:]))
}

func TestAFingerprintOfAnEarlierReleaseMatchesItsContentOnly(t *testing.T) {
	key, content := bytes.Repeat([]byte{1}, app.ServiceKeySize), []byte("/runs\n{}")
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	require.True(t, app.NewFingerprint(key, content).Matches(digest))
	require.False(t, app.NewFingerprint(key, []byte("/runs\n{ }")).Matches(digest))
	for _, stored := range []string{"", "hmac-sha256:", "hmac-sha256:" + digest, "sha256:" + digest} {
		require.False(t, app.NewFingerprint(key, content).Matches(stored), stored)
	}
}

func TestFingerprintsOfManyCallersAndKeysAreHMACs(t *testing.T) {
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			for i := range 200 {
				key := bytes.Repeat([]byte{byte(i % 3)}, i%3*100)
				content := fmt.Appendf(nil, "/runs\n%d %s", caller, bytes.Repeat([]byte{'x'}, i))
				mac := hmac.New(sha256.New, key)
				mac.Write([]byte("procedo idempotency fingerprint\n"))
				mac.Write(content)
				want := "hmac-sha256:" + hex.EncodeToString(mac.Sum(nil))
				if got := app.NewFingerprint(key, content).String(); got != want {
					t.Errorf("%s instead of %s", got, want)
				}
			}
		})
	}
	all.Wait()
}
