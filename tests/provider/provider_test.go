// Package provider authenticates tokens of a real OpenID Connect provider, the npm package oidc-provider. The process
// that serves it is the script beside this file.
package provider

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
)

const (
	minNode  = 20                      // the oldest release of Node.js that the provider runs on
	audience = "https://procedo.test/" // of tokens, followed by the algorithm that signs them
	callback = "http://127.0.0.1/callback"
)

func TestMain(m *testing.M) {
	if err := installPackages(); err != nil {
		fmt.Fprintf(os.Stderr, "These tests need Node.js %d or later and npm: %v\n", minNode, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// installPackages runs npm ci unless the installed packages come from the present lock file.
func installPackages() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return err
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < minNode {
		return fmt.Errorf("this is Node.js %s", strings.TrimSpace(string(out)))
	}
	const installed = "node_modules/procedo-installed-lock.json" // a copy of the lock file
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		return err
	}
	if known, err := os.ReadFile(installed); err == nil && bytes.Equal(known, lock) {
		return nil
	}
	if out, err := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.WriteFile(installed, lock, 0o600)
}

// start starts a provider, and returns its issuer. It ends with the test.
func start(t *testing.T) (issuer string) {
	t.Helper()
	var diagnostics bytes.Buffer
	command := exec.Command("node", "provider.mjs")
	command.Stderr = &diagnostics
	input, err := command.StdinPipe()
	require.NoError(t, err)
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = input.Close() // the process ends with its input
		_ = command.Wait()
		if t.Failed() {
			t.Log(diagnostics.String())
		}
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err, "the provider must print its URL; its diagnostics follow when it has ended")
	return strings.TrimSpace(line)
}

// authenticator returns what verifies the tokens of an issuer that are signed with an algorithm.
func authenticator(t *testing.T, issuer, algorithm string) *identity.Authenticator {
	t.Helper()
	a, err := identity.New(identity.Options{
		Issuers: []identity.Issuer{{Alias: "op", URL: issuer}}, Audience: []string{audience + algorithm},
	})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

// askToken returns the access token that the token endpoint answers with.
func askToken(t *testing.T, issuer string, form url.Values, client, secret string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		r.SetBasicAuth(client, secret)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error_description"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	require.Equal(t, http.StatusOK, response.StatusCode, answer.Error)
	return answer.AccessToken
}

// logIn goes through the authorization code flow with PKCE as a browser does, and returns the access token of a person.
func logIn(t *testing.T, issuer, resource, person string) string {
	t.Helper()
	verifier, state := rand.Text()+rand.Text(), rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	browser := newBrowser(t)
	page := browser.get(issuer + "/auth?" + url.Values{
		"client_id": {"console"}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid"},
		"resource": {resource}, "state": {state}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}.Encode())
	page = browser.submit(page, url.Values{"prompt": {"login"}, "login": {person}, "password": {"any"}})
	browser.submit(page, url.Values{"prompt": {"consent"}})
	require.NotNil(t, browser.back, "the provider has sent the browser back to the client")
	require.Equal(t, state, browser.back.Get("state"))
	return askToken(t, issuer, url.Values{
		"grant_type": {"authorization_code"}, "code": {browser.back.Get("code")}, "redirect_uri": {callback},
		"client_id": {"console"}, "code_verifier": {verifier}, "resource": {resource},
	}, "", "")
}

// browser follows redirects until the provider sends it back to the client.
type browser struct {
	t      *testing.T
	client *http.Client
	back   url.Values // what the provider sends to the client; nil before
}

func newBrowser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &browser{t: t}
	b.client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			b.back = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

func (b *browser) get(address string) (page string) {
	b.t.Helper()
	response, err := b.client.Get(address)
	require.NoError(b.t, err)
	return b.read(response)
}

var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// submit submits the form of a page.
func (b *browser) submit(page string, values url.Values) string {
	b.t.Helper()
	form := formAction.FindStringSubmatch(page)
	require.NotNil(b.t, form, page)
	response, err := b.client.PostForm(html.UnescapeString(form[1]), values)
	require.NoError(b.t, err)
	return b.read(response)
}

func (b *browser) read(response *http.Response) string {
	b.t.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	require.Less(b.t, response.StatusCode, http.StatusBadRequest, string(text))
	return string(text)
}

func TestTokensOfARealProviderVerify(t *testing.T) {
	issuer := start(t)
	for _, algorithm := range []string{"ES256", "RS256", "PS256", "EdDSA"} {
		t.Run(algorithm, func(t *testing.T) {
			a := authenticator(t, issuer, algorithm)
			check := func(token, actor, name string, agent *access.Agent) {
				t.Helper()
				p, err := a.Authenticate(t.Context(), token)
				require.NoError(t, err)
				require.WithinDuration(t, time.Now().Add(5*time.Minute), p.Expires, time.Minute)
				p.Expires = time.Time{}
				require.Equal(t, access.Principal{
					ID: actor, Name: name, Issuer: issuer, Via: access.ViaOIDC, Roles: access.RolesOf(access.Operator),
					Groups: []string{"branch-12"}, Agent: agent,
				}, p)
			}
			other := authenticator(t, issuer, "other")
			person := logIn(t, issuer, audience+algorithm, "claire")
			check(person, "op:claire", "Person claire", nil)
			_, err := other.Authenticate(t.Context(), person)
			require.ErrorIs(t, err, access.ErrInvalidToken, "it is for another audience")
			check(askToken(t, issuer, url.Values{"grant_type": {"client_credentials"}, "resource": {audience + algorithm}},
				"nightly", "nightly-secret"), "op:nightly", "", nil)
			check(askToken(t, issuer, url.Values{
				"grant_type":    {"urn:ietf:params:oauth:grant-type:token-exchange"},
				"subject_token": {person}, "subject_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
			}, "assistant", "assistant-secret"), "op:claire", "Person claire",
				&access.Agent{Issuer: issuer, Subject: "assistant"})
		})
	}
}
