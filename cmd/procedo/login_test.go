package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/tests/issuer"
)

func TestServeAndConfigRefuseLoginsThatCannotWork(t *testing.T) {
	const issuerFlags = "--secrets-in-clear --oidc-issuer=corp=https://login.example.com --oidc-audience=procedo "
	const client, public = "--oidc-client-id=console ", "--public-url=https://ops.example.com "
	for flags, want := range map[string][2]string{
		client + public:      {"without --oidc-issuer", "en l’absence de --oidc-issuer"},
		issuerFlags + public: {"without --oidc-client-id", "en l’absence de --oidc-client-id"},
		public:               {"without --oidc-client-id", "en l’absence de --oidc-client-id"},
		issuerFlags + client: {"needs --public-url", "exige --public-url"},
		issuerFlags + "--oidc-client-secret-file=" + writeFile(t, "a", "x"): {
			"without --oidc-client-id", "en l’absence de --oidc-client-id",
		},
		issuerFlags + client + "--public-url=http://ops.example.com": {"must be HTTPS", "doit être en HTTPS"},
		issuerFlags + client + "--public-url=https://a.example/?b":   {"expected an absolute URL", "une URL absolue"}, //nolint:misspell // French
		issuerFlags + client + public + "--oidc-scope=a\"b":          {"not a scope", "pas une portée"},
		issuerFlags + client + public + "--oidc-client-secret-file=" + writeFile(t, "b", "\n"): {
			"in one line", "d’une seule ligne",
		},
		issuerFlags + client + public + "--oidc-client-secret-file=" + writeFile(t, "c", "a\nb\n"): {
			"in one line", "d’une seule ligne",
		},
	} {
		for n, language := range []string{"C", "fr_FR"} {
			t.Setenv("LC_ALL", language)
			for _, command := range []string{"serve", "config"} {
				var out, diagnostics bytes.Buffer
				m := Main{Stdout: &out, Stderr: &diagnostics}
				args := append([]string{command, "--database-url=sqlite:" + t.TempDir() + "/p.db"}, strings.Fields(flags)...)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // if the server starts, this stops it
				require.Equal(t, 1, m.Run(ctx, args), flags)
				cancel()
				require.Contains(t, diagnostics.String(), want[n], flags)
			}
		}
	}
}

func TestEveryReasonOfALoginHasAMessage(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		l := i18n.Accept(language)
		for _, reason := range login.Reasons() {
			require.NotEqual(t, "command.login_"+reason, l.Text("command.login_"+reason, nil))
		}
		for _, reason := range login.Refusals() {
			for _, part := range []string{".title", ".text"} {
				require.NotEqual(t, "page.login."+reason+part, l.Text("page.login."+reason+part, nil))
			}
		}
	}
}

// get sends a request without following redirects, and returns the status, the header and the body of the answer.
func get(t *testing.T, url string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, res.Header, string(body)
}

// startServer starts serve with flags, and returns its URL and what it prints and logs. It stops with the test.
func startServer(t *testing.T, flags ...string) (base string, out, log *lines) {
	t.Helper()
	out, log = &lines{}, &lines{}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan int, 1)
	m := Main{Stdout: out, Stderr: log, Ready: func(base string) { ready <- base }}
	args := append([]string{
		"serve", "--listen=127.0.0.1:0", "--database-url=sqlite:" + t.TempDir() + "/p.db", "--secrets-in-clear",
	}, flags...)
	go func() { ended <- m.Run(ctx, args) }()
	t.Cleanup(func() { cancel(); <-ended })
	select {
	case base = <-ready:
	case <-time.After(30 * time.Second):
		t.Fatal("the server does not start: " + log.String())
	}
	return base, out, log
}

func TestTheConsoleIsOfferedToThoseWhoCanSignIn(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	i := issuer.New(t)
	i.Discover(issuer.Claims{"authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token"})
	flags := []string{"--oidc-issuer=corp=" + i.URL, "--oidc-audience=procedo"}
	without, out, _ := startServer(t, flags...)
	require.NotContains(t, out.String(), "/ui/")
	for _, path := range []string{"/ui/", "/auth/login"} {
		status, _, _ := get(t, without+path)
		require.Equal(t, 404, status, path)
	}

	base, out, log := startServer(t, append(flags, "--oidc-client-id=console", "--public-url=https://ops.example.com/p/")...)
	require.Contains(t, out.String(), "https://ops.example.com/p/ui/")
	for _, host := range []string{strings.TrimPrefix(base, "http://"), "ops.example.com", "OPS.example.com:443"} {
		status, _, _ := get(t, base+"/ui/", "Host", host)
		require.Equal(t, 200, status, host)
	}
	status, _, _ := get(t, base+"/ui/", "Host", "evil.example")
	require.Equal(t, 421, status)
	status, header, _ := get(t, base+"/auth/login?return=/ui/settings")
	require.Equal(t, 303, status)
	require.Contains(t, header.Get("Location"), i.URL+"/authorize?")
	require.Contains(t, header.Get("Location"), "redirect_uri=https%3A%2F%2Fops.example.com%2Fp%2Fauth%2Fcallback")
	require.Contains(t, header.Get("Location"), "scope=openid+profile&")
	status, header, page := get(t, base+"/auth/callback?code=code-of-the-callback&state=state-of-the-callback",
		"Accept-Language", "fr")
	require.Equal(t, 400, status)
	require.Contains(t, page, "n’est plus valable")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Contains(t, page, `href="login?return=%2Fui%2F"`)
	status, _, _ = get(t, base+"/auth/logout")
	require.Equal(t, 405, status)
	_, _, metrics := get(t, base+"/metrics")
	for _, secret := range []string{"code-of-the-callback", "state-of-the-callback"} {
		require.NotContains(t, log.String(), secret)
		require.NotContains(t, metrics, secret)
	}
	require.Contains(t, log.String(), "not signed in")
	require.Contains(t, metrics, `GET /auth/`)
}
