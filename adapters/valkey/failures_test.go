package valkey_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
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

// shortDeadline is short enough for tests that wait until it has passed, and long enough for calls to a working server
// to succeed on a busy machine.
const shortDeadline = 500 * time.Millisecond

// requireWorking waits until a Put and a Get of a value succeed.
func requireWorking(t *testing.T, c cache) {
	t.Helper()
	require.Eventually(t, func() bool {
		if _, err := c.Put(t.Context(), "key", 1, contract.Thing{Seq: 1, Text: "stored"}); err != nil {
			return false
		}
		got, found, err := c.Get(t.Context(), "key")
		return err == nil && found && got.Text == "stored"
	}, time.Minute, 10*time.Millisecond)
}

// requireFailing checks that every call returns an error. There are enough calls to open the breaker.
func requireFailing(t *testing.T, c cache) {
	t.Helper()
	for range 20 {
		_, _, err := c.Get(t.Context(), "key")
		require.Error(t, err)
		// A paused server executes this Put when it resumes.
		_, err = c.Put(t.Context(), "key", 2, contract.Thing{Seq: 2, Text: "stored"})
		require.Error(t, err)
	}
}

func TestCallsFailWhileTheServerIsUnreachableAndSucceedAfterwards(t *testing.T) {
	v := start(t, nil)
	c := openWithDeadline(t, v.URL(), shortDeadline)
	requireWorking(t, c)
	for name, outage := range map[string]struct{ begin, end func(testing.TB) }{
		"killed": {v.Kill, v.Start},
		"paused": {v.Pause, v.Unpause},
	} {
		t.Run(name, func(t *testing.T) {
			outage.begin(t)
			requireFailing(t, c)
			outage.end(t)
			requireWorking(t, c)
		})
	}
	v.Run(t, "SCRIPT", "FLUSH")
	v.Run(t, "FLUSHALL")
	require.Eventually(t, func() bool {
		_, found, err := c.Get(t.Context(), "key")
		return err == nil && !found
	}, time.Minute, 10*time.Millisecond, "the value was flushed")
	requireWorking(t, c)
}

func TestTheClientConnectsOnceTheServerHasStarted(t *testing.T) {
	v := start(t, nil)
	v.Kill(t)
	c := openWithDeadline(t, v.URL(), shortDeadline)
	requireFailing(t, c)
	v.Start(t)
	requireWorking(t, c)
}

func TestCallsFailIfTheServerAcceptsConnectionsButDoesNotAnswer(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	requireFailing(t, openWithDeadline(t, "valkey://"+silent.Addr().String(), valkey.DefaultDeadline))
}

// The server answers, but not to this client: that is said like an outage.
func TestAServerThatRefusesTheConnectionCountsAsUnreachable(t *testing.T) {
	protected := start(t, nil, "--requirepass", "s")
	for _, url := range []string{shared.URL() + "/99", "valkey://:wrong@" + protected.Address} {
		var log bytes.Buffer
		server, err := valkey.Open(url, slog.New(slog.NewTextHandler(&log, nil)), valkey.WithDeadline(20*time.Second))
		require.NoError(t, err)
		requireFailing(t, valkey.NewCache(server, secret, t.Name(), caching.Codec[contract.Thing]{}))
		server.Close()
		require.Equal(t, 1, strings.Count(log.String(), "the cache does not answer"), log.String())
	}
}

func TestValuesThatAreTooLargeAreErrors(t *testing.T) {
	c := open(t, shared.URL())
	_, err := c.Put(t.Context(), "large", 1, contract.Thing{Seq: 1, Text: strings.Repeat("x", 1<<20)})
	require.ErrorContains(t, err, "at most 1048576 are stored")
}

func TestOpenRefusesInvalidURLsWithoutShowingPasswords(t *testing.T) {
	for _, url := range []string{
		"", "valkey:", "valkey://", "redis://h", "http://h", "valkey://u:s3cret@h:port", "valkey://u:s3cret@h/x",
		"valkey://u:s3cret@h/1/2", "valkey://u:s3cret@[::1", "http://u:s3cret@h",
	} {
		_, err := valkey.Open(url, nil)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "s3cret")
	}
	for _, url := range []string{
		"valkey://h", "valkey://h:1", "valkeys://u:p@h:1/2", "valkey://a,b:2,[::1],[::1]:3", "valkeys://h?skip_verify=true",
	} {
		server, err := valkey.Open(url, nil)
		require.NoError(t, err, url)
		server.Close()
	}
}

func TestCacheOverTLSRequiresATrustedCertificate(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir)
	var files []testcontainers.ContainerFile
	for _, name := range []string{"cert.pem", "key.pem"} {
		files = append(files, testcontainers.ContainerFile{
			HostFilePath: filepath.Join(dir, name), ContainerFilePath: "/" + name, FileMode: 0o644,
		})
	}
	v := start(t, files, "--port", "0", "--tls-port", "6379", "--tls-cert-file", "/cert.pem", "--tls-key-file", "/key.pem",
		"--tls-ca-cert-file", "/cert.pem", "--tls-auth-clients", "no",
		"--user", "procedo", "on", ">pass", "~procedo:*", "+@all")
	untrusted := openWithDeadline(t, "valkeys://procedo:pass@"+v.Address, shortDeadline)
	require.Eventually(t, func() bool {
		_, _, err := untrusted.Get(t.Context(), "key")
		require.Error(t, err)
		return strings.Contains(err.Error(), "certificate")
	}, time.Minute, 10*time.Millisecond)
	requireFailing(t, openWithDeadline(t, v.URL(), shortDeadline))
	contract.RunCache(t, func(t *testing.T) caching.Cache[contract.Thing] {
		return open(t, "valkeys://procedo:pass@"+v.Address+"?skip_verify=true")
	})
}

// writeCertificate writes cert.pem and key.pem, a self-signed certificate for 127.0.0.1 and its key.
func writeCertificate(t *testing.T, dir string) {
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
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}
