package valkey_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/tests/contract"
)

// patience is a deadline that a busy machine keeps, and that a test can wait for.
const patience = 500 * time.Millisecond

// eventually waits until the cache works, and shows that it does.
func eventually(t *testing.T, c cache) {
	t.Helper()
	require.Eventually(t, func() bool {
		if _, err := c.Put(t.Context(), "key", 1, contract.Thing{Seq: 1, Text: "kept"}); err != nil {
			return false
		}
		got, found, err := c.Get(t.Context(), "key")
		return err == nil && found && got.Text == "kept"
	}, time.Minute, 10*time.Millisecond)
}

// fails holds that every call returns, and with an error: also once none is tried any more.
func fails(t *testing.T, c cache) {
	t.Helper()
	for range 20 {
		_, _, err := c.Get(t.Context(), "key")
		require.Error(t, err)
		_, err = c.Put(t.Context(), "key", 2, contract.Thing{Seq: 2, Text: "kept"}) // it may yet arrive
		require.Error(t, err)
	}
}

func TestAServerThatIsAwayFailsAtOnceAndIsTakenBackWhenItAnswers(t *testing.T) {
	v := start(t, nil)
	c := openWithin(t, v.URL(), patience)
	eventually(t, c)
	for name, harm := range map[string]struct{ away, back func(testing.TB) }{
		"killed": {v.Kill, v.Start},
		"paused": {v.Pause, v.Unpause},
	} {
		t.Run(name, func(t *testing.T) {
			harm.away(t)
			fails(t, c)
			harm.back(t)
			eventually(t, c)
		})
	}
	v.Run(t, "SCRIPT", "FLUSH")
	v.Run(t, "FLUSHALL")
	require.Eventually(t, func() bool {
		_, found, err := c.Get(t.Context(), "key")
		return err == nil && !found
	}, time.Minute, 10*time.Millisecond, "what was flushed is a miss")
	eventually(t, c)
}

func TestAServerThatIsNotThereYetIsConnectedToWhenItIs(t *testing.T) {
	v := start(t, nil)
	v.Kill(t)
	c := openWithin(t, v.URL(), patience)
	fails(t, c)
	v.Start(t)
	eventually(t, c)
}

func TestAServerThatTakesConnectionsAndSaysNothing(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	fails(t, openWithin(t, "valkey://"+silent.Addr().String(), valkey.DefaultDeadline))
}

func TestAValueOfAnotherTypeOrFormIsAnErrorAndALargeOneIsNotKept(t *testing.T) {
	c := open(t, plain.URL())
	eventually(t, c)
	_, err := c.Put(t.Context(), "large", 1, contract.Thing{Seq: 1, Text: strings.Repeat("x", 1<<20)})
	require.ErrorContains(t, err, "are more than are kept")
	key := strings.TrimSpace(plain.Run(t, "--raw", "KEYS", "procedo:"+t.Name()+"*"))
	plain.Run(t, "HSET", key, "v", "something else")
	_, _, err = c.Get(t.Context(), "key")
	require.Error(t, err)
	plain.Run(t, "SET", key, "not a hash")
	fails(t, c)
	_, err = c.Put(t.Context(), "another", 1, contract.Thing{Seq: 1})
	require.NoError(t, err, "one key harms no other")
}

func TestWhatIsNoCacheURLIsRefusedAndNoPasswordIsShown(t *testing.T) {
	for _, url := range []string{"", "valkey:", "valkey://", "redis://h", "http://h", "valkey://u:s3cret@h:port", "valkey://u:s3cret@h/x", "valkey://u:s3cret@h/1/2", "valkey://u:s3cret@[::1", "http://u:s3cret@h"} {
		_, err := valkey.Open(url, nil)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "s3cret")
	}
	for _, url := range []string{"valkey://h", "valkey://h:1", "valkeys://u:p@h:1/2", "valkey://a,b:2,[::1],[::1]:3", "valkeys://h?skip_verify=true"} {
		server, err := valkey.Open(url, nil)
		require.NoError(t, err, url)
		server.Close()
	}
}

func TestCacheOverTLSWithAUserAndOnlyWithACertificateThatIsTrusted(t *testing.T) {
	dir := t.TempDir()
	certificate(t, dir)
	var files []testcontainers.ContainerFile
	for _, name := range []string{"cert.pem", "key.pem"} {
		files = append(files, testcontainers.ContainerFile{HostFilePath: filepath.Join(dir, name), ContainerFilePath: "/" + name, FileMode: 0o644})
	}
	v := start(t, files, "--port", "0", "--tls-port", "6379", "--tls-cert-file", "/cert.pem", "--tls-key-file", "/key.pem", "--tls-ca-cert-file", "/cert.pem",
		"--tls-auth-clients", "no", "--user", "procedo", "on", ">pass", "~procedo:*", "+@all")
	untrusted := openWithin(t, "valkeys://procedo:pass@"+v.Address, patience)
	require.Eventually(t, func() bool {
		_, _, err := untrusted.Get(t.Context(), "key")
		require.Error(t, err)
		return strings.Contains(err.Error(), "certificate")
	}, time.Minute, 10*time.Millisecond)
	fails(t, openWithin(t, v.URL(), patience))
	contract.RunCache(t, func(t *testing.T) caching.Cache[contract.Thing] {
		return open(t, "valkeys://procedo:pass@"+v.Address+"?skip_verify=true")
	})
}

// certificate writes one for 127.0.0.1 that nobody trusts.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "procedo test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}
