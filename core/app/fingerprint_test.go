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
	head, body := []byte("/runs\n"), []byte("{}")
	f := app.NewFingerprint(key, head, body)
	require.Regexp(t, "^hmac-sha256:[0-9a-f]{64}:[0-9a-f]{64}$", f.String())
	require.True(t, f.Matches(f.String()))
	for name, other := range map[string]app.Fingerprint{
		"another content": app.NewFingerprint(key, []byte("/runs\n"), []byte("{ }")),
		"another head":    app.NewFingerprint(key, []byte("/run\n"), body),
		"another border":  app.NewFingerprint(key, []byte("/runs\n{"), []byte("}")),
		"another key":     app.NewFingerprint(bytes.Repeat([]byte{2}, app.ServiceKeySize), head, body),
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
	require.True(t, app.NewFingerprint(key, []byte("/runs\n"), []byte("{}")).Matches(digest))
	require.False(t, app.NewFingerprint(key, []byte("/runs\n"), []byte("{ }")).Matches(digest))
	for _, stored := range []string{"", "hmac-sha256:", "hmac-sha256:" + digest, "sha256:" + digest} {
		require.False(t, app.NewFingerprint(key, []byte("/runs\n"), []byte("{}")).Matches(stored), stored)
	}
}

// cutHead cuts a stored fingerprint before the HMAC of the head.
func cutHead(stored string) (whole, head string, ok bool) {
	if len(stored) < app.HeadPosition {
		return stored, "", false
	}
	return stored[:app.HeadPosition-2], stored[app.HeadPosition-1:], true
}

// What an erasure leaves of a fingerprint matches any body of the same request, and says nothing about the first one.
func TestAnErasedFingerprintMatchesTheHeadOnly(t *testing.T) {
	key := bytes.Repeat([]byte{1}, app.ServiceKeySize)
	of := func(head, body string) app.Fingerprint { return app.NewFingerprint(key, []byte(head), []byte(body)) }
	whole, head, ok := cutHead(of("/runs/1\n", "{}").String())
	require.True(t, ok)
	erased := app.ErasedPrefix + head
	_, same, _ := cutHead(of("/runs/1\n", "[]").String())
	require.Equal(t, head, same, "the head depends on no body")
	require.True(t, of("/runs/1\n", "{}").Matches(erased))
	require.True(t, of("/runs/1\n", "[]").Matches(erased))
	require.False(t, of("/runs/2\n", "{}").Matches(erased))
	require.False(t, of("/runs/1\n", "{}").Matches(app.ErasedPrefix), "the receipt is of an earlier release")
	require.True(t, of("/runs/1\n", "{}").Matches(whole), "a fingerprint of an earlier release has no head")
	require.False(t, of("/runs/1\n", "[]").Matches(whole))
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
				got := app.NewFingerprint(key, content[:6], content[6:]).String()
				if got, _, _ = cutHead(got); got != want {
					t.Errorf("%s instead of %s", got, want)
				}
			}
		})
	}
	all.Wait()
}
