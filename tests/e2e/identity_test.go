package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
	apiclient "github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/tests/issuer"
)

// authenticating returns the flags of a server that accepts the tokens of an issuer.
func authenticating(i *issuer.Issuer, more ...string) []string {
	flags := []string{"--demo", "--secrets-in-clear", "--oidc-issuer", "corp=" + i.URL, "--oidc-audience", issuer.Audience}
	return append(flags, more...)
}

// as returns a client of the server with a token.
func (s *server) as(token string) *apiclient.Client {
	s.t.Helper()
	c, err := apiclient.New(s.url, apiclient.WithToken(func(context.Context) (string, error) { return token, nil }),
		apiclient.WithHTTPClient(checked))
	require.NoError(s.t, err)
	return c
}

func rolesOf(names ...string) issuer.Claims { return issuer.Claims{"sub": "ann", "roles": names} }

// operator returns the token of a person with the role operator.
func operator(i *issuer.Issuer) string {
	return i.Token(rolesOf("operator").With(issuer.Claims{"name": "Ann Example"}))
}

func TestTheTrailOfAuthenticatedActorsVerifies(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, idp := t.TempDir(), issuer.New(t)
			server := serve(t, dir, authenticating(idp, append([]string{"--migrate"}, database...)...)...)
			run, err := server.as(operator(idp)).Start(t.Context(), client.RunStart{ProcedureID: demo})
			require.NoError(t, err)
			require.Equal(t, "corp:ann", *run.UserID, "left out, the user is the actor")

			// The bundle verifies with both verifiers, also without the names.
			for _, withhold := range []string{"", "?withhold=names"} {
				bundle := write(t, dir, "bundle"+strings.Trim(withhold, "?=")+".json",
					string(server.get("/runs/"+run.ID+"/bundle"+withhold, idp.Token(rolesOf("auditor")))))
				require.Equal(t, withhold == "", strings.Contains(string(contents(t, bundle)), "Ann Example"))
				_, stderr, failed := procedo(t, dir, "audit", "verify", bundle)
				require.Zero(t, failed, stderr)
				out, status := verifyIndependently(t, bundle)
				require.Zero(t, status, out)
			}
			require.Zero(t, server.signal(syscall.SIGTERM))
			_, stderr, status := procedo(t, dir, append([]string{"audit", "verify", "--rules"}, database...)...)
			require.Zero(t, status, stderr)
		})
	}
}

// get returns the body of a successful answer.
func (s *server) get(path, token string) []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := checked.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, 200, res.StatusCode, string(body))
	return body
}

// A database that was used without authentication goes on with it, and back.
func TestADatabaseGoesOnWithAndWithoutAuthentication(t *testing.T) {
	dir, idp := t.TempDir(), issuer.New(t)
	server := serve(t, dir, "--demo")
	id := server.startRun(demo)
	require.Zero(t, server.signal(syscall.SIGTERM))

	server = serve(t, dir, authenticating(idp)...)
	_, err := server.as(operator(idp)).Commit(t.Context(), id, demoSteps[0].key, "", demoCommit(t, 0))
	require.NoError(t, err)
	require.Zero(t, server.signal(syscall.SIGTERM))

	server = serve(t, dir)
	server.commitDemoStep(id, 1)
	var exceptions struct {
		Items []struct {
			Kind  string `json:"kind"`
			Actor string `json:"actor"`
		} `json:"items"`
	}
	require.NoError(t, json.Unmarshal(server.get("/runs/"+id+"/exceptions", "ignored"), &exceptions))
	var unproven []string
	for _, x := range exceptions.Items {
		if x.Kind == "unproven" {
			unproven = append(unproven, x.Actor)
		}
	}
	require.Equal(t, []string{"claire", "claire"}, unproven, "before and after the authenticated commit")
	require.Zero(t, server.signal(syscall.SIGTERM))
	_, stderr, status := procedo(t, dir, "audit", "verify", "--rules")
	require.Zero(t, status, stderr)
}

func TestTheCommandLineSendsAToken(t *testing.T) {
	dir, idp := t.TempDir(), issuer.New(t)
	server := serve(t, dir, authenticating(idp)...)
	_, stderr, status := procedo(t, dir, "list", "--server", server.url)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "Authentication required")
	token := write(t, dir, "token", operator(idp)+"\n")
	for _, args := range [][]string{
		{"list", "--server", server.url, "--token-file", token},
		{"run", demo, "--server", server.url, "--token-file", token, "--answers", write(t, dir, "none.json", "[]")},
	} {
		_, stderr, status := procedo(t, dir, args...)
		require.Zero(t, status, stderr)
	}
	t.Setenv("PROCEDO_TOKEN", operator(idp))
	out, stderr, status := procedo(t, dir, "list", "--server", server.url)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "corp:ann")
	_, stderr, status = procedo(t, dir, "load", "--server", server.url, write(t, dir, "p.json", `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`))
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "write_definitions")
	_, stderr, status = procedo(t, dir, "list", "--server", server.url, "--token-file", write(t, dir, "two", "two words"))
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "one word")
}

// The token says who acts, so that another actor beside it is an error instead of being left out.
func TestAnActorBesideATokenIsRefused(t *testing.T) {
	dir, idp := t.TempDir(), issuer.New(t)
	server := serve(t, dir, authenticating(idp)...)
	token := write(t, dir, "token", operator(idp))
	none := write(t, dir, "none.json", "[]")
	definition := write(t, dir, "p.json", `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`)
	for _, args := range [][]string{
		{"load", definition}, {"run", demo, "--answers", none}, {"demo"},
	} {
		args = append(args, "--server", server.url, "--actor", "paul", "--token-file", token)
		_, stderr, status := procedo(t, dir, args...)
		require.Equal(t, 1, status, args)
		require.Contains(t, stderr, "--actor cannot be used with a token", args)
	}
	t.Setenv("PROCEDO_TOKEN", operator(idp))
	_, stderr, status := procedo(t, dir, "load", definition, "--server", server.url, "--actor", "paul")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "--actor cannot be used with a token")
	_, stderr, status = procedo(t, dir, "load", definition, "--actor", "paul", "--database-url", "sqlite:own.db")
	require.Zero(t, status, "a database needs no token: "+stderr)
}

// A file that is no token is refused before anything is sent.
func TestWhatIsNoTokenIsNotSent(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "blank": " \n", "two": "two words", "nul": "a\x00b", "mark": "\ufefftoken", "accent": "é",
		"control": "a\x1bb", "long": strings.Repeat("a", 8<<10+1), "huge": strings.Repeat(" ", 1<<20) + "token",
	} {
		_, stderr, status := procedo(t, dir, "list", "--server", "http://127.0.0.1:9", "--token-file", write(t, dir, name, text))
		require.Equal(t, 1, status, name)
		require.Contains(t, stderr, "one word", name)
	}
}

// Commands on a database say who acts, and as which user of the operating system.
func TestCommandsOnADatabaseSayWhoActs(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "p.json", `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`)
	for _, args := range [][]string{
		{"migrate", "up"},
		{"load", file, "--actor", "deploy"},
		{"run", "p", "--actor", "claire", "--answers", write(t, dir, "none.json", "[]")},
	} {
		_, stderr, status := procedo(t, dir, args...)
		require.Zero(t, status, "%v: %s", args, stderr)
	}
	out, stderr, status := procedo(t, dir, "audit", "export")
	require.Zero(t, status, stderr)
	require.Contains(t, out, `"actor":"system:deploy"`)
	require.Contains(t, out, `"actor":"system:claire"`)
	require.Contains(t, out, `"via":"system"`)
	_, stderr, status = procedo(t, dir, "audit", "verify", "--rules")
	require.Zero(t, status, stderr)
}

func TestTokensOfAFileAreReloaded(t *testing.T) {
	dir := t.TempDir()
	made := func(name string) (secret, entry string) {
		out, stderr, status := procedo(t, dir, "token", name, "--roles", "operator")
		require.Zero(t, status, stderr)
		secret, entry, ok := strings.Cut(out, "\n")
		require.True(t, ok, out)
		return strings.TrimSpace(secret), entry
	}
	first, firstEntry := made("first")
	second, secondEntry := made("second")
	file := write(t, dir, "tokens.json", "["+firstEntry+"]")
	key := filepath.Join(dir, "keys.json")
	_, stderr, failed := procedo(t, dir, "secrets", "keygen", key)
	require.Zero(t, failed, stderr)
	_, stderr, failed = procedo(t, dir, "serve", "--tokens", file)
	require.Equal(t, 1, failed)
	require.Contains(t, stderr, "--secrets-in-clear", "sensitive values are encrypted where callers are authenticated")
	server := serve(t, dir, "--demo", "--tokens", file, "--secrets-key-file", key)
	status := func(token string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+"/me", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := checked.Do(req)
		require.NoError(t, err)
		res.Body.Close()
		return res.StatusCode
	}
	require.Equal(t, 200, status(first))
	require.Equal(t, 401, status(second))
	reload := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "tokens.json"), []byte(text), 0o600))
		require.NoError(t, server.cmd.Process.Signal(syscall.SIGHUP))
	}
	reload("[" + secondEntry + "]")
	require.Eventually(t, func() bool { return status(first) == 401 && status(second) == 200 }, 10*time.Second, 10*time.Millisecond)
	reload("broken")
	reload("[" + secondEntry + "," + firstEntry + "]")
	require.Eventually(t, func() bool { return status(first) == 200 }, 10*time.Second, 10*time.Millisecond)
}
