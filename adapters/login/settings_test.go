package login_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/login"
)

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	good := login.Settings{
		Issuer: "https://idp.example", ClientID: "console", PublicURL: "https://ops.example.com", Scopes: []string{"openid"},
	}
	require.NoError(t, good.Check())
	require.NoError(t, login.Settings{Issuer: "https://idp.example", Scopes: []string{"openid"}}.Check(), "no login")
	for reason, changes := range map[string][]func(*login.Settings){
		login.NeedsIssuer:    {func(s *login.Settings) { s.Issuer = "" }},
		login.NeedsPublicURL: {func(s *login.Settings) { s.PublicURL = "" }},
		login.NeedsClient: {
			func(s *login.Settings) { s.ClientID = "" },
			func(s *login.Settings) { s.ClientID, s.PublicURL, s.ClientSecret = "", "", "x" },
		},
		login.BadClient: {func(s *login.Settings) { s.ClientID = "é" }},
		login.BadSecret: {func(s *login.Settings) { s.ClientSecret = "a\nb" }},
		login.BadScope: {
			func(s *login.Settings) { s.Scopes = []string{""} }, func(s *login.Settings) { s.Scopes = []string{"a b"} },
			func(s *login.Settings) { s.Scopes = []string{`"`} },
		},
	} {
		for _, change := range changes {
			s := good
			change(&s)
			var bad *login.Error
			require.ErrorAs(t, s.Check(), &bad)
			require.Equal(t, reason, bad.Reason)
		}
	}
}

func TestThePublicURLIsHTTPSOrOfThisMachine(t *testing.T) {
	for given, want := range map[string]string{
		"https://Ops.Example.com":           "https://ops.example.com",
		"https://ops.example.com/":          "https://ops.example.com",
		"https://ops.example.com:8443/a/b/": "https://ops.example.com:8443/a/b",
		"http://localhost:8080":             "http://localhost:8080",
		"http://127.0.0.1:8080":             "http://127.0.0.1:8080",
		"http://[::1]:8080/":                "http://[::1]:8080",
	} {
		u, err := login.PublicAddress(given)
		require.NoError(t, err, given)
		require.Equal(t, want, u.String())
	}
	for _, bad := range []string{
		"", "/", "ops.example.com", "http://ops.example.com", "https://", "https://u@ops.example.com", "https://a/?x", "https://a/?",
		"https://a/#x", "https://a/#", "https://a/../b", "https://a//b", "https://a/%2e", "ftp://a", "https://a/b c", "https://a/é",
		"javascript:x", "https://a/\n",
	} {
		_, err := login.PublicAddress(bad)
		require.Error(t, err, bad)
	}
}
