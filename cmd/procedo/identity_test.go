package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/cmd/internal/command"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/tests/issuer"
)

// flagsOf parses flags of serve.
func flagsOf(t *testing.T, args ...string) identityFlags {
	t.Helper()
	var flags struct{ identityFlags }
	program := command.New("procedo", "", "PROCEDO", &flags)
	program.Execute = func(context.Context, *command.Command) error { return nil }
	require.NoError(t, program.Run(t.Context(), args))
	return flags.identityFlags
}

// authenticatorOf returns what the flags set up, and closes it at the end of the test.
func authenticatorOf(t *testing.T, args ...string) *identity.Authenticator {
	t.Helper()
	a, err := flagsOf(t, args...).authenticator(t.Context(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NotNil(t, a)
	t.Cleanup(a.Close)
	return a
}

func TestNothingIsAuthenticatedWithoutAnIssuerOrATokenFile(t *testing.T) {
	a, err := flagsOf(t).authenticator(t.Context(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Nil(t, a)
	require.False(t, flagsOf(t).authenticates())
	require.True(t, flagsOf(t, "--tokens", writeFile(t, "t.json", "[]")).authenticates())
}

func TestClaimsOfEachProductWorkByFlags(t *testing.T) {
	i := issuer.New(t)
	for name, f := range issuer.Fixtures {
		t.Run(name, func(t *testing.T) {
			flags := append([]string{"--oidc-issuer=corp=" + i.URL, "--oidc-audience=" + issuer.Audience}, f.Flags...)
			p, err := authenticatorOf(t, flags...).Authenticate(t.Context(), i.Issued(f))
			require.NoError(t, err)
			require.Equal(t, "corp:"+f.Actor, p.ID)
			require.Equal(t, f.Name, p.Name)
			require.ElementsMatch(t, f.Roles, p.Roles.Names())
			require.Equal(t, f.Groups, p.Groups)
			require.Nil(t, p.Agent)
		})
	}
}

func TestFlagsAndVariablesSetTheSameUp(t *testing.T) {
	first, second := issuer.New(t), issuer.New(t)
	secret, digest := identity.NewSecret()
	file := writeFile(t, "tokens.json", fmt.Sprintf(`[{"name":"ci","sha256":%q,"roles":["operator"]}]`, digest))
	check := func(a *identity.Authenticator) {
		t.Helper()
		for token, actor := range map[string]string{
			first.Token(issuer.Claims{"aud": "api-1", "groups": []string{"team b"}}):                                "corp:ann",
			second.Signed(second.Header(issuer.Claims{"typ": "JWT"}), second.Claims(issuer.Claims{"aud": "api-2"})): "p2:ann",
			secret: "token:ci",
		} {
			p, err := a.Authenticate(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, actor, p.ID)
			if actor == "corp:ann" {
				require.Equal(t, access.RolesOf(access.Operator, access.Admin), p.Roles)
			}
		}
	}
	check(authenticatorOf(t, "--oidc-issuer", "corp="+first.URL, "--oidc-issuer", "p2="+second.URL,
		"--oidc-audience", "api-1", "--oidc-audience", "api-2", "--oidc-typ", "at+jwt", "--oidc-typ", "JWT",
		"--role", "operator=team a,team b", "--role", "admin=team b", "--tokens", file))
	t.Setenv("PROCEDO_OIDC_ISSUER", "corp="+first.URL+" p2="+second.URL)
	t.Setenv("PROCEDO_OIDC_AUDIENCE", "api-1 api-2")
	t.Setenv("PROCEDO_OIDC_TYP", "at+jwt,JWT")
	t.Setenv("PROCEDO_ROLE", "operator=team a,team b;admin=team b")
	t.Setenv("PROCEDO_TOKENS", file)
	check(authenticatorOf(t))
}

func TestServeAndConfigRefuseSettingsOfAuthenticationThatCannotWork(t *testing.T) {
	const corp = "--oidc-issuer=corp=https://login.example.com"
	const audience = "--oidc-audience=https://api.example.com"
	for flags, want := range map[string][2]string{
		corp:                {"--oidc-audience is missing", "--oidc-audience est absent"},
		audience + "":       {"without --oidc-issuer", "en l’absence de --oidc-issuer"},
		"--role=operator=a": {"without --oidc-issuer", "en l’absence de --oidc-issuer"},
		"--oidc-issuer=https://login.example.com " + audience:          {"expected ALIAS=URL", "la forme ALIAS=URL"},
		"--oidc-issuer=corp=http://login.example.com " + audience:      {"must be HTTPS", "HTTPS"},
		"--oidc-issuer=token=https://login.example.com " + audience:    {"cannot be an alias", "ne peut pas être un alias"},
		corp + " " + corp + "/2 " + audience:                           {"another issuer has this alias", "un autre émetteur"},
		corp + " " + audience + " --role=boss=a":                       {"there is no such role", "ce rôle n’existe pas"},
		corp + " " + audience + " --role=operator":                     {"expected ROLE=NAME", "la forme RÔLE=NOM"},
		corp + " " + audience + " --role=operator=":                    {"expected ROLE=NAME", "la forme RÔLE=NOM"},
		corp + " " + audience + " --oidc-roles-claim=roles":            {"expected a JSON pointer", "(RFC 6901) est attendu"},
		corp + " " + audience + " --oidc-typ=a,,b":                     {"expected a type", "un type tel que"},
		"--tokens=" + writeFile(t, "a", `{}`):                          {"not an array", "ce n’est pas un tableau"},
		"--tokens=" + writeFile(t, "b", `[{"name":"x","name":"x"}]`):   {"a duplicate member", "propriété en double"},
		"--tokens=" + writeFile(t, "c", `[{"name":"x","secret":"x"}]`): {"unknown member “secret”", "propriété inconnue"},
		"--tokens=" + writeFile(t, "d", `[{"name":"x"}]`):              {"(x) lacks the member “sha256”", "à l’entrée 1 (x)"},
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
				require.Contains(t, diagnostics.String(), want[n])
			}
		}
	}
}

func TestEveryReasonOfAuthenticationHasAMessage(t *testing.T) {
	for _, reason := range identity.Reasons() {
		for _, language := range []string{"en", "fr"} {
			id := "command.identity_" + reason
			require.NotEqual(t, id, i18n.Accept(language).Text(id, nil))
		}
	}
}

func TestTheCommandTokenMakesAnEntryThatServeReads(t *testing.T) {
	for _, flags := range [][]string{
		{}, {"--roles", "operator,auditor", "--agent"}, {"--roles=admin", "--not-after", "2999-01-01T00:00:00+02:00"},
		{"--groups", "qa,ops"},
	} {
		var out, diagnostics bytes.Buffer
		m := Main{Stdout: &out, Stderr: &diagnostics}
		require.Equal(t, 0, m.Run(t.Context(), append([]string{"token", "nightly"}, flags...)))
		secret, text, ok := strings.Cut(out.String(), "\n")
		require.True(t, ok)
		var made entry
		require.NoError(t, json.Unmarshal([]byte(text), &made))
		require.NotContains(t, text, secret)
		require.NotContains(t, diagnostics.String(), secret)
		p, err := authenticatorOf(t, "--tokens", writeFile(t, "t.json", "["+text+"]")).Authenticate(t.Context(), secret)
		require.NoError(t, err)
		require.Equal(t, "token:nightly", p.ID)
		require.Equal(t, made.Roles, p.Roles.Names())
		require.Equal(t, made.Groups, p.Groups)
		require.Equal(t, made.Agent, p.IsAgent())
		require.Equal(t, made.NotAfter == "", p.Expires.IsZero())
	}
	for _, args := range [][]string{
		{"a b"}, {""}, {"a:b"}, {"x", "--roles=boss"}, {"x", "--not-after=2030-01-01"},
		{"x", "--not-after=2001-01-01T00:00:00Z"}, {"x", "--groups", "a\nb"},
	} {
		var out, diagnostics bytes.Buffer
		m := Main{Stdout: &out, Stderr: &diagnostics}
		require.NotEqual(t, 0, m.Run(t.Context(), append([]string{"token"}, args...)), args)
		require.Empty(t, out.String(), args)
		require.NotEmpty(t, diagnostics.String())
	}
}

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestSIGHUPReadsTheTokenFileAgain(t *testing.T) {
	secret, digest := identity.NewSecret()
	file := writeFile(t, "tokens.json", "[]")
	f := flagsOf(t, "--tokens", file)
	var out lines
	log := slog.New(slog.NewTextHandler(&out, nil))
	a, err := f.authenticator(t.Context(), log)
	require.NoError(t, err)
	defer a.Close()
	ctx, stop := context.WithCancel(t.Context())
	wait := f.reloadTokens(ctx, a, log)
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	hangUp := func(text, logged string) {
		t.Helper()
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.NoError(t, self.Signal(syscall.SIGHUP))
		require.Eventually(t, func() bool { return strings.Contains(out.String(), logged) }, 10*time.Second, time.Millisecond)
	}
	hangUp(fmt.Sprintf(`[{"name":"ci","sha256":%q}]`, digest), "tokens=1")
	_, err = a.Authenticate(t.Context(), secret)
	require.NoError(t, err)
	hangUp(`[{"name":"ci"`, "stay in force")
	require.Contains(t, out.String(), "must be a JSON array")
	_, err = a.Authenticate(t.Context(), secret)
	require.NoError(t, err)
	hangUp(fmt.Sprintf(`[{"name":"ci","sha256":%q}]`, digest), "the same tokens")
	_, other := identity.NewSecret()
	hangUp(fmt.Sprintf(`[{"name":"cd","sha256":%q}]`, other), "added=[cd] withdrawn=[ci]")
	_, err = a.Authenticate(t.Context(), secret)
	require.Error(t, err)
	hangUp(fmt.Sprintf(`[{"name":"cd","sha256":%q,"roles":["auditor"]}]`, other), "added=[cd] withdrawn=[cd]")
	stop()
	wait()
	flagsOf(t).reloadTokens(t.Context(), nil, log)() // without a token file, there is nothing to wait for
}
