package browser

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// provider is the folder of the OpenID Connect provider.
const provider = "../provider"

// startProvider starts a provider whose access tokens live for some seconds, and returns its issuer.
func startProvider(t *testing.T, seconds string) (issuer string) {
	t.Helper()
	cmd := exec.Command("node", "provider.mjs")
	cmd.Dir, cmd.Env = provider, append(os.Environ(), "PROCEDO_TEST_TOKEN_SECONDS="+seconds)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close() // the process ends with its input
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

func TestPeopleSignInToTheConsole(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	issuer, keys := startProvider(t, "6"), filepath.Join(t.TempDir(), "keys.json")
	out, err := exec.CommandContext(t.Context(), binary, "secrets", "keygen", keys).CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--demo", "--listen", address, "--log-level", "warn",
		"--oidc-issuer", "op="+issuer, "--oidc-audience", "https://procedo.test/ES256", "--oidc-client-id", "console",
		"--public-url", "http://"+address, "--oidc-scope", "openid", "--oidc-scope", "offline_access",
		"--secrets-key-file", keys)
	cmd.Stderr, cmd.Dir = os.Stderr, t.TempDir()
	url := started(t, cmd)
	t.Cleanup(func() { _ = cmd.Wait() })
	run(t, "console_login.mjs", url, "PROCEDO_TEST_ISSUER="+issuer)
}
